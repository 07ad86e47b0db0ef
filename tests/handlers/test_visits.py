"""The order of requests of one capture, and what stands in for what is missing."""

import threading
from dataclasses import replace
from typing import Any

import pytest

from analyzers.cpu import CPUMissing
from analyzers.errors import (
    EmptyProfile,
    MapstormError,
    NotAHeapProfile,
    ProfileError,
    TruncatedProfile,
)
from analyzers.profile import Source
from analyzers.snapshot import Snapshot
from handlers.errors import Busy, NoPprof, NotPprof, OutageError, Refused, ServerFault, TimedOut, TooLarge, Unreachable
from handlers.records import Service
from handlers.visits import Seen, visits
from tests.analyzers.cpus import cpu_proto, stack
from tests.analyzers.recordings import Recording
from tests.analyzers.texts import PUT
from tests.fakes import ORDERS, FakePprof, Fakes

STORM = "go1.27.3-growth_storm"
CHURN = "go1.27.3-rebuild_churn"


async def look(fakes: Fakes, pprof: FakePprof, service: Service = ORDERS) -> Seen:
    instance = service.instances[0]
    fakes.heaps.pprof[instance.name] = pprof
    return await visits(fakes.heaps, fakes.leaves, service, instance, now=fakes.clock.now, pause=fakes.clock.pause)


async def visit(fakes: Fakes, pprof: FakePprof, service: Service = ORDERS) -> tuple[Snapshot, Snapshot | None]:
    seen = await look(fakes, pprof, service)
    return seen.first, seen.second


@pytest.fixture
def storm(recordings: dict[str, Recording]) -> FakePprof:
    return FakePprof.of(recordings[STORM])


async def test_two_visits_lie_a_window_apart_in_one_pinned_process(fakes: Fakes, storm: FakePprof) -> None:
    start = fakes.clock.time
    first, second = await visit(fakes, storm)
    assert fakes.clock.pauses == [8.0]
    assert fakes.heaps.visited == [("svc-orders", "orders-0")]
    assert second is not None
    assert (first.captured_at, second.captured_at) == (start, start + 8)
    assert storm.asked[:3] == ["text", "symbols", "proto"]
    assert storm.asked.count("text") == 2
    assert storm.asked.count("proto") == 1, "the build id is asked for once"


async def test_text_and_names_are_all_that_is_needed(fakes: Fakes, storm: FakePprof) -> None:
    first, second = await visit(fakes, storm)
    for snapshot in (first, second):
        assert snapshot is not None
        assert snapshot.named
        assert snapshot.source is Source.TEXT
        assert snapshot.memstats is not None
        assert len(snapshot.build_id) == 40


async def test_without_a_window_there_is_one_visit(fakes: Fakes, storm: FakePprof) -> None:
    _, second = await visit(fakes, storm, replace(ORDERS, window_s=0))
    assert second is None
    assert fakes.clock.pauses == []
    assert storm.asked.count("text") == 1


async def test_no_address_is_asked_twice(fakes: Fakes, recordings: dict[str, Recording]) -> None:
    pprof = FakePprof.of(recordings[CHURN])
    _, second = await visit(fakes, pprof)
    asked = [word for query in pprof.queries for word in query.split("+")]
    assert len(asked) == len(set(asked))
    assert second is not None
    assert second.named


@pytest.mark.parametrize(
    "error",
    [NoPprof("404"), NotPprof("302"), Refused("403"), ServerFault("501"), Unreachable("reset"), TimedOut()],
)
async def test_without_symbols_sizes_must_speak(fakes: Fakes, storm: FakePprof, error: MapstormError) -> None:
    storm.symbols = error
    first, second = await visit(fakes, storm)
    assert second is not None
    assert (first.named, second.named, second.source) == (False, False, Source.TEXT)
    assert len(first.build_id) == 40


@pytest.mark.parametrize(
    "text",
    [
        NoPprof("404"),
        NotPprof("400"),
        NotPprof("html"),
        ServerFault("500"),
        b"<!DOCTYPE html><html>Sign in</html>",
        b"goroutine profile: 1\n",
    ],
)
async def test_without_text_the_protobuf_speaks(fakes: Fakes, storm: FakePprof, text: bytes | MapstormError) -> None:
    storm.texts = [text]
    first, second = await visit(fakes, storm)
    assert second is not None
    assert (first.source, second.source) == (Source.PROTOBUF, Source.PROTOBUF)
    assert first.build_id == second.build_id != ""
    assert storm.asked == ["text", "proto", "proto"]


async def test_a_faulty_server_is_tried_again_where_the_protobuf_is_missing_too(fakes: Fakes, storm: FakePprof) -> None:
    storm.texts, storm.protos = [ServerFault("503")], [NoPprof("404")]
    with pytest.raises(ServerFault):
        await visit(fakes, storm)


async def test_a_text_is_not_compared_with_a_protobuf(fakes: Fakes, storm: FakePprof) -> None:
    storm.texts = [storm.texts[0], ServerFault("503")]
    with pytest.raises(ServerFault):
        await visit(fakes, storm)


async def test_profiles_are_read_beside_the_loop(fakes: Fakes, storm: FakePprof) -> None:
    """Reading 50,000 records on it would hold up every other capture."""
    readers: set[int] = set()

    class Seen(bytes):
        def startswith(self, *prefix: Any) -> bool:
            readers.add(threading.get_ident())
            return super().startswith(*prefix)

    assert isinstance(storm.protos[0], bytes)
    storm.protos = [Seen(storm.protos[0])]
    for text in (storm.texts[0], NoPprof("404")):
        storm.texts = [text]
        await visit(fakes, storm)
    assert readers
    assert threading.get_ident() not in readers


async def test_with_neither_text_nor_protobuf_the_last_refusal_counts(fakes: Fakes, storm: FakePprof) -> None:
    storm.texts, storm.protos = [NoPprof("404")], [NotPprof("html")]
    with pytest.raises(NotPprof):
        await visit(fakes, storm)


@pytest.mark.parametrize("proto", [NoPprof("404"), TooLarge("9"), b"<html>", b"", TimedOut()])
async def test_a_build_id_that_cannot_be_had_is_no_reason_to_fail(
    fakes: Fakes, storm: FakePprof, proto: bytes | MapstormError
) -> None:
    storm.protos = [proto]
    first, _ = await visit(fakes, storm)
    assert first.build_id == ""
    assert first.named


@pytest.mark.parametrize(
    "error",
    [Unreachable(), TimedOut(), Refused("401"), TooLarge("268435456"), Busy(), OutageError()],
)
async def test_other_errors_of_the_text_are_not_hidden_by_the_protobuf(
    fakes: Fakes, storm: FakePprof, error: MapstormError
) -> None:
    storm.texts = [error]
    with pytest.raises(type(error)):
        await visit(fakes, storm)
    assert storm.asked == ["text"]


async def test_a_visit_that_is_refused_at_the_door(fakes: Fakes, storm: FakePprof) -> None:
    fakes.heaps.refuses = Unreachable("refused")
    with pytest.raises(Unreachable):
        await visit(fakes, storm)


async def test_a_text_that_breaks_off_is_retried(fakes: Fakes, storm: FakePprof) -> None:
    whole = storm.texts[0]
    assert isinstance(whole, bytes)
    storm.texts = [whole[:-3000]]
    with pytest.raises(TruncatedProfile) as caught:
        await visit(fakes, storm)
    assert caught.value.retryable


async def test_the_second_visit_may_fail_too(fakes: Fakes, storm: FakePprof) -> None:
    storm.texts = [storm.texts[0], Unreachable("reset")]
    with pytest.raises(Unreachable):
        await visit(fakes, storm)


async def test_an_empty_profile_is_refused(fakes: Fakes, recordings: dict[str, Recording]) -> None:
    empty = b"heap profile: 0: 0 [0: 0] @ heap/1048576\n\n# runtime.MemStats\n# DebugGC = false\n"
    with pytest.raises((EmptyProfile, ProfileError)) as caught:
        await visit(fakes, FakePprof([empty], [empty]))
    assert not isinstance(caught.value, NotAHeapProfile)


@pytest.mark.parametrize(("window", "waits"), [(8.0, [3.0]), (5.0, [0.0]), (2.0, [0.0]), (0.0, [])])
async def test_a_cpu_profile_fills_the_window(
    fakes: Fakes, storm: FakePprof, window: float, waits: list[float]
) -> None:
    storm.cpus = [cpu_proto((30, stack(PUT)))]
    seen = await look(fakes, storm, replace(ORDERS, window_s=window, cpu_s=5))
    assert (seen.cpu and seen.cpu.samples, seen.cpu_missing) == (30, None)
    assert fakes.clock.pauses == waits
    assert storm.asked.index("text") < storm.asked.index("cpu")
    assert (seen.second is None) == (window == 0)


async def test_nobody_is_asked_for_a_cpu_profile_unsaid(fakes: Fakes, storm: FakePprof) -> None:
    seen = await look(fakes, storm)
    assert "cpu" not in storm.asked
    assert seen.cpu is seen.cpu_missing is None


@pytest.mark.parametrize(
    ("answer", "missing"),
    [
        (NotPprof("400"), CPUMissing("not_pprof", "400")),
        (NoPprof("404"), CPUMissing("no_pprof", "404")),
        (ServerFault("500"), CPUMissing("server_fault", "500")),
        (TimedOut(), CPUMissing("timed_out", "")),
        (Unreachable("broken_off"), CPUMissing("unreachable", "broken_off")),
        (b"<html>", CPUMissing("malformed_profile", "the bytes are no protobuf profile")),
        (b"", CPUMissing("not_a_cpu_profile", "sample types are none, not a Go CPU profile's")),
    ],
)
async def test_without_a_cpu_profile_the_heap_is_a_diagnosis_and_says_why(
    fakes: Fakes, storm: FakePprof, answer: bytes | MapstormError, missing: CPUMissing
) -> None:
    storm.cpus = [answer]
    seen = await look(fakes, storm, replace(ORDERS, cpu_s=5))
    assert (seen.cpu, seen.cpu_missing) == (None, missing)
    assert seen.second is not None
    assert seen.second.named
