"""Work on the queue, with real dramatiq and real Redis; people and services are fakes."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace

import pytest
import structlog
from redis.asyncio import Redis

from analyzers.errors import MapstormError
from bot.jobs import KILLS, WAITS, Pauses
from bot.metrics import Figures, Metrics, ReportedProgress
from bot.queue import CAPTURES, NAMESPACE, QUEUES, Work, message
from bot.redis_client import key
from bot.turns import RedisTurns
from bot.wiring import House
from bot.worker import Broker, working
from handlers import capture as story
from handlers.errors import OutageError, Refused, Unreachable
from handlers.notes import CaptureFinished, CapturePicture, CaptureStarted, Summary
from handlers.records import Capture, Outcome, Request
from tests.bot import records
from tests.bot.house import FakeHeaps, FakeRegistry, Spoken, house, with_tools
from tests.fakes import FakeQueue

pytestmark = pytest.mark.redis

AT_ONCE = Pauses(backoff=(0.01, 0.01), wait=0.02)
DEAD = f"{NAMESPACE}:{CAPTURES}.XQ"


def holds(condition: Callable[[], object]) -> Callable[[], "asyncio.Future[bool]"]:
    """A condition for `until`."""

    async def ask() -> bool:
        return bool(condition())

    return lambda: asyncio.ensure_future(ask())


class CountedTurns(RedisTurns):
    """Knows how often a turn was asked for."""

    asked = 0

    def take(self, capture: Capture) -> AbstractAsyncContextManager[None]:
        self.asked += 1
        return super().take(capture)


async def test_a_request_becomes_a_diagnosis(redis: Redis, redis_url: str) -> None:
    chat, heaps = Spoken(), FakeHeaps()
    here = house(redis, redis_url, chat, heaps)
    async with working(here, concurrency=2):
        await here.queue.request(records.request())
        await records.until(holds(lambda: chat.finished(1)))
    assert chat.kinds() == [CaptureStarted, Summary, CaptureFinished, CapturePicture]
    assert chat.summaries()[0].diagnosis.verdict == "growth_storm"
    assert await here.queue.depth() == dict.fromkeys(QUEUES, 0)
    assert len(await here.tools.snapshots.history("svc-orders")) == 1


async def test_captures_are_logged_once_and_counted(redis: Redis, redis_url: str) -> None:
    chat, figures = Spoken(), Figures(redis)
    here = house(redis, redis_url, chat, FakeHeaps(trouble=[Refused("403")]))
    progress = ReportedProgress(here.tools.progress, figures, here.tools.now)
    with structlog.testing.capture_logs() as lines:
        async with working(with_tools(here, progress=progress), concurrency=1):
            for number, name in enumerate(("r1", "r2")):
                await here.queue.request(records.request(name, at=here.tools.now() - 3))
                await records.until(holds(lambda done=number: len(chat.summaries() + chat.failures()) == done + 1))
    await progress.ended(records.capture("r2"), Outcome("orders-0", "growth_storm", "", None))  # told again
    told = [(line["id"], line["verdict"], line["failed"]) for line in lines if line["event"] == "capture"]
    assert told == [("r1.orders-0", None, "refused"), ("r2.orders-0", "growth_storm", None)]
    page = (await Metrics().page(figures, here.queue)).decode()
    assert 'mapstorm_captures_total{outcome="refused"} 1.0' in page
    assert 'mapstorm_captures_total{outcome="growth_storm"} 1.0' in page
    assert 'mapstorm_capture_seconds_bucket{le="2"} 0.0' in page
    assert 'mapstorm_capture_seconds_bucket{le="5"} 2.0' in page
    assert "mapstorm_capture_seconds_count 2.0" in page
    assert 'mapstorm_queue_depth{queue="captures"} 0.0' in page


async def test_every_instance_is_captured_but_no_more_at_once_than_allowed(redis: Redis, redis_url: str) -> None:
    names = tuple(f"orders-{number}" for number in range(6))
    chat, heaps = Spoken(), FakeHeaps(gate=asyncio.Event())
    here = house(redis, redis_url, chat, heaps, FakeRegistry(*names))
    async with working(here, concurrency=2):
        await here.queue.request(records.request(instances=names))
        await records.until(holds(lambda: heaps.at_once == 2))
        # All threads for captures are taken; another request still gets its thread at once.
        await here.queue.request(records.request("r2"))
        await records.until(holds(lambda: len(chat.roots) == 2))
        assert heaps.gate is not None
        heaps.gate.set()
        await records.until(holds(lambda: chat.finished(6)))
    assert heaps.most_at_once == 2
    assert len(chat.summaries()) >= 6


async def test_what_may_help_is_tried_again(redis: Redis, redis_url: str) -> None:
    chat, heaps = Spoken(), FakeHeaps(trouble=[Unreachable(), OutageError("redis")])
    here = house(redis, redis_url, chat, heaps)
    async with working(here, concurrency=1, pauses=AT_ONCE):
        await here.queue.request(records.request())
        await records.until(holds(lambda: chat.finished(1)))
    assert heaps.visits == 3
    assert [type(note) for note in chat.said()] == [Summary, CapturePicture]


async def test_after_three_tries_the_thread_says_why(redis: Redis, redis_url: str) -> None:
    trouble: list[Exception] = [Unreachable() for _ in range(9)]
    chat, heaps = Spoken(), FakeHeaps(trouble=trouble)
    here = house(redis, redis_url, chat, heaps)
    async with working(here, concurrency=1, pauses=AT_ONCE):
        await here.queue.request(records.request())
        await records.until(holds(lambda: chat.finished(1)))
    assert heaps.visits == 3
    assert [note.reason for note in chat.failures()] == ["unreachable"]


@pytest.mark.parametrize(("trouble", "reason"), [(Refused("401"), "refused"), (ZeroDivisionError(), "bug")])
async def test_what_cannot_help_is_not_tried_again(
    redis: Redis, redis_url: str, trouble: Exception, reason: str
) -> None:
    chat, heaps = Spoken(), FakeHeaps(trouble=[trouble])
    here = house(redis, redis_url, chat, heaps)
    async with working(here, concurrency=1, pauses=AT_ONCE):
        await here.queue.request(records.request())
        await records.until(holds(lambda: chat.finished(1)))
    assert heaps.visits == 1
    assert [note.reason for note in chat.failures()] == [reason]
    assert await redis.zcard(DEAD) == (0 if isinstance(trouble, MapstormError) else 1)


async def test_a_busy_instance_is_waited_for(redis: Redis, redis_url: str) -> None:
    chat, turns = Spoken(), CountedTurns(redis)
    here = with_tools(house(redis, redis_url, chat, FakeHeaps()), turns=turns)
    async with working(here, concurrency=1, pauses=AT_ONCE):
        async with RedisTurns(redis).take(records.capture("another")):
            await here.queue.request(records.request())
            # More often than anything else would be tried.
            await records.until(holds(lambda: turns.asked == 5))
        await records.until(holds(lambda: chat.finished(1)))
    assert len(chat.summaries()) == 1


async def test_an_instance_that_stays_busy_is_told_so(redis: Redis, redis_url: str) -> None:
    chat, heaps = Spoken(), FakeHeaps()
    here = house(redis, redis_url, chat, heaps)
    async with (
        RedisTurns(redis).take(records.capture("another")),
        working(here, concurrency=1, pauses=Pauses(wait=0.001)),
    ):
        await here.queue.request(records.request())
        await records.until(holds(lambda: chat.finished(1)), within_s=20)
    assert [note.reason for note in chat.failures()] == ["busy"]


async def test_a_message_that_kills_its_workers_is_given_up(redis: Redis, redis_url: str) -> None:
    chat, heaps = Spoken(), FakeHeaps()
    here = house(redis, redis_url, chat, heaps)
    await redis.set(key("started", "r1.orders-0"), KILLS)
    async with working(here, concurrency=1, pauses=AT_ONCE):
        await here.queue.capture(records.capture())
        await records.until(holds(lambda: chat.finished(1)))
        await records.until(lambda: _dead(redis, CAPTURES))
    assert heaps.visits == 0
    assert [note.reason for note in chat.failures()] == ["bug"]


async def test_a_finished_capture_leaves_no_count_of_starts(redis: Redis, redis_url: str) -> None:
    chat = Spoken()
    here = house(redis, redis_url, chat, FakeHeaps())
    async with working(here, concurrency=1):
        await here.queue.request(records.request())
        await records.until(holds(lambda: chat.finished(1)))
    assert await redis.keys(key("started", "*").replace("%2A", "*")) == []


async def test_a_capture_already_answered_is_not_told_as_a_failure(redis: Redis, redis_url: str) -> None:
    chat, heaps = Spoken(), FakeHeaps()
    here = house(redis, redis_url, chat, heaps)
    async with working(here, concurrency=1, pauses=AT_ONCE):
        await here.queue.request(records.request())
        await records.until(lambda: _idle(here))
        await redis.set(key("started", "r1.orders-0"), KILLS)
        await redis.delete(key("queued", CAPTURES, "r1.orders-0"))
        await here.queue.capture(records.capture())
        await records.until(lambda: _dead(redis, CAPTURES))
    assert chat.failures() == []


async def test_what_cannot_be_read_is_kept_with_the_dead(redis: Redis, redis_url: str) -> None:
    here = house(redis, redis_url, Spoken(), FakeHeaps())
    later_release = message(Work(CAPTURES, "[99]"))
    async with working(here, concurrency=1):
        await asyncio.to_thread(Broker(redis_url, 1).enqueue, later_release)
        await records.until(lambda: _dead(redis, CAPTURES))


async def test_stopping_lets_a_capture_finish(redis: Redis, redis_url: str) -> None:
    chat, heaps = Spoken(), FakeHeaps(gate=asyncio.Event())
    here = house(redis, redis_url, chat, heaps)
    assert heaps.gate is not None
    async with working(here, concurrency=1):
        await here.queue.request(records.request())
        await records.until(holds(lambda: heaps.at_once == 1))
        asyncio.get_running_loop().call_later(0.2, heaps.gate.set)
    assert chat.finished(1)


async def test_a_capture_that_takes_too_long_is_handed_to_another_worker(redis: Redis, redis_url: str) -> None:
    chat, heaps = Spoken(), FakeHeaps(gate=asyncio.Event())
    here = house(redis, redis_url, chat, heaps)
    async with working(here, concurrency=1, grace_s=0.1):
        await here.queue.request(records.request())
        await records.until(holds(lambda: heaps.at_once == 1))
    assert heaps.at_once == 0
    assert (await here.queue.depth())["captures"] == 1
    elsewhere = with_tools(here, heaps=FakeHeaps())
    async with working(elsewhere, concurrency=1):
        await records.until(holds(lambda: chat.finished(1)))
    assert chat.kinds() == [CaptureStarted, Summary, CaptureFinished, CapturePicture]


async def test_a_request_half_done_is_finished_by_another_worker(redis: Redis, redis_url: str) -> None:
    """The thread is open and one capture queued when the worker dies: nothing doubles, nothing is missing."""
    names = ("orders-0", "orders-1")
    chat, heaps = Spoken(), FakeHeaps()
    here = house(redis, redis_url, chat, heaps, FakeRegistry(*names))
    asked: Request = records.request(instances=names)
    await story.request(replace(here.tools, queue=FakeQueue()), asked)
    await here.queue.capture(Capture(f"{asked.id}.orders-0", asked, "orders-0"))
    async with working(here, concurrency=2):
        await here.queue.request(asked)
        await records.until(holds(lambda: chat.finished(2)))
    assert chat.kinds().count(CaptureStarted) == 1
    assert sorted(note.instance for note in chat.summaries()) == list(names)


async def test_the_second_copy_of_a_capture_waits_and_says_nothing(redis: Redis, redis_url: str) -> None:
    """What the queue makes of a capture whose worker stood still: its message once more, elsewhere."""
    chat, heaps, turns = Spoken(), FakeHeaps(gate=asyncio.Event()), CountedTurns(redis)
    here = with_tools(house(redis, redis_url, chat, heaps), turns=turns)
    assert heaps.gate is not None
    async with working(here, concurrency=1, pauses=AT_ONCE), working(here, concurrency=1, pauses=AT_ONCE):
        await here.queue.capture(records.capture())
        await records.until(holds(lambda: heaps.at_once == 1))
        await redis.delete(key("queued", CAPTURES, "r1.orders-0"))
        await here.queue.capture(records.capture())
        # More often than a busy instance would be waited for.
        await records.until(holds(lambda: turns.asked > WAITS + 2), within_s=30)
        # The first one's start is still counted, however often the copy has ended.
        assert int(await redis.get(key("started", "r1.orders-0"))) >= 1
        heaps.gate.set()
        await records.until(lambda: _idle(here))
    assert heaps.visits == 1
    assert [type(note) for note in chat.said()] == [Summary, CapturePicture]


async def _idle(here: House) -> bool:
    return not any((await here.queue.depth()).values())


async def _dead(redis: Redis, queue: str) -> bool:
    return await redis.zcard(f"{NAMESPACE}:{queue}.XQ") == 1
