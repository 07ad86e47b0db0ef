"""What repeats a capture, or a part of it: outages at the worst moment, second copies, many instances at once."""

import asyncio
from dataclasses import replace

import pytest

from analyzers.errors import MapstormError
from handlers import capture
from handlers.errors import ChatRefused, OutageError
from handlers.notes import CaptureFailed, CaptureFinished, Summary
from handlers.patience import MINUTES, patiently, unbroken
from handlers.records import Capture, Instance, Request
from tests.analyzers.recordings import Recording
from tests.fakes import ORDERS, FakePprof, Fakes

ONE_VISIT = [("svc-orders", "orders-0")]


@pytest.fixture
def storm(fakes: Fakes, recordings: dict[str, Recording]) -> Fakes:
    fakes.serves(recordings["go1.23.9-growth_storm"])
    return fakes


async def queued(fakes: Fakes, *instances: str) -> list[Capture]:
    asked = Request("r1", "svc-orders", instances or ("orders-0",), fakes.clock.time, "U024BE7LH")
    await capture.request(fakes.tools, asked)
    return list(fakes.queue.captures.values())


def replies(fakes: Fakes) -> list[type]:
    return [type(note) for note in fakes.chat.notes("reply")]


# Redis


@pytest.mark.parametrize("last_try", [False, True])
async def test_an_answer_is_given_once_when_redis_blinks_after_it(storm: Fakes, last_try: bool) -> None:
    (job,) = await queued(storm)
    storm.progress.blips = 2
    await capture.run(storm.tools, job, last_try=last_try)
    assert replies(storm) == [Summary]
    assert await storm.progress.has_ended(job)


async def test_an_answer_that_cannot_be_remembered_repeats_nothing(storm: Fakes) -> None:
    """The job must end well: tried again it would say the same a second time."""
    (job,) = await queued(storm)
    storm.progress.blips = 99
    await capture.run(storm.tools, job, last_try=False)
    assert replies(storm) == [Summary]


async def test_a_thread_is_opened_once_when_redis_blinks_after_it(fakes: Fakes) -> None:
    fakes.progress.blips = 2
    (job,) = await queued(fakes)
    assert fakes.progress.threads == {"r1": job.thread}
    assert len(fakes.chat.notes("open")) == 1


# Slack


async def test_slack_away_for_a_minute_costs_no_second_visit(storm: Fakes) -> None:
    (job,) = await queued(storm)
    storm.chat.fails, storm.chat.failures = OutageError("slack"), len(MINUTES) - 1
    began = storm.clock.time
    await capture.run(storm.tools, job, last_try=False)
    assert storm.clock.time - began >= 60
    assert replies(storm) == [Summary]
    assert storm.heaps.visited == ONE_VISIT


async def test_slack_away_for_longer_costs_none_either(storm: Fakes) -> None:
    (job,) = await queued(storm)
    storm.chat.fails = OutageError("slack")
    for _ in range(2):
        with pytest.raises(OutageError):
            await capture.run(storm.tools, job, last_try=False)
    storm.chat.fails = None
    await capture.run(storm.tools, job, last_try=True)
    assert replies(storm) == [Summary]
    assert storm.heaps.visited == ONE_VISIT


@pytest.mark.parametrize("error", [OutageError("slack"), ChatRefused("cant_update_message")])
async def test_a_root_that_cannot_be_edited_fails_no_capture(storm: Fakes, error: MapstormError) -> None:
    (job,) = await queued(storm)
    storm.chat.fails, storm.chat.fails_to = error, ("edit",)
    await capture.run(storm.tools, job, last_try=False)
    assert replies(storm) == [Summary]


async def test_a_root_that_had_to_wait_tells_what_ended_meanwhile(storm: Fakes) -> None:
    first, second = await queued(storm, "orders-0", "orders-1")
    storm.chat.fails, storm.chat.fails_to, storm.chat.failures = OutageError("slack"), ("edit",), 1
    await asyncio.gather(*(capture.run(storm.tools, job, last_try=False) for job in (first, second)))
    last = storm.chat.notes("edit")[-1]
    assert isinstance(last, CaptureFinished)
    assert len(last.outcomes) == 2


async def test_a_capture_given_up_says_what_stopped_it(storm: Fakes) -> None:
    (job,) = await queued(storm)
    await capture.gave_up(storm.tools, job, OutageError("slack"))
    (note,) = storm.chat.notes("reply")
    assert isinstance(note, CaptureFailed)
    assert (note.reason, note.detail) == ("outage", "slack")


async def test_a_capture_already_answered_is_not_given_up(storm: Fakes) -> None:
    (job,) = await queued(storm)
    await capture.run(storm.tools, job, last_try=True)
    await capture.gave_up(storm.tools, job, None)
    assert replies(storm) == [Summary]


# Two copies


async def test_of_two_copies_one_visits_and_speaks(storm: Fakes) -> None:
    (job,) = await queued(storm)
    await asyncio.gather(*(capture.run(storm.tools, job, last_try=last_try) for last_try in (False, True)))
    assert replies(storm) == [Summary]
    assert storm.heaps.visited == ONE_VISIT


async def test_a_copy_that_stood_still_for_too_long_is_silent(storm: Fakes) -> None:
    (job,) = await queued(storm)
    storm.turns.lost.add(job.id)
    await capture.run(storm.tools, job, last_try=True)
    assert replies(storm) == []
    assert not await storm.progress.has_ended(job)


async def test_two_copies_of_a_request_open_one_thread(fakes: Fakes) -> None:
    await asyncio.gather(queued(fakes), queued(fakes))
    assert len(fakes.chat.notes("open")) == 1


# Many instances


async def test_a_root_of_many_instances_is_edited_a_few_times(storm: Fakes, recordings: dict[str, Recording]) -> None:
    names = [f"orders-{number}" for number in range(64)]
    instances = tuple(Instance(name, "http://10.1.2.3:6060") for name in names)
    storm.registry.services["svc-orders"] = replace(ORDERS, instances=instances, window_s=0)
    refusing = FakePprof([ChatRefused("any error will do")])
    storm.heaps.pprof = dict.fromkeys(names, refusing)
    jobs = await queued(storm, *names)
    await asyncio.gather(*(capture.run(storm.tools, job, last_try=True) for job in jobs))
    assert len(storm.chat.notes("reply")) == 64
    edits = storm.chat.notes("edit")
    assert len(edits) < 10
    last = edits[-1]
    assert isinstance(last, CaptureFinished)
    assert len(last.outcomes) == 64


# Patience itself


async def test_patience_ends(fakes: Fakes) -> None:
    async def never() -> None:
        raise OutageError("slack")

    with pytest.raises(OutageError):
        await patiently(fakes.clock.pause, never)
    assert fakes.clock.pauses == list(MINUTES)


async def test_unbroken_work_comes_to_its_end_before_the_cancellation() -> None:
    begun, may_end, done = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def work() -> None:
        begun.set()
        await may_end.wait()
        done.set()

    task = asyncio.create_task(unbroken(work()))
    await begun.wait()
    task.cancel()
    await asyncio.sleep(0)
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert done.is_set()
