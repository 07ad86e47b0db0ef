"""The whole chain: Alertmanager peers, a gate before mapstorm's web process, a worker, the stand-in for Slack.

Knows how to start it and what passed the gate; not what anybody should say. Each test has a place of its own, a service
with its channel and its instances, so that the tests of a file share the processes and nothing else.
"""

import asyncio
import gzip
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import httpx

from bot.posting.outbox import PREFIX
from bot.queue import NAMESPACE, RedisQueue
from bot.redis_client import connect
from bot.redis_server import EmbeddedRedis
from bot.standin.app import Standin
from bot.standin.records import Channel, Message, User
from bot.standin.seed import Seed, default_seed
from bot.standin.workspace import Workspace
from tests.alerting.alertmanager import Alertmanager, Webhook, alertmanagers
from tests.alerting.payload import Payload
from tests.alerting.receiver import Delivery, Receiver, eventually, receiver
from tests.bot.house import RECORDING
from tests.bot.pprof_server import HEAP, SYMBOL, PprofServer, chunked, pprof_server, whole
from tests.bot.town import Town, listening, process, surroundings

HOOK = "/webhooks/alertmanager"
TOKEN = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"  # noqa: S105
ANA, BO, GUEST, STRANGER = "U0ANA", "U0BO", "U0GIL", "U0SAM"
PEOPLE = (
    User(GUEST, "gil", "Gil Serra", is_restricted=True),
    User(STRANGER, "sam", "Sam Okafor", team_id="T0ELSEWHERE"),
)
ALERT = "HeapGrows"
HEARTBEATS = f"{NAMESPACE}:__heartbeats__"


class Passed(NamedTuple):
    """A notification that went through the gate. `answered_at` is when mapstorm had answered, seconds since 1970;
    502 stands for no answer."""

    payload: Payload
    came_at: float
    answered_at: float
    status: int

    @property
    def service(self) -> str:
        return self.payload["groupLabels"]["service"]


@dataclass
class Gate:
    """Where Alertmanager sends to: passes on to `target`. `held` keeps back the answers to a service's alerts."""

    target: str = ""
    passed: list[Passed] = field(default_factory=list)
    held: dict[str, Callable[[], Awaitable[None]]] = field(default_factory=dict)

    async def let_through(self, delivery: Delivery) -> int:
        came_at = time.time()
        status = await self._status(delivery)
        passed = Passed(delivery.payload, came_at, time.time(), status)
        self.passed.append(passed)
        if hold := self.held.get(passed.service):
            await hold()
        return status

    async def _status(self, delivery: Delivery) -> int:
        headers = {name: delivery.headers[name] for name in ("authorization", "content-type")}
        try:
            async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
                return (await client.post(self.target + HOOK, content=delivery.raw, headers=headers)).status_code
        except httpx.TransportError:
            return 502


@dataclass
class Place:
    """One service with two instances, and what is said in its channel."""

    name: str
    slack: Standin
    gate: Gate

    @property
    def channel(self) -> str:
        return _channel(self.name)

    def labels(self, instance: int = 0, alert: str = ALERT) -> dict[str, str]:
        """Those of an alert about one of the instances."""
        return {"alertname": alert, "service": self.name, "instance": f"{self.name}-{instance}"}

    def heard(self, status: str = "") -> list[Passed]:
        """What came for it and was answered, of one status if it is given."""
        mine = (each for each in self.gate.passed if each.service == self.name)
        return [each for each in mine if status in ("", each.payload["status"])]

    def said(self) -> list[Message]:
        ours = self.slack.ws.app.user_id
        return [each for each in self.slack.ws.messages[self.channel] if each.user == ours and not each.deleted]

    def roots(self) -> list[Message]:
        return [each for each in self.said() if not each.thread_ts]

    @property
    def root(self) -> str:
        """How the only root stands."""
        (root,) = self.roots()
        return root.content.text

    def replies(self, kind: str = "") -> list[str]:
        """The texts of the thread, of one kind of note if it is given."""
        found = (each for each in self.said() if each.thread_ts)
        return [each.content.text for each in found if kind in ("", kind_of(each))]

    async def opened(self) -> Message:
        """The root, once it is there."""
        await eventually(lambda: bool(self.roots()), "a root message")
        return self.roots()[0]

    async def diagnosed(self, captures: int = 2) -> None:
        """Waits until so many captures are told."""
        await eventually(lambda: len(self.replies("summary")) >= captures, f"{captures} diagnoses")

    async def stands(self, words: str) -> None:
        """Waits until the root says so."""
        await eventually(lambda: bool(self.roots()) and words in self.root, f"the root says {words}")

    async def told(self, words: str, times: int = 1) -> None:
        """Waits until the thread has it."""
        await eventually(lambda: sum(words in text for text in self.replies()) >= times, f"the thread says {words}")


def kind_of(message: Message) -> str:
    """The note that a message tells, by its metadata."""
    return str((message.content.metadata or {}).get("event_type", "")).removeprefix("mapstorm_")


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
        hook, gate = await stack.enter_async_context(receiver()), Gate()
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


def _channel(name: str) -> str:
    return f"C0{name.upper().replace('-', '')}"


def _entry(name: str, url: str) -> dict[str, object]:
    """What the registry says of a place."""
    return {
        "name": name,
        "instances": [{"url": url, "name": f"{name}-{number}"} for number in range(2)],
        "channel": _channel(name),
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
    channels = tuple(Channel(_channel(name), name, "", set(everyone)) for name in names)
    return Seed(app=usual.app, users=users, usergroups=usual.usergroups, channels=(*usual.channels, *channels))
