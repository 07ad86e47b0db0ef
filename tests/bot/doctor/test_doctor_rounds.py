"""The whole rounds on real parts: all green, then everything away one at a time, each with its one advice."""

import time
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

import pytest
from redis.asyncio import Redis

from bot.chat import slack_client, slack_session
from bot.doctor.rounds import Reach, rounds
from bot.doctor.services import services
from bot.heaps import HttpHeaps
from bot.manifest import SCOPES
from bot.people import SlackPeople
from bot.queue import NAMESPACE
from bot.redis_client import connect
from bot.redis_server import EmbeddedRedis, free_port
from bot.standin.app import Standin
from bot.words import Medium, text_of
from handlers.alert import Origin
from handlers.doctor import Topic
from handlers.errors import CalendarRefused, MissingScope
from handlers.records import Instance, Service
from handlers.rotation import Member, Rotation, Span, UserGroup, Written
from tests.bot.pprof_server import SYMBOL, PprofServer, pprof_server, whole
from tests.fakes import FakeRegistry, FakeRotas

pytestmark = pytest.mark.redis

NEED_TOKEN = {Topic.SCOPES, Topic.CHANNELS, Topic.SLACK_CLOCK}
NEED_REDIS = {
    *(Topic.DURABILITY, Topic.REDIS_CLOCK, Topic.WORKERS, Topic.QUEUE),
    *(Topic.WEBHOOKS, Topic.UNMATCHED, Topic.WAITING, Topic.UNDELIVERED, Topic.HELD),
}
NEED_REGISTRY = {Topic.CHANNELS, Topic.SERVICES, Topic.WEBHOOKS}


@dataclass
class Place:
    """Everything mapstorm stands on, real and well."""

    slack: Standin
    redis: Redis
    pprof: PprofServer
    reach: Reach

    async def look(self, **changes: object) -> tuple[set[Topic], set[Topic], str]:
        """What is red, what is not known, and the report as a terminal shows it."""
        report = await rounds(replace(self.reach, **changes))  # type: ignore[arg-type]
        assert [check.topic for check in report.checks] == list(Topic), "each line is there, once and in order"
        red = {check.topic for check in report.checks if check.ok is False}
        unknown = {check.topic for check in report.checks if check.ok is None}
        return red, unknown, text_of(report, Medium.TERMINAL)


@pytest.fixture(scope="module")
def durable_url() -> Iterator[str]:
    with EmbeddedRedis() as server:
        yield server.url


@pytest.fixture
async def place(durable_url: str) -> AsyncIterator[Place]:
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(Standin())
        slack.ws.app = replace(slack.ws.app, scopes=(*SCOPES, "channels:history"))
        redis = await stack.enter_async_context(connect(durable_url))
        await redis.flushall()
        await redis.config_set("appendonly", "yes")
        await redis.zadd(f"{NAMESPACE}:__heartbeats__", {"worker": time.time() * 1000})
        pprof = await stack.enter_async_context(pprof_server())
        pprof.answers = {SYMBOL: whole(b"num_symbols: 1\n")}
        known = Service("svc-orders", (Instance("orders-0", pprof.url),), "C0ORDERS")
        session = await stack.enter_async_context(slack_session())
        reach = Reach(
            slack=slack_client(slack.api_url, slack.credentials.token, session),
            redis=redis,
            registry=FakeRegistry(known),
            services=partial(services, HttpHeaps(), (known,), 5.0),
            webhooks=(Origin.ALERTMANAGER,),
            now=time.time,
            patience_s=10,
            services_patience_s=10,
            rotas=FakeRotas(),
        )
        yield Place(slack, redis, pprof, reach)


async def test_all_green(place: Place) -> None:
    red, unknown, said = await place.look()
    assert (red, unknown) == (set(), set())
    assert said.startswith("✅")
    assert said.count("✅ OK") == len(Topic)


def shows(said: str, *words: str, lines: int = 1) -> None:
    """One red line with these words and nothing secret."""
    assert said.count("❌ To do") == lines
    assert [word for word in words if word not in said] == []
    assert "xoxb-" not in said.replace("starts with xoxb-", "")


@pytest.mark.parametrize(
    ("changes", "red", "unknown", "words"),
    [
        ({"slack": None}, Topic.TOKEN, NEED_TOKEN, ["SLACK_BOT_TOKEN", "OAuth & Permissions"]),
        ({"redis": None}, Topic.REDIS, NEED_REDIS, ["Set `REDIS_URL`"]),
        ({"registry": None}, Topic.REGISTRY, NEED_REGISTRY, ["Set `MAPSTORM_CONFIG`"]),
        ({"registry": None, "problems": ("m.yaml:3: x",)}, Topic.REGISTRY, NEED_REGISTRY, ["m.yaml:3: x", "Correct"]),
    ],
)
async def test_what_was_not_said_is_one_red_line(
    place: Place, changes: dict[str, object], red: Topic, unknown: Iterable[Topic], words: list[str]
) -> None:
    found_red, found_unknown, said = await place.look(**changes)
    assert (found_red, found_unknown) == ({red}, set(unknown))
    shows(said, *words)


async def test_slack_away(place: Place) -> None:
    async with slack_session() as session:
        red, unknown, said = await place.look(slack=slack_client("http://127.0.0.1:9/api/", "xoxb-1", session))
    assert (red, unknown) == ({Topic.TOKEN}, NEED_TOKEN)
    shows(said, "Slack does not answer", "slack.com")


async def test_redis_away(place: Place) -> None:
    async with connect(f"redis://127.0.0.1:{free_port()}/0") as away:
        red, unknown, said = await place.look(redis=away)
    assert (red, unknown) == ({Topic.REDIS}, NEED_REDIS)
    shows(said, "Start it, or correct `REDIS_URL`")


async def test_no_worker(place: Place) -> None:
    await place.redis.delete(f"{NAMESPACE}:__heartbeats__")
    red, unknown, said = await place.look()
    assert (red, unknown) == ({Topic.WORKERS}, set())
    shows(said, "mapstorm worker")


async def test_a_service_away(place: Place) -> None:
    place.pprof.answers = {SYMBOL: whole(b"", 401)}
    red, unknown, said = await place.look()
    assert (red, unknown) == ({Topic.SERVICES}, set())
    shows(said, "0 of 1 answer; not: `svc-orders/orders-0` (refused, `401`).", "auth_header_env")
    assert "127.0.0.1" not in said, "no address"


async def test_a_channel_without_the_bot(place: Place) -> None:
    place.slack.ws.channels["C0ORDERS"].members.clear()
    red, unknown, said = await place.look()
    assert (red, unknown) == ({Topic.CHANNELS}, set())
    shows(said, "`C0ORDERS`", "/invite @mapstorm")


async def test_a_revoked_token(place: Place) -> None:
    place.slack.gate.revoked = "token_revoked"
    red, unknown, said = await place.look()
    assert (red, unknown) == ({Topic.TOKEN}, {Topic.SCOPES, Topic.CHANNELS})
    shows(said, "refused (`token_revoked`)", "SLACK_BOT_TOKEN")


async def test_a_missing_scope(place: Place) -> None:
    place.slack.ws.app = replace(place.slack.ws.app, scopes=("commands", "channels:history"))
    red, unknown, said = await place.look()
    assert (red, unknown) == ({Topic.SCOPES}, set())
    shows(said, "`chat:write`", "mapstorm manifest")


async def test_a_wrong_clock(place: Place) -> None:
    red, unknown, said = await place.look(now=lambda: time.time() + 200)
    # By that clock the worker was heard of long ago.
    assert (red, unknown) == ({Topic.SLACK_CLOCK, Topic.REDIS_CLOCK, Topic.WORKERS}, set())
    shows(said, "ahead. Run NTP here", lines=3)


async def test_who_is_on_call_and_who_is_not_known(place: Place) -> None:
    rotation = Rotation("payments", "C0ORDERS", ("svc-orders",), "UTC", UserGroup("S0ONCALL"))
    always = (Span(0.0, 1e11, (Member("Ana", "ana@example.com"),)),)
    rotas = FakeRotas((rotation,), {"payments": always}, {"ana@example.com": "U0ANA"})
    red, unknown, said = await place.look(rotas=rotas)
    assert (red, unknown) == (set(), set())
    assert "Who is on call*: `payments` `Ana`" in said
    red, unknown, said = await place.look(rotas=replace(rotas, users={}))
    assert (red, unknown) == ({Topic.ROTATIONS}, set())
    shows(said, "`payments` (Slack does not know `Ana`). Add them under `people`")
    red, unknown, said = await place.look(rotas=replace(rotas, troubles={"payments": CalendarRefused("404")}))
    assert (red, unknown) == ({Topic.ROTATIONS}, set())
    shows(said, "`payments` (calendar refused `404`). Put the address of a new export")
    red, unknown, said = await place.look(rotas=replace(rotas, fails=MissingScope("users:read.email"), users={}))
    assert (red, unknown) == (set(), {Topic.ROTATIONS}), "scopes have a line of their own"


async def test_an_id_of_the_registry_that_is_no_members_is_red_before_it_is_their_turn(place: Place) -> None:
    ana, bo = Member("Ana", slack=next(iter(place.slack.ws.users))), Member("Bo", slack="U0NOBODY")
    written = Written((ana, bo), datetime(2026, 1, 5, 9), 10**6)
    rotation = Rotation(
        "payments", "C0ORDERS", ("svc-orders",), "UTC", written, people={"Cy": "U0NOBODY", "Di": "U0DI"}
    )
    people = SlackPeople(place.reach.slack) if place.reach.slack else None
    red, unknown, said = await place.look(rotas=FakeRotas((rotation,)), people=people)
    assert (red, unknown) == ({Topic.ROTATIONS}, set())
    shows(said, "`payments` (Slack does not know `U0NOBODY, U0DI`). Correct these ids under `members` or `people`")
    right = replace(rotation, source=written._replace(members=(ana,)), people={})
    assert (await place.look(rotas=FakeRotas((right,)), people=people))[0] == set()


async def test_a_bug_in_one_look_leaves_the_others(place: Place) -> None:
    async def broken() -> tuple[()]:
        raise ZeroDivisionError("secret")

    red, unknown, said = await place.look(services=broken)
    assert (red, unknown) == (set(), {Topic.SERVICES})
    assert "`ZeroDivisionError`" in said
    assert "secret" not in said
