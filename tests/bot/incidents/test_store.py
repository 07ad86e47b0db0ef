"""Incidents, their inbox and their agenda in real Redis: a step is kept whole or not at all."""

import asyncio
import time
from dataclasses import replace

import pytest
from redis.asyncio import Redis
from structlog.testing import capture_logs

from bot import render
from bot.budget import RedisBudget
from bot.incidents.agenda import RedisAgenda, watching
from bot.incidents.codec import encode_incident
from bot.incidents.inbox import RedisInbox, inbox
from bot.incidents.store import RedisIncidents
from bot.posting.outbox import RedisOutbox
from bot.queue import ALERTS, REQUESTS, WAKES, RedisQueue
from bot.redis_client import connect, key
from bot.redis_server import free_port
from handlers.alert import Alert, Group, Notification, Origin, Part
from handlers.errors import OutageError
from handlers.incident import Entry, Event, Incident, State
from handlers.notes import Help
from handlers.posts import Reply, Root
from handlers.records import Request, Thread
from handlers.step import Reason, Step, Wake
from tests.bot import records
from tests.bot.town import when

GROUP = Group(Origin.ALERTMANAGER, "mapstorm", '{}:{service="orders"}', "svc-orders")
ALERT = Alert("f1", True, {"service": "orders"}, "Memory", 1000.0)
PART = Part("svc-orders", 1001.0, Notification(GROUP.origin, GROUP.receiver, GROUP.group_key, {}, (ALERT,)))
NEW = Incident("abc", GROUP, "C0ORDERS", {}, State.OPEN, 1001.0, (), (Entry(1001.0, Event.OPENED),))
ASKED = Request("abc-1", "svc-orders", ("orders-0",), 1001.0, "", "abc")


class Rooms:
    """All stores on one Redis."""

    def __init__(self, redis: Redis) -> None:
        self.queue = RedisQueue(redis)
        self.agenda = RedisAgenda(redis)
        self.outbox = RedisOutbox(redis, render.message, _no_link)
        self.inbox = RedisInbox(redis, self.queue)
        self.incidents = RedisIncidents(redis, self.outbox, self.queue, self.agenda)


async def _no_link(thread: Thread) -> str | None:
    return None


@pytest.fixture
def rooms(redis: Redis) -> Rooms:
    return Rooms(redis)


def opening(token: str | None = None) -> Step:
    return Step(
        None,
        NEW,
        (Root("abc", "C0ORDERS", Help(), 1), Reply("abc", "abc.1", Help())),
        (ASKED,),
        (Wake("abc", Reason.FOLLOW_UP, time.time() - 1),),
        token,
    )


@pytest.mark.redis
async def test_parts_wait_in_order_with_a_job_each(rooms: Rooms) -> None:
    later = PART._replace(received_at=1002.0)
    await rooms.inbox.put((PART, later))
    assert (await rooms.queue.depth())[ALERTS] == 2
    first = await rooms.inbox.head(GROUP)
    assert first is not None
    assert first[1] == PART
    await rooms.inbox.drop(GROUP, first[0])
    await rooms.inbox.drop(GROUP, first[0])  # a second copy of the job
    second = await rooms.inbox.head(GROUP)
    assert second is not None
    assert second[1] == later


@pytest.mark.redis
async def test_what_cannot_be_read_is_put_aside(redis: Redis, rooms: Rooms) -> None:
    await redis.rpush(inbox(GROUP), b"[99]")
    await rooms.inbox.put((PART,))
    head = await rooms.inbox.head(GROUP)
    assert head is not None
    assert head[1] == PART
    assert await redis.lrange(key("inbox-aside"), 0, -1) == [b"[99]"]


@pytest.mark.redis
async def test_a_step_keeps_everything_at_once(redis: Redis, rooms: Rooms) -> None:
    await rooms.inbox.put((PART,))
    token, _ = await rooms.inbox.head(GROUP) or ("", None)
    assert await rooms.incidents.commit(opening(token))
    assert await rooms.incidents.get("abc") == NEW
    assert await rooms.incidents.latest(GROUP) == NEW
    assert await rooms.incidents.open() == (NEW,)
    assert await rooms.inbox.head(GROUP) is None
    assert (await rooms.queue.depth())[REQUESTS] == 1
    claim = await rooms.outbox.claim()
    assert claim is not None
    assert claim.entry.id == "root:abc"
    assert await rooms.agenda.due() == 1
    assert (await rooms.queue.depth())[WAKES] == 1


@pytest.mark.redis
@pytest.mark.parametrize(
    "step",
    [
        opening("another token"),
        opening()._replace(before=replace(NEW, version=7)),
    ],
    ids=["inbox", "version"],
)
async def test_who_comes_too_late_keeps_nothing(redis: Redis, rooms: Rooms, step: Step) -> None:
    await rooms.inbox.put((PART,))
    before = {name: await redis.dump(name) for name in await redis.keys("*")}
    assert not await rooms.incidents.commit(step)
    assert {name: await redis.dump(name) for name in await redis.keys("*")} == before


@pytest.mark.redis
async def test_of_many_at_once_one_wins(rooms: Rooms) -> None:
    await rooms.incidents.commit(Step(None, NEW))
    done = await asyncio.gather(
        *(
            rooms.incidents.commit(Step(NEW, replace(NEW, owner=f"U{number}", version=2), opening().posts))
            for number in range(12)
        )
    )
    assert sum(done) == 1
    now = await rooms.incidents.get("abc")
    assert now is not None
    assert now.owner == f"U{done.index(True)}"


@pytest.mark.redis
async def test_a_resolved_incident_is_not_open_but_still_the_latest(rooms: Rooms) -> None:
    await rooms.incidents.commit(Step(None, NEW))
    ended = replace(NEW, state=State.RESOLVED, version=2)
    await rooms.incidents.commit(Step(NEW, ended))
    assert await rooms.incidents.open() == ()
    assert await rooms.incidents.latest(GROUP) == ended
    assert await rooms.incidents.open("svc-other") == ()


@pytest.mark.redis
async def test_an_incident_that_burns_for_longer_than_the_newest_is_still_open(rooms: Rooms, redis: Redis) -> None:
    newest = replace(NEW, id="xyz", opened_at=NEW.opened_at + 31 * 86_400)
    await rooms.incidents.commit(Step(None, NEW))
    await rooms.incidents.commit(Step(None, newest))
    assert await rooms.incidents.open() == (newest, NEW)
    await redis.delete(key("incident", "abc"))  # its time is over
    assert await rooms.incidents.open() == (newest,)
    assert await redis.zrange(key("incidents-open"), 0, -1) == [b"xyz"]


@pytest.mark.redis
async def test_what_another_release_wrote_is_not_taken_for_nothing(rooms: Rooms, redis: Redis) -> None:
    await rooms.incidents.commit(Step(None, NEW))
    await redis.set(key("incident", "abc"), encode_incident(NEW).replace(b'"schema":1', b'"schema":2'))
    for asked in (rooms.incidents.get("abc"), rooms.incidents.latest(GROUP), rooms.incidents.commit(Step(None, NEW))):
        with pytest.raises(OutageError):
            await asked
    assert await rooms.incidents.open() == ()


@pytest.mark.redis
async def test_a_late_change_of_an_older_incident_does_not_hide_the_newest(rooms: Rooms) -> None:
    old = replace(NEW, state=State.RESOLVED)
    newest = replace(NEW, id="xyz", opened_at=NEW.opened_at + 90_000)
    await rooms.incidents.commit(Step(None, old))
    await rooms.incidents.commit(Step(None, newest))
    assert await rooms.incidents.commit(Step(old, replace(old, version=2)))
    assert await rooms.incidents.latest(GROUP) == newest


@pytest.mark.redis
async def test_a_wake_replaces_the_one_before_it(rooms: Rooms, redis: Redis) -> None:
    now = time.time()
    for at in (now - 5, now + 3600):
        async with redis.pipeline(transaction=True) as pipe:
            rooms.agenda.add(pipe, Wake("abc", Reason.LIMIT, at))
            await pipe.execute()
    assert await rooms.agenda.due() == 0
    async with redis.pipeline(transaction=True) as pipe:
        rooms.agenda.add(pipe, Wake("abc", Reason.LIMIT, now - 5))
        await pipe.execute()
    assert [await rooms.agenda.due() for _ in range(2)] == [1, 0]


@pytest.mark.redis
async def test_a_wake_without_a_body_does_not_hold_the_others(rooms: Rooms, redis: Redis) -> None:
    async with redis.pipeline(transaction=True) as pipe:
        rooms.agenda.add(pipe, Wake("abc", Reason.LIMIT, time.time() - 5))
        await pipe.execute()
    await redis.zadd(key("agenda"), {"xyz:limit": 0})
    await rooms.agenda.due()
    assert (await rooms.queue.depth())[WAKES] == 1
    assert await redis.zcard(key("agenda")) == 0


async def test_an_agenda_that_is_away_is_told_once_and_once_that_it_is_back() -> None:
    class Leaving(RedisAgenda):
        looks = 0

        async def due(self) -> int:
            self.looks += 1
            if self.looks < 3:
                raise OutageError("redis") from ConnectionError("refused")
            return 0

    async with connect("redis://127.0.0.1:9/0") as client:
        agenda = Leaving(client)
        with capture_logs() as logs:
            async with watching(agenda):
                await records.until(when(lambda: agenda.looks > 3))
    assert [line["event"] for line in logs] == ["agenda not read", "agenda read again"]
    assert logs[0]["why"] == "refused"


async def test_a_bug_is_not_the_end_of_looking_into_the_agenda() -> None:
    class Broken(RedisAgenda):
        looks = 0

        async def due(self) -> int:
            self.looks += 1
            raise ValueError

    async with connect(f"redis://127.0.0.1:{free_port()}/0") as client:
        agenda = Broken(client)
        async with watching(agenda):
            await records.until(when(lambda: agenda.looks > 1))


@pytest.mark.redis
async def test_unmatched_alerts_are_counted_and_some_are_kept(redis: Redis, rooms: Rooms) -> None:
    await rooms.inbox.unmatched((), 1000.0)
    for _ in range(30):
        await rooms.inbox.unmatched((ALERT, ALERT), 1000.0)
    assert await redis.get(key("unmatched")) == b"60"
    assert await redis.llen(key("unmatched-examples")) == 20


@pytest.mark.redis
async def test_an_instance_has_one_capture_in_its_cool_down(redis: Redis) -> None:
    budget = RedisBudget(redis)
    service = replace(records.SERVICE, cooldown_s=30.0)
    assert await budget.spend(service, "orders-0", "r1", 0) is None
    assert await budget.spend(service, "orders-0", "r1", 0) is None  # its job is repeated
    held = await budget.spend(service, "orders-0", "r2", 0)
    assert held is not None
    assert held.request == "r1"
    assert 0 < held.wait_s <= 30
    assert await budget.spend(service, "orders-1", "r2", 0) is None
    assert await budget.spend(replace(service, cooldown_s=0.0), "orders-0", "r3", 0) is None


async def test_redis_away_is_an_outage() -> None:
    async with connect(f"redis://127.0.0.1:{free_port()}/0") as client:
        rooms = Rooms(client)
        for asked in (
            rooms.inbox.put((PART,)),
            rooms.inbox.head(GROUP),
            rooms.inbox.unmatched((ALERT,), 0.0),
            rooms.incidents.get("abc"),
            rooms.incidents.latest(GROUP),
            rooms.incidents.open(),
            rooms.incidents.commit(opening()),
            rooms.agenda.due(),
            rooms.outbox.put(*opening().posts),
            RedisBudget(client).spend(records.SERVICE, "orders-0", "r1", 0),
        ):
            with pytest.raises(OutageError):
                await asked
