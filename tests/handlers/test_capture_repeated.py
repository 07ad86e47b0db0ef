"""What repeats a capture, or a part of it: outages at the worst moment, second copies, many instances at once."""

import asyncio
from dataclasses import replace

import pytest

from handlers import capture
from handlers.errors import Busy, OutageError, Refused
from handlers.notes import CaptureFailed, CaptureFinished, CapturePicture, Summary
from handlers.patience import MINUTES, patiently
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
    return [type(note) for note in fakes.outbox.said()]


# Redis


@pytest.mark.parametrize("last_try", [False, True])
async def test_an_answer_is_given_once_when_redis_blinks_after_it(storm: Fakes, last_try: bool) -> None:
    (job,) = await queued(storm)
    storm.progress.blips = 2
    await capture.run(storm.tools, job, last_try=last_try)
    assert replies(storm) == [Summary, CapturePicture]
    assert await storm.progress.has_ended(job)


async def test_redis_away_for_a_minute_costs_no_second_visit(storm: Fakes) -> None:
    (job,) = await queued(storm)
    storm.outbox.blips = len(MINUTES)
    began = storm.clock.time
    await capture.run(storm.tools, job, last_try=False)
    assert storm.clock.time - began >= 60
    assert replies(storm) == [Summary, CapturePicture]
    assert storm.heaps.visited == ONE_VISIT


async def test_redis_away_for_longer_costs_none_either(storm: Fakes) -> None:
    (job,) = await queued(storm)
    storm.outbox.blips = 2 * len(MINUTES) + 2
    for _ in range(2):
        with pytest.raises(OutageError):
            await capture.run(storm.tools, job, last_try=False)
    await capture.run(storm.tools, job, last_try=True)
    assert replies(storm) == [Summary, CapturePicture]
    assert storm.heaps.visited == ONE_VISIT


async def test_a_capture_given_up_says_what_stopped_it(storm: Fakes) -> None:
    (job,) = await queued(storm)
    await capture.gave_up(storm.tools, job, OutageError("redis"))
    (note,) = storm.outbox.said()
    assert isinstance(note, CaptureFailed)
    assert (note.reason, note.detail) == ("outage", "redis")


async def test_a_capture_already_answered_is_not_given_up(storm: Fakes) -> None:
    (job,) = await queued(storm)
    await capture.run(storm.tools, job, last_try=True)
    await capture.gave_up(storm.tools, job, None)
    assert replies(storm) == [Summary, CapturePicture]


# Two copies


async def test_a_second_copy_finds_the_instance_busy_and_then_the_answer_given(storm: Fakes) -> None:
    (job,) = await queued(storm)
    storm.turns.taken.add("orders-0")
    with pytest.raises(Busy):
        await capture.run(storm.tools, job, last_try=False)
    storm.turns.taken.clear()
    for _ in range(2):
        await capture.run(storm.tools, job, last_try=False)
    assert replies(storm) == [Summary, CapturePicture]
    assert storm.heaps.visited == ONE_VISIT


async def test_a_copy_that_found_something_else_changes_nothing(storm: Fakes) -> None:
    """It stood still for so long that it lost its turn: what the other one has said stands."""
    (job,) = await queued(storm)
    await capture.run(storm.tools, job, last_try=False)
    root, said = storm.outbox.roots["r1"], storm.outbox.said()
    storm.progress.known.clear()
    storm.progress.diagnoses.clear()
    storm.heaps.pprof["orders-0"] = FakePprof([Refused("403")])
    await capture.run(storm.tools, job, last_try=False)
    assert storm.outbox.said() == said
    assert storm.outbox.roots["r1"] == root


async def test_two_copies_of_a_request_open_one_thread(fakes: Fakes) -> None:
    await queued(fakes)
    await queued(fakes)
    assert len(fakes.outbox.puts) == 1


# Many instances


async def test_a_root_of_many_instances_tells_all_of_them(storm: Fakes) -> None:
    names = [f"orders-{number}" for number in range(64)]
    instances = tuple(Instance(name, "http://10.1.2.3:6060") for name in names)
    storm.registry.services["svc-orders"] = replace(ORDERS, instances=instances, window_s=0)
    storm.heaps.pprof = dict.fromkeys(names, FakePprof([Refused("any error will do")]))
    jobs = await queued(storm, *names)
    await asyncio.gather(*(capture.run(storm.tools, job, last_try=True) for job in jobs))
    assert len(storm.outbox.said()) == 64
    last = storm.outbox.roots["r1"].note
    assert isinstance(last, CaptureFinished)
    assert len(last.outcomes) == 64


async def test_patience_ends(fakes: Fakes) -> None:
    async def never() -> None:
        raise OutageError("redis")

    with pytest.raises(OutageError):
        await patiently(fakes.clock.pause, never)
    assert fakes.clock.pauses == list(MINUTES)
