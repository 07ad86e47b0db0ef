"""The whole chain: Alertmanager peers, a gate before mapstorm's web process, a worker, the stand-in for Slack.

Knows how to start it; not what anybody should say. Each test has a place of its own (place.py), so that the tests of a
file share the processes and nothing else.
"""

import asyncio
import gzip
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx

from bot.posting.outbox import PREFIX
from bot.queue import NAMESPACE, RedisQueue
from bot.redis_client import connect
from bot.redis_server import EmbeddedRedis
from bot.standin.app import Standin
from bot.standin.records import Channel, User
from bot.standin.seed import Seed, default_seed
from bot.standin.workspace import Workspace
from tests.alerting.alertmanager import Alertmanager, Webhook, alertmanagers
from tests.alerting.place import HOOK, Gate, Place, channel
from tests.alerting.receiver import Receiver, eventually, receiver
from tests.bot.house import RECORDING
from tests.bot.pprof_server import HEAP, SYMBOL, PprofServer, chunked, pprof_server, whole
from tests.bot.town import Town, listening, process, surroundings

# A busy machine is slow; tests print what it came to.
SOON_S = 5.0
TOKEN = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"  # noqa: S105
ANA, BO, GUEST, STRANGER = "U0ANA", "U0BO", "U0GIL", "U0SAM"
PEOPLE = (
    User(GUEST, "gil", "Gil Serra", is_restricted=True),
    User(STRANGER, "sam", "Sam Okafor", team_id="T0ELSEWHERE"),
)
HEARTBEATS = f"{NAMESPACE}:__heartbeats__"


@dataclass
class Chain:
    """Everything that runs. mapstorm's own processes are started by whoever needs them."""

    town: Town
    hook: Receiver
    gate: Gate
    peers: Sequence[Alertmanager]
    places: Iterator[Place]
    pprof: Mapping[str, PprofServer]
    server: EmbeddedRedis

    @property
    def slack(self) -> Standin:
        return self.town.slack

    @asynccontextmanager
    async def web(self) -> AsyncIterator[Process]:
        """The web process, with the gate open to it."""
        async with process(self.town, "web") as started:
            self.gate.target = await listening(self.town, started)
            yield started

    @asynccontextmanager
    async def worker(self) -> AsyncIterator[Process]:
        """A worker process, once it takes work."""
        async with connect(self.server.url) as redis:
            others = set(await redis.zrange(HEARTBEATS, 0, -1))  # of the dead as well

            async def at_work() -> bool:
                return bool(set(await redis.zrange(HEARTBEATS, 0, -1)) - others)

            async with process(self.town, "worker") as started:
                await eventually(at_work, "a worker's heartbeat")
                yield started

    @asynccontextmanager
    async def both(self) -> AsyncIterator[None]:
        """The two of them, started side by side."""
        async with AsyncExitStack() as stack:
            async with asyncio.TaskGroup() as starting:
                starting.create_task(stack.enter_async_context(self.web()))
                starting.create_task(stack.enter_async_context(self.worker()))
            yield

    async def quiet(self) -> None:
        """Waits until all that came is worked on, and all of it said."""
        async with connect(self.server.url) as redis:

            async def done() -> bool:
                return not any((await RedisQueue(redis).depth()).values()) and not await redis.zcard(f"{PREFIX}lanes")

            await eventually(done, "nothing is left to do or to say")


@asynccontextmanager
async def chain(
    folder: Path, places: int, peers: int = 2, services: Sequence[Mapping[str, object]] = ()
) -> AsyncIterator[Chain]:
    """Everything but mapstorm's processes, for so many tests. `services` are entries of the registry besides."""
    names = [f"svc-{number:02}" for number in range(places)]
    async with AsyncExitStack() as stack:
        server = stack.enter_context(EmbeddedRedis())
        slack = await stack.enter_async_context(
            Standin(Workspace(_seed([*names, *(str(service["name"]) for service in services)])))
        )
        hook = await stack.enter_async_context(receiver())
        gate = Gate(await stack.enter_async_context(httpx.AsyncClient(trust_env=False, timeout=30)))
        hook.answers[HOOK] = gate.let_through
        pprof = {name: await stack.enter_async_context(_service()) for name in names}
        webhook = Webhook(hook.url + HOOK, TOKEN)
        running = await stack.enter_async_context(alertmanagers(folder, webhook, peers=peers))
        registry = {
            "services": [*(_entry(name, pprof[name].url) for name in names), *services],
            "webhooks": {"alertmanager": {"bearer_env": "MAPSTORM_ALERTMANAGER_TOKEN"}},
            "alertmanager": {"url": running[0].url},
        }
        environ = surroundings(slack, server.url, registry, folder)
        town = Town(slack, environ | {"MAPSTORM_ALERTMANAGER_TOKEN": TOKEN})
        found = iter([Place(name, slack, gate) for name in names])
        yield Chain(town, hook, gate, running, found, pprof, server)


async def fire(peers: Sequence[Alertmanager], *alerts: dict[str, str]) -> None:
    """The alerts of these labels fire at every peer, all in one post."""
    for peer in peers:
        await peer.post(*({"labels": labels, "annotations": _words(labels)} for labels in alerts))


async def resolve(peers: Sequence[Alertmanager], *alerts: dict[str, str]) -> None:
    """They are over at every peer."""
    now = datetime.now(UTC).isoformat()
    for peer in peers:
        await peer.post(*({"labels": labels, "endsAt": now} for labels in alerts))


def _entry(name: str, url: str) -> dict[str, object]:
    """What the registry says of a place."""
    return {
        "name": name,
        "instances": [{"url": url, "name": f"{name}-{number}"} for number in range(2)],
        "channel": channel(name),
        "match": [f'service="{name}"'],
        "window_s": 0,
        "cooldown_s": 0,
    }


def _words(labels: dict[str, str]) -> dict[str, str]:
    return {"summary": f"the heap of {labels['instance']} grows"}


@asynccontextmanager
async def _service() -> AsyncIterator[PprofServer]:
    """A recording as a service that runs."""
    heap = chunked(gzip.decompress((RECORDING / "heap.txt.gz").read_bytes()))
    symbols = whole((RECORDING / "symbols.txt").read_bytes())
    async with pprof_server() as server:
        server.answers = {HEAP: heap, f"POST {SYMBOL}": symbols, f"GET {SYMBOL}": symbols}
        yield server


def _seed(names: Sequence[str]) -> Seed:
    """The usual workspace with a guest, somebody from elsewhere, and a channel for each service."""
    usual = default_seed()
    users = (*usual.users, *PEOPLE)
    everyone = {user.id for user in users}
    channels = tuple(Channel(channel(name), name, "", set(everyone)) for name in names)
    return Seed(app=usual.app, users=users, usergroups=usual.usergroups, channels=(*usual.channels, *channels))
