"""Webhooks, unmatched alerts and the outbox, each written by its own adapter and read by the doctor."""

import asyncio
import time

import pytest
from redis.asyncio import Redis

from bot import render
from bot.doctor.alerts import AlertsProbe
from bot.doctor.heard import KEPT_S, Heard, Refusals, Refusing
from bot.incidents.inbox import RedisInbox
from bot.posting.outbox import PREFIX, RedisOutbox
from bot.posting.paces import Delays
from bot.queue import RedisQueue
from bot.redis_client import connect
from bot.redis_server import free_port
from bot.words import Medium, text_of
from handlers.alert import Alert, Origin
from handlers.doctor import Check, Item, Topic
from handlers.notes import DoctorReport, Help
from handlers.posts import Root
from handlers.records import Service, Thread
from handlers.sources.matchers import parse
from tests.bot.records import until
from tests.fakes import FakeClock

pytestmark = pytest.mark.redis

NOW = 1_800_000_000.0


def probe(redis: Redis, now: float = NOW) -> AlertsProbe:
    return AlertsProbe(redis, lambda: now)


async def test_each_webhook_is_told_with_its_last_delivery(redis: Redis) -> None:
    await Heard(redis).note(Origin.ALERTMANAGER, NOW - 90)
    (check,) = await probe(redis).webhooks((Origin.ALERTMANAGER, Origin.GRAFANA))
    assert check == Check(Topic.WEBHOOKS, True, items=(Item("alertmanager", seconds=90.0), Item("grafana")), total=2)


async def test_a_webhook_that_only_refuses_is_red_until_it_takes_something(redis: Redis) -> None:
    heard = Heard(redis)
    await heard.note(Origin.ALERTMANAGER, NOW - 900)
    await heard.refused(Origin.ALERTMANAGER, Refusals(1, NOW - 600, NOW - 600))
    await heard.refused(Origin.ALERTMANAGER, Refusals(2, NOW - 90, NOW - 60))
    await heard.refused(Origin.GRAFANA, Refusals(1, NOW - 60, NOW - 60))
    (check,) = await probe(redis).webhooks((Origin.ALERTMANAGER, Origin.GENERIC))
    refusing = Item("alertmanager", "refused", seconds=60.0, times=3, span=540.0)
    assert check == Check(Topic.WEBHOOKS, False, "refused", items=(refusing, Item("generic")), total=2)
    assert 0 < await redis.ttl("mapstorm:refused:alertmanager") <= KEPT_S, "and what nobody repeats is forgotten"
    await heard.note(Origin.ALERTMANAGER, NOW - 30)
    (check,) = await probe(redis).webhooks((Origin.ALERTMANAGER,))
    assert check.items == (Item("alertmanager", seconds=30.0),)
    # Of another process, written late.
    await heard.refused(Origin.ALERTMANAGER, Refusals(1, NOW - 31, NOW - 31))
    assert (await probe(redis).webhooks((Origin.ALERTMANAGER,)))[0].ok


async def test_refusals_are_written_once_a_second_whoever_causes_how_many(redis: Redis) -> None:
    clock, turns = FakeClock(), asyncio.Semaphore(0)
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        if seconds:
            await turns.acquire()
            await clock.pause(seconds)

    refusing = Refusing(Heard(redis), clock.now, clock.now, pause)
    began = clock.now()
    await refusing.note(Origin.GENERIC)
    assert await Heard(redis).refusals(Origin.GENERIC) == Refusals(1, began, began)
    async with asyncio.TaskGroup() as group:
        for _ in range(1000):
            group.create_task(refusing.note(Origin.GENERIC))
        await asyncio.sleep(0)
        assert (await Heard(redis).refusals(Origin.GENERIC) or Refusals(0, 0, 0)).times == 1
        turns.release()
    assert pauses == [0.0, pytest.approx(1.0)], "one who waits for all of them"
    assert (await Heard(redis).refusals(Origin.GENERIC) or Refusals(0, 0, 0)).times == 1001


async def test_a_refusal_that_cannot_be_noted_is_nobodys_trouble() -> None:
    async with connect(f"redis://127.0.0.1:{free_port()}/0") as away:
        await Refusing(Heard(away), lambda: NOW).note(Origin.GENERIC)


async def test_alerts_that_mean_no_service_are_counted_with_the_newest_ones_labels(redis: Redis) -> None:
    assert await probe(redis).unmatched() == (Check(Topic.UNMATCHED, True),)
    inbox = RedisInbox(redis, RedisQueue(redis))
    await inbox.unmatched((alert(job="a"), alert(job="b")), NOW - 600)
    await inbox.unmatched((alert(job="c", severity="page"),), NOW - 60)
    (check,) = await probe(redis).unmatched()
    assert (check.ok, check.total, check.seconds) == (False, 3, 60.0)
    assert check.items == (Item("job", detail="c"), Item("severity", detail="page"))


async def test_the_service_that_an_unmatched_alert_comes_nearest_to_is_named(redis: Redis) -> None:
    wanted = (parse('job="orders"'), parse('severity=~"page|ticket"'))
    services = (Service("svc-orders", (), "C0ORDERS", match=wanted), Service("svc-silent", (), "C0ORDERS"))
    inbox = RedisInbox(redis, RedisQueue(redis))
    await inbox.unmatched((alert(job="orders"),), NOW - 60)
    (check,) = await probe(redis).unmatched(services)
    lacking = Item("svc-orders", "absent", 'severity=~"page|ticket"')
    assert check.items == (lacking, Item("job", detail="orders"))
    assert 'Nearest is `svc-orders`: `severity=~"page|ticket"` does not hold, the alert has no such label.' in text_of(
        DoctorReport((check,)), Medium.TERMINAL
    )
    await inbox.unmatched((alert(job="orders", severity="info"),), NOW - 30)
    (check,) = await probe(redis).unmatched(services)
    assert check.items[:2] == (lacking._replace(reason="differs"), Item("severity", detail="info"))
    anything = (Service("svc-orders", (), "C0ORDERS", match=wanted[:1]),)
    assert (await probe(redis).unmatched(anything))[0].ok, "mended, and need not come again"


async def test_what_was_mended_is_green_a_day_later(redis: Redis) -> None:
    await RedisInbox(redis, RedisQueue(redis)).unmatched((alert(job="a"),), NOW - 25 * 3600)
    assert await probe(redis).unmatched() == (Check(Topic.UNMATCHED, True),)


async def test_what_slack_will_never_take_is_told_by_channel_and_code(redis: Redis) -> None:
    undelivered, held = await probe(redis).outbox()
    assert (undelivered, held) == (Check(Topic.UNDELIVERED, True), Check(Topic.HELD, True))
    outbox = RedisOutbox(redis, render.message, unlinked)
    for number, (channel, code) in enumerate([("C0GONE", "is_archived"), ("C0GONE", "is_archived"), ("#x", "no_x")]):
        await outbox.put(Root(f"inc{number}", channel, Help(), 1))
        claim = await outbox.claim()
        assert claim
        await outbox.lost(claim, code)
    undelivered, _ = await probe(redis).outbox()
    assert (undelivered.ok, undelivered.total) == (False, 3)
    assert set(undelivered.items) == {Item("C0GONE", "is_archived"), Item("#x", "no_x")}
    assert await outbox.retry_undelivered() == 3
    assert (await probe(redis).outbox())[0].ok


async def test_messages_that_wait_are_counted_and_told_where_they_get_nowhere(redis: Redis) -> None:
    (check,) = await probe(redis).waiting()
    assert (check.ok, check.total) == (True, 0)
    outbox = RedisOutbox(redis, render.message, unlinked, delays=Delays(lease=60_000, first=1, longest=1))
    await outbox.put(Root("inc1", "C0ORDERS", Help(), 1), Root("inc2", "C0ORDERS", Help(), 1))
    (check,) = await probe(redis).waiting()
    assert (check.ok, check.total) == (True, 2)

    async def failed() -> bool:
        """Slack answers with 503."""
        if claim := await outbox.claim():
            await outbox.later(claim, sent=False)
        (found,) = await probe(redis).waiting()
        return found.reason == "failing"

    await until(failed, within_s=30)
    await redis.delete(f"{PREFIX}failures")
    await redis.zadd(f"{PREFIX}lanes", {"in:C0ORDERS": (time.time() - 90) * 1000})
    (check,) = await probe(redis).waiting()
    assert (check.ok, check.reason, check.total) == (False, "untaken", 2)
    assert check.seconds is not None
    assert check.seconds > 60


async def test_lanes_that_slack_wants_to_rest_are_told_by_channel(redis: Redis) -> None:
    outbox = RedisOutbox(redis, render.message, unlinked)
    for channel in ("C0ORDERS", "#orders"):
        await outbox.put(Root(channel, channel, Help(), 1))
        claim = await outbox.claim()
        assert claim
        await outbox.hold(claim, "message_limit_exceeded")
    _, held = await probe(redis).outbox()
    code = "message_limit_exceeded"
    assert (held.ok, held.total) == (False, 2)
    assert set(held.items) == {Item("C0ORDERS", code), Item("#orders", code)}


async def test_a_name_that_was_posted_to_has_an_id(redis: Redis) -> None:
    outbox = RedisOutbox(redis, render.message, unlinked)
    await outbox.put(Root("inc1", "#orders", Help(), 1))
    claim = await outbox.claim()
    assert claim
    await outbox.posted(claim, Thread("C0ORDERS", "1.000100"))
    assert (await probe(redis).channel_ids())["#orders"] == "C0ORDERS"


def alert(**labels: str) -> Alert:
    return Alert("f1", True, labels, "Memory", time.time())


async def unlinked(_: Thread) -> None:
    return None
