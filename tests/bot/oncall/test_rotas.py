"""The port Rotas on a real Redis: one answer whichever process asks, the last good copy, people found or named."""

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise

import httpx
import pytest
from redis.asyncio import Redis

from bot.chat import slack_client, slack_session
from bot.oncall.apart import read_apart
from bot.oncall.calendars import Calendars
from bot.oncall.codec import Copy
from bot.oncall.reading import spans
from bot.oncall.rotas import ENDLESS_S, FRESH_S, KEPT_S, RETRY_S, RedisRotas
from bot.people import SlackPeople
from bot.standin.app import Standin
from bot.standin.rate import UNLIMITED
from bot.standin.seed import default_seed
from bot.standin.workspace import Workspace
from handlers.errors import (
    CalendarAway,
    CalendarError,
    CalendarPending,
    CalendarRefused,
    EndlessCalendar,
    MissingScope,
    NotACalendar,
    UnknownZone,
)
from handlers.oncall.shifts import at, flat
from handlers.ports import Rotas
from handlers.rotation import Calendar, Member, Rotation, UserGroup, Written
from tests.bot.oncall.test_calendars import flowing
from tests.bot.oncall.test_reading import CALENDARS, calendar

pytestmark = pytest.mark.redis

NOW = datetime.fromisoformat("2026-04-01T12:00:00+00:00").timestamp()
DAY = 86_400.0
ANA = calendar("DTSTART:20260331T070000Z\nDTEND:20260403T070000Z\nSUMMARY:Ana Lima\nATTENDEE:mailto:ana@example.com")
BO = ANA.replace(b"Ana Lima", b"Bo Chen").replace(b"ana@", b"bo@")
SECRET = "s3cret-token"  # noqa: S105 - a word to look for
PAYMENTS = Rotation("payments", "C1", ("svc-orders",), "Europe/Berlin", Calendar(f"https://c.example.com/{SECRET}.ics"))


async def in_process(content: bytes, time_zone: str, read_at: float, since: float, until: float) -> Copy:
    return Copy(read_at, since, until, spans(content, time_zone, since, until))


@dataclass
class Host:
    """A calendar's host, a clock, and as many processes as one likes."""

    redis: Redis
    people: SlackPeople
    answer: Callable[[], httpx.Response] = lambda: httpx.Response(200, content=flowing(ANA))
    now: float = NOW
    asked: int = 0
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    def process(self, patience_s: float = 30.0) -> RedisRotas:
        async def public(host: str, port: int) -> tuple[str, ...]:
            return ("203.0.113.7",)

        async def handler(_: httpx.Request) -> httpx.Response:
            self.asked += 1
            await self.gate.wait()
            return self.answer()

        calendars = Calendars(transport=httpx.MockTransport(handler), resolver=public)
        rotas = RedisRotas(
            self.redis,
            lambda: (PAYMENTS,),
            self.people,
            calendars=calendars,
            read=in_process,
            now=lambda: self.now,
            patience_s=patience_s,
        )
        port: Rotas = rotas  # the type checker's proof that the adapter fits
        assert port.all() == (PAYMENTS,)
        return rotas

    async def names(self, rotas: RedisRotas) -> tuple[list[str], str]:
        rota = await rotas.read(PAYMENTS, self.now - DAY, self.now + DAY)
        found = at(rota.shifts, self.now)
        return [member.name for member in found.members] if found else [], rota.trouble


@pytest.fixture
async def host(redis: Redis) -> Host:
    made = Host(redis, SlackPeople(slack_client("http://127.0.0.1:9/", "xoxb-none", None)))
    made.gate.set()
    return made


def refusing(status: int) -> Callable[[], httpx.Response]:
    return lambda: httpx.Response(status)


async def test_who_knows_that_it_has_changed_need_not_wait(host: Host) -> None:
    rotas = host.process()
    assert await host.names(rotas) == (["Ana Lima"], "")
    host.answer = lambda: httpx.Response(200, content=flowing(BO))
    for later, asked in ((9.0, 1), (1.0, 2), (9.0, 2)):
        host.now += later
        await rotas.read(PAYMENTS, host.now, host.now + DAY, anew=True)
        assert host.asked == asked, "but no more often than every ten seconds"
    assert await host.names(rotas) == (["Bo Chen"], "")


async def test_whichever_process_asks_it_is_the_same_answer(host: Host) -> None:
    one, other = host.process(), host.process()
    assert await host.names(one) == (["Ana Lima"], "")
    host.answer = lambda: httpx.Response(200, content=flowing(BO))
    assert await host.names(other) == (["Ana Lima"], "")
    assert host.asked == 1
    host.now += FRESH_S
    assert await host.names(other) == (["Bo Chen"], "")
    assert await host.names(one) == (["Bo Chen"], "")
    assert host.asked == 2


async def test_many_who_ask_at_once_wait_for_one_reading(host: Host) -> None:
    rotas = host.process()
    answers = await asyncio.gather(*(host.names(rotas) for _ in range(20)))
    assert answers == [(["Ana Lima"], "")] * 20
    assert host.asked == 1


async def test_the_last_good_copy_stands_for_a_day_and_says_so(host: Host) -> None:
    one, other = host.process(), host.process()
    await host.names(one)
    host.answer, host.now = refusing(404), host.now + FRESH_S
    assert await host.names(one) == (["Ana Lima"], "calendar_refused")
    rota = await other.read(PAYMENTS, host.now, host.now + DAY)
    assert (rota.trouble, rota.detail, rota.read_at) == ("calendar_refused", "404", NOW)
    assert host.asked == 2, "trouble is remembered as well"
    (copy,), (trouble,) = await host.redis.keys("*oncall:calendar:*"), await host.redis.keys("*oncall:trouble:*")
    assert KEPT_S - 60 < await host.redis.ttl(copy) <= KEPT_S
    assert 0 < await host.redis.ttl(trouble) <= RETRY_S
    await host.redis.delete(copy)
    with pytest.raises(CalendarRefused) as caught:
        await other.read(PAYMENTS, host.now, host.now + DAY)
    assert caught.value.detail == "404"


async def test_what_never_ends_is_not_tried_every_minute(host: Host) -> None:
    endless = calendar("DTSTART:20260401T070000Z\nRRULE:FREQ=SECONDLY\nSUMMARY:Ana")
    host.answer = lambda: httpx.Response(200, content=flowing(endless))
    with pytest.raises(EndlessCalendar):
        await host.names(host.process())
    (trouble,) = await host.redis.keys("*oncall:trouble:*")
    assert RETRY_S < await host.redis.ttl(trouble) <= ENDLESS_S


async def test_trouble_that_is_over_is_forgotten(host: Host) -> None:
    rotas = host.process()
    host.answer = refusing(500)
    with pytest.raises(CalendarAway):
        await host.names(rotas)
    host.answer = lambda: httpx.Response(200, content=flowing(ANA))
    with pytest.raises(CalendarAway):
        await host.names(rotas)
    await host.redis.delete(*await host.redis.keys("*oncall:trouble:*"))  # as time does
    assert await host.names(rotas) == (["Ana Lima"], "")


async def test_an_answer_does_not_wait_for_a_slow_calendar_but_the_next_has_it(host: Host) -> None:
    rotas = host.process(patience_s=0.0)
    host.gate.clear()
    with pytest.raises(CalendarPending):
        await host.names(rotas)
    host.gate.set()
    await asyncio.gather(*rotas._under_way.values())
    assert await host.names(rotas) == (["Ana Lima"], "")
    host.gate.clear()
    host.now += FRESH_S
    assert await host.names(rotas) == (["Ana Lima"], ""), "the copy, while it is read anew"
    host.gate.set()
    await asyncio.gather(*rotas._under_way.values())
    assert host.asked == 2


async def test_nothing_in_redis_has_the_address(host: Host) -> None:
    await host.names(host.process())
    for name in await host.redis.keys("*"):
        assert SECRET.encode() not in name + await host.redis.get(name)


async def test_another_time_zone_is_another_reading(host: Host) -> None:
    content = calendar("DTSTART;VALUE=DATE:20260401\nSUMMARY:Ana")
    host.answer = lambda: httpx.Response(200, content=flowing(content))
    rotas = host.process()
    starts = set()
    for zone in ("Europe/Berlin", "Australia/Sydney"):
        rota = await rotas.read(replace(PAYMENTS, time_zone=zone), NOW - 3 * DAY, NOW + 3 * DAY)
        starts |= {shift.starts_at for shift in rota.shifts if shift.members}
    assert len(starts) == 2


async def test_what_is_kept_by_another_release_is_read_anew(host: Host) -> None:
    rotas = host.process()
    await host.names(rotas)
    for name in await host.redis.keys("*oncall:calendar:*"):
        await host.redis.set(name, b'{"version": 7}')
    assert await host.names(rotas) == (["Ana Lima"], "")


async def test_turns_written_in_the_registry_need_nobody_else(host: Host) -> None:
    written = Written((Member("Ana"), Member("Bo")), datetime(2026, 3, 30, 9), 24)
    rota = await host.process().read(replace(PAYMENTS, source=written), NOW, NOW + DAY)
    assert [(shift.members[0].name) for shift in rota.shifts] == ["Ana", "Bo"]
    assert host.asked == 0


async def test_a_calendar_in_a_file_by_the_whole_way(host: Host) -> None:
    rotation = replace(PAYMENTS, source=Calendar(file=str(CALENDARS / "google.ics")))
    rotas = RedisRotas(host.redis, tuple, host.people, now=lambda: NOW, patience_s=60.0)
    rota = await rotas.read(rotation, NOW - DAY, NOW + DAY)
    found = at(rota.shifts, NOW)
    assert found
    assert found.members == (Member("Ana Lima", "ana@example.com"),)
    assert (rota.read_at, rota.trouble) == (NOW, "")


async def test_people_are_found_by_the_table_and_by_their_address(redis: Redis) -> None:
    async with Standin(Workspace(), pace=UNLIMITED) as slack, slack_session() as session:
        people = SlackPeople(slack_client(slack.api_url, slack.credentials.token, session))
        rotas = RedisRotas(redis, tuple, people)
        rotation = replace(PAYMENTS, people={"Bo Chen": "U0BO", "dee@example.com": "U0DEE"})
        wanted = (
            Member("Ana Lima", "ana@example.com"),
            Member("bo chen"),
            Member("Dee", "DEE@example.com"),
            Member("Ana Lim"),
            Member("Nobody", "nobody@example.com"),
            Member("Cy", slack="U0CY"),
        )
        found = await rotas.known(rotation, wanted)
        assert [member.slack for member in found] == ["U0ANA", "U0BO", "U0DEE", "", "", "U0CY"]
        group = await rotas.read(replace(PAYMENTS, source=UserGroup("S0ONCALL")), NOW, NOW + DAY)
        assert "U0ANA" in [member.slack for member in group.shifts[0].members]
        assert (group.shifts[0].starts_at, group.shifts[0].ends_at) == (NOW, NOW + DAY)


async def test_a_missing_scope_is_named(redis: Redis) -> None:
    seed = default_seed()
    bare = replace(seed, app=replace(seed.app, scopes=("commands", "users:read")))
    async with Standin(Workspace(bare), pace=UNLIMITED) as slack, slack_session() as session:
        rotas = RedisRotas(redis, tuple, SlackPeople(slack_client(slack.api_url, slack.credentials.token, session)))
        with pytest.raises(MissingScope) as caught:
            await rotas.known(PAYMENTS, (Member("Ana", "ana@example.com"),))
    assert caught.value.detail == "users:read.email"


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"<html>", NotACalendar),
        (calendar("DTSTART;TZID=Nowhere:20260401T070000\nSUMMARY:Ana"), UnknownZone),
        (calendar("DTSTART:20260401T070000Z\nRRULE:FREQ=SECONDLY\nSUMMARY:Ana"), EndlessCalendar),
    ],
)
async def test_the_child_process_says_what_is_wrong(content: bytes, error: type[CalendarError]) -> None:
    with pytest.raises(error):
        await read_apart(content, "Europe/Berlin", NOW, NOW - DAY, NOW + DAY)


async def test_events_on_top_of_each_other_cost_the_child_and_nobody_else() -> None:
    """What leaves it covers each moment once, so that shifts of a copy cost nothing; too much is trouble."""
    many = [f"DTSTART:20260401T{at % 24:02}{at % 60:02}00Z\nDURATION:P1D\nSUMMARY:Ana {at}" for at in range(60)]
    copy = await read_apart(calendar(*many), "Europe/Berlin", NOW, NOW - 40 * DAY, NOW + 100 * DAY)
    assert max(len(span.members) for span in copy.spans) > 10
    assert all(one.ends_at <= other.starts_at for one, other in pairwise(copy.spans))
    guests = "".join(f"\nATTENDEE:mailto:n{at}@example.com" for at in range(20))
    crowd = [f"DTSTART:20260401T{at % 24:02}{at % 60:02}00Z\nDURATION:P1D\nSUMMARY:{at}{guests}" for at in range(60)]
    crowd = [event.replace("mailto:n", f"mailto:{at}.") for at, event in enumerate(crowd)]
    with pytest.raises(EndlessCalendar):
        await read_apart(calendar(*crowd), "Europe/Berlin", NOW, NOW - 40 * DAY, NOW + 100 * DAY)


async def test_the_child_process_reads_as_this_one_would_in_any_time_zone_of_the_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    content = calendar(
        "DTSTART:20260401T090000\nDURATION:P1D\nSUMMARY:Ana, Bo", "DTSTART;VALUE=DATE:20260401\nSUMMARY:Cy"
    )
    arguments = (content, "Europe/Berlin", NOW, NOW - DAY, NOW + DAY)
    apart, here = await read_apart(*arguments), await in_process(*arguments)
    assert apart == here._replace(spans=flat(here.spans, NOW - DAY, NOW + DAY))


async def test_what_never_ends_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAPSTORM_SECRET_FOR_NOBODY", "x")
    content = calendar("DTSTART:19700101T070000Z\nRRULE:FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30\nSUMMARY:Ana")
    with pytest.raises(EndlessCalendar):
        await read_apart(content, "Europe/Berlin", NOW, NOW - DAY, NOW + DAY, deadline_s=0.6)
    assert "MAPSTORM_SECRET_FOR_NOBODY" in os.environ
