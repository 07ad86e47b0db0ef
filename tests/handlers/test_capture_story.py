"""A capture from the request to the finished thread, with all that can go wrong on the way."""

from dataclasses import replace

import pytest

from analyzers.compare import Basis
from analyzers.errors import (
    EmptyProfile,
    MalformedProfile,
    MapstormError,
    NotAHeapProfile,
    ProfilingOff,
    TruncatedProfile,
)
from analyzers.finding import Verdict
from analyzers.thresholds import DEFAULT
from handlers import capture
from handlers.errors import (
    Busy,
    ChatRefused,
    NoPprof,
    NotPprof,
    OutageError,
    Refused,
    ServerFault,
    TimedOut,
    TooLarge,
    UnknownInstance,
    Unreachable,
    UntrustedAddress,
)
from handlers.notes import CaptureFailed, CaptureFinished, CapturePicture, CaptureStarted, Slip, Summary
from handlers.posts import Root
from handlers.records import Capture, Outcome, Request
from tests.analyzers.recordings import Recording
from tests.fakes import ORDERS, FakePprof, FakeRegistry, Fakes

BOTH = ("orders-0", "orders-1")
STORM = "go1.23.9-growth_storm"
GROWING = "go1.27.3-unbounded_growth"

PASSING = [Unreachable("reset"), TimedOut(), ServerFault("503"), TruncatedProfile(), OutageError("redis"), Busy()]
LASTING = [
    Refused("401"),
    NoPprof("404"),
    NotPprof("html"),
    TooLarge("268435456"),
    UntrustedAddress(),
    MalformedProfile("x"),
    NotAHeapProfile("x"),
    ProfilingOff("x"),
    EmptyProfile("x"),
]
by_name = {"ids": lambda error: type(error).__name__}


def asked(fakes: Fakes, *instances: str) -> Request:
    return Request("r1", "svc-orders", instances or ("orders-0",), fakes.clock.time, "U024BE7LH")


async def queued(fakes: Fakes, *instances: str) -> list[Capture]:
    await capture.request(fakes.tools, asked(fakes, *instances))
    return list(fakes.queue.captures.values())


async def run(fakes: Fakes, job: Capture, *, last_try: bool = False) -> None:
    await capture.run(fakes.tools, job, last_try=last_try)


def summary_of(fakes: Fakes) -> Summary:
    """The latest diagnosis that was told."""
    return [note for note in fakes.outbox.said() if isinstance(note, Summary)][-1]


@pytest.fixture
def storm(fakes: Fakes, recordings: dict[str, Recording]) -> Fakes:
    fakes.serves(recordings[STORM])
    return fakes


# The first half


async def test_a_request_opens_a_thread_and_queues_one_capture_for_each_instance(fakes: Fakes) -> None:
    jobs = await queued(fakes, *BOTH)
    started = CaptureStarted(ORDERS, BOTH, "U024BE7LH", "r1")
    assert fakes.outbox.puts == [Root("r1", ORDERS.channel, started, version=0, asker="U024BE7LH")]
    assert [(job.id, job.instance) for job in jobs] == [("r1.orders-0", "orders-0"), ("r1.orders-1", "orders-1")]


async def test_a_request_that_is_repeated_opens_no_second_thread(fakes: Fakes) -> None:
    first = await queued(fakes, *BOTH)
    second = await queued(fakes, *BOTH)
    assert len(fakes.outbox.puts) == 1
    assert first == second


async def test_a_request_that_can_say_nothing_queues_nothing(fakes: Fakes) -> None:
    fakes.outbox.blips = 1
    with pytest.raises(OutageError):
        await queued(fakes)
    assert fakes.queue.captures == {}


# The second half


async def test_a_capture_ends_with_a_diagnosis_and_an_edited_root(storm: Fakes) -> None:
    (job,) = await queued(storm)
    await run(storm, job)
    assert [type(note) for note in storm.outbox.notes()] == [
        *(CaptureStarted, Summary, CaptureFinished, CapturePicture),
    ]
    reply = summary_of(storm)
    assert (reply.instance, reply.capture_id) == ("orders-0", job.id)
    assert reply.diagnosis.verdict is Verdict.GROWTH_STORM
    assert reply.diagnosis.comparison.basis is Basis.FIRST
    root = storm.outbox.roots["r1"].note
    assert isinstance(root, CaptureFinished)
    (outcome,) = root.outcomes
    assert outcome[:4] == ("orders-0", "growth_storm", "example.com/svc-orders/internal/catalog/catalog.go:64", None)
    assert outcome.live_heap == reply.diagnosis.live_heap > 0
    assert outcome.captured_at == reply.diagnosis.captured_at


async def test_a_capture_that_is_repeated_speaks_once(storm: Fakes) -> None:
    (job,) = await queued(storm)
    await run(storm, job)
    await run(storm, job)
    assert [type(note) for note in storm.outbox.said()] == [Summary, CapturePicture]
    assert len(storm.heaps.visited) == 1


async def test_each_instance_edits_the_root_with_all_that_is_known(storm: Fakes) -> None:
    storm.heaps.pprof["orders-1"].texts = [Refused("403")]
    first, second = await queued(storm, *BOTH)
    await run(storm, second)
    await run(storm, first)
    roots = [note for note in storm.outbox.notes() if isinstance(note, CaptureFinished)]
    assert [[outcome.instance for outcome in root.outcomes] for root in roots] == [
        ["orders-1"],
        ["orders-0", "orders-1"],
    ]
    last = roots[-1]
    assert [outcome.failed for outcome in last.outcomes] == [None, "refused"]


async def test_the_snapshot_is_kept_and_is_the_next_captures_base(
    fakes: Fakes, recordings: dict[str, Recording]
) -> None:
    fakes.serves(recordings[GROWING], "orders-0")
    (job,) = await queued(fakes)
    await run(fakes, job)
    assert set(fakes.snapshots.kept) == {job.id}
    fakes.clock.time += 600
    later = replace(job, id="r2.orders-0", request=replace(job.request, id="r2", requested_at=fakes.clock.time))
    fakes.heaps.pprof["orders-0"].texts = fakes.heaps.pprof["orders-0"].texts[2:]
    await run(fakes, later)
    summary = summary_of(fakes)
    assert summary.diagnosis.comparison.basis is Basis.SAME_PROCESS
    assert summary.diagnosis.comparison.age


async def test_a_capture_is_never_its_own_base(storm: Fakes) -> None:
    """A worker died after keeping the snapshot: the next one must not compare the capture with itself."""
    (job,) = await queued(storm)
    await run(storm, job)
    storm.progress.known.clear()
    storm.progress.diagnoses.clear()
    storm.outbox.replies.clear()
    await run(storm, job)
    summary = summary_of(storm)
    assert summary.diagnosis.comparison.basis is Basis.FIRST
    assert len(storm.snapshots.kept) == 1


async def test_another_instances_snapshot_is_no_base(storm: Fakes) -> None:
    first, second = await queued(storm, *BOTH)
    await run(storm, first)
    await run(storm, replace(second, request=replace(second.request, requested_at=storm.clock.time + 60)))
    summary = summary_of(storm)
    assert summary.diagnosis.comparison.basis is Basis.FIRST


async def test_thresholds_of_the_service_are_heard(storm: Fakes) -> None:
    deaf = replace(DEFAULT, min_growth_bytes=1e12, min_retained_bytes=1e12)
    storm.registry.services["svc-orders"] = replace(ORDERS, thresholds=deaf)
    (job,) = await queued(storm)
    await run(storm, job)
    summary = summary_of(storm)
    assert summary.diagnosis.verdict is Verdict.NO_MAP_PROBLEM
    root = storm.outbox.roots["r1"].note
    assert isinstance(root, CaptureFinished)
    assert root.outcomes[0].culprit == ""


# What goes wrong


def fails_with(fakes: Fakes, error: MapstormError) -> None:
    fakes.heaps.pprof["orders-0"] = FakePprof([error], [error])


@pytest.mark.parametrize("error", PASSING, **by_name)
async def test_what_may_pass_is_raised_for_another_try(fakes: Fakes, error: MapstormError) -> None:
    fails_with(fakes, error)
    (job,) = await queued(fakes)
    with pytest.raises(type(error)):
        await run(fakes, job)
    assert [type(note) for note in fakes.outbox.notes()] == [CaptureStarted]
    assert fakes.turns.taken == set()


@pytest.mark.parametrize("error", [*PASSING, *LASTING], **by_name)
async def test_on_the_last_try_every_error_is_told(fakes: Fakes, error: MapstormError) -> None:
    fails_with(fakes, error)
    (job,) = await queued(fakes)
    await run(fakes, job, last_try=True)
    (reply,) = fakes.outbox.said()
    root = fakes.outbox.roots["r1"].note
    assert reply == CaptureFailed(ORDERS, "orders-0", job.id, error.reason, error.detail)
    assert isinstance(root, CaptureFinished)
    assert root.outcomes == (Outcome("orders-0", None, "", error.reason, captured_at=fakes.clock.time),)


@pytest.mark.parametrize("error", LASTING, **by_name)
async def test_what_will_not_pass_is_told_at_once(fakes: Fakes, error: MapstormError) -> None:
    fails_with(fakes, error)
    (job,) = await queued(fakes)
    await run(fakes, job)
    assert [type(note) for note in fakes.outbox.notes()] == [CaptureStarted, CaptureFailed, CaptureFinished]
    await run(fakes, job)
    assert len(fakes.outbox.puts) == 3


async def test_a_busy_instance_waits_for_its_turn(storm: Fakes) -> None:
    (job,) = await queued(storm)
    storm.turns.taken.add("orders-0")
    with pytest.raises(Busy):
        await run(storm, job)
    assert storm.heaps.visited == []


async def test_an_instance_that_left_the_registry_is_told(storm: Fakes) -> None:
    (job,) = await queued(storm)
    storm.registry.services["svc-orders"] = replace(ORDERS, instances=ORDERS.instances[1:])
    await run(storm, job)
    (reply,) = storm.outbox.said()
    assert isinstance(reply, CaptureFailed)
    assert reply.reason == UnknownInstance.reason


async def test_a_service_that_left_the_registry_meanwhile_leaves_no_thread_waiting(storm: Fakes) -> None:
    (job,) = await queued(storm)
    empty = replace(storm.tools, registry=FakeRegistry())
    await capture.run(empty, job, last_try=True)
    (reply,) = storm.outbox.said()
    assert isinstance(reply, CaptureFailed)
    assert reply.reason == UnknownInstance.reason


async def test_a_thread_that_cannot_be_opened_is_told_to_the_asker(storm: Fakes) -> None:
    await capture.request_gave_up(storm.tools, asked(storm), ChatRefused("not_in_channel"))
    (root,) = storm.outbox.roots.values()
    assert (root.channel, root.note) == ("U024BE7LH", Slip("chat_refused", "not_in_channel"))


async def test_a_bug_is_no_capture_error(storm: Fakes) -> None:
    """It must reach the log with its traceback; `gave_up` tells the thread."""
    storm.heaps.pprof.clear()
    (job,) = await queued(storm)
    with pytest.raises(KeyError):
        await run(storm, job)
    await capture.gave_up(storm.tools, job, None)
    (reply,) = storm.outbox.said()
    assert reply == CaptureFailed(ORDERS, "orders-0", job.id, "bug", "")
    assert await storm.progress.has_ended(job)
