"""Whole stacks of the text and of the protobuf: nothing is lost, nothing is told twice, garbage is refused."""

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.errors import EmptyProfile, MalformedProfile, NotAHeapProfile, ProfileError, TruncatedProfile
from analyzers.names.frames import Kind, classify
from analyzers.profile import HeapProfile
from analyzers.reading import heapproto, symbols, wholeproto
from analyzers.reading.heaptext import read_heap_text
from analyzers.reading.textstream import SCAN_BYTES, TextStream
from analyzers.reading.wholetext import WholeRecords, read_whole
from analyzers.stacks import Stacks
from tests.analyzers.protos import ROW, Builder, proto
from tests.analyzers.recordings import RECORDINGS, Recording
from tests.analyzers.texts import (
    GROWTH_NAMES,
    GROWTH_TABLE,
    MAIN,
    PUT,
    RATE,
    RUNTIME_MAIN,
    Frame,
    memstats,
    record,
    text,
)

ONE = (1, 1024, 2, 2048)
REAL = RECORDINGS[0].raw_text(1)
PROFILER = Frame("runtime/pprof.writeHeap", "runtime/pprof/pprof.go", 619, 0x6C1984)
BUFFER = Frame("bytes.growSlice", "bytes/buffer.go", 249, 0x4D0A11)

every_recording = pytest.mark.parametrize("recording", RECORDINGS, ids=lambda recording: recording.id)


def functions(stacks: Stacks, at: int = 0) -> list[str]:
    """Those of one stack, leaf first."""
    return [stacks.frames[frame].site.function for frame in stacks.stacks[at].frames]


def by_frames(of: Stacks | HeapProfile) -> dict[tuple[str, ...], list[float]]:
    """The four usages under each run of hidden frames."""
    sums: dict[tuple[str, ...], list[float]] = {}
    if isinstance(of, Stacks):
        rows = [(tuple(functions(of, at)[: stack.hidden]), stack.usage) for at, stack in enumerate(of.stacks)]
    else:
        rows = [(each.frames, each.usage) for each in of.records]
    for frames, usage in rows:
        known = sums.setdefault(frames, [0.0] * 4)
        sums[frames] = [one + other for one, other in zip(known, usage, strict=True)]
    return sums


@every_recording
def test_the_sums_of_a_text_are_those_of_its_records(recording: Recording) -> None:
    for visit in range(recording.visits):
        found = read_whole([recording.raw_text(visit)], recording.names)
        expected = by_frames(recording.profile(visit))
        assert by_frames(found) == {frames: pytest.approx(sums, rel=1e-9) for frames, sums in expected.items()}
        assert found.period == recording.profile(visit).period


@every_recording
def test_the_sums_of_a_protobuf_are_those_of_its_records(recording: Recording) -> None:
    for visit in range(recording.visits):
        data = recording.raw_proto(visit)
        try:
            expected = heapproto.read(data)
        except EmptyProfile:
            with pytest.raises(EmptyProfile):
                wholeproto.read_whole(data)
            continue
        found = wholeproto.read_whole(data)
        assert by_frames(found) == by_frames(expected)
        assert (found.period, found.build_id) == (expected.period, expected.build_id)


@every_recording
def test_text_and_protobuf_have_the_same_visible_stacks(recording: Recording) -> None:
    """Of the same process, a moment apart, so most of them; the text's have the runtime's frames before."""
    seen = read_whole([recording.raw_text(0)], recording.names)
    visible = {tuple(functions(seen, at)[stack.hidden :]) for at, stack in enumerate(seen.stacks)}
    told = wholeproto.read_whole(recording.raw_proto(0))
    other = {tuple(functions(told, at)) for at in range(len(told.stacks))}
    assert len(visible & other) >= 0.8 * len(other)


@every_recording
def test_every_frame_of_a_recording_has_a_name_and_an_address(recording: Recording) -> None:
    found = read_whole([recording.raw_text(0)], recording.names)
    used = {frame for stack in found.stacks for frame in stack.frames}
    assert all(found.frames[at].site.function and found.frames[at].address for at in used)
    assert "runtime.goexit" not in {found.frames[at].site.function for at in used}


def test_a_stack_has_its_hidden_frames_first() -> None:
    found = read_whole([text(GROWTH_TABLE)], GROWTH_NAMES)
    (stack,) = found.stacks
    assert stack.hidden == 3
    assert functions(found) == [*GROWTH_NAMES.values(), PUT.function, MAIN.function, "runtime.main"]
    assert classify(tuple(functions(found)[:3])).kind is Kind.GROWTH
    leaf, put = found.frames[stack.frames[0]], found.frames[stack.frames[3]]
    assert (leaf.site.filename, leaf.site.line, leaf.address) == ("", 0, 0x41A000)
    assert (put.site.filename, put.site.line, put.address) == (PUT.file, PUT.line, PUT.pc)
    assert (stack.object_size, found.period) == (335_872, RATE)


def test_the_root_of_all_goroutines_is_left_out() -> None:
    line = record(ONE).replace("0x4514e7", "0x4514e7 0x4913a1")
    assert functions(read_whole([text(line, line)], {}))[-1] == "runtime.main"


def test_a_name_that_the_text_gives_elsewhere_is_used() -> None:
    """Nobody was asked, or nobody answered."""
    shown = Frame("runtime.mallocgc", "runtime/malloc.go", 1000, 0x41A000)
    found = read_whole([text(record(ONE, frames=(shown, RUNTIME_MAIN)), record(ONE, (0x41A001,)))], {})
    assert functions(found, 1)[0] == "runtime.mallocgc"
    assert found.stacks[1].hidden == 1


def test_frames_without_a_name_stay() -> None:
    found = read_whole([text(GROWTH_TABLE)], {})
    assert functions(found)[:4] == ["", "", "", PUT.function]


def test_records_of_one_stack_and_size_are_added_up() -> None:
    found = read_whole([text(record(ONE), record(ONE), record((1, 64, 1, 64)))], {})
    assert [stack.object_size for stack in found.stacks] == [1024, 64]
    assert found.stacks[0].usage.alloc_space == pytest.approx(RATE * 4, rel=0.01)  # each sample stands for a period


def test_what_the_profiler_allocates_is_left_out() -> None:
    own = record(ONE, frames=(BUFFER, PROFILER, MAIN))
    assert len(read_whole([text(record(ONE), own, own)], {}).stacks) == 1
    called = record(ONE, frames=(PUT, PROFILER, MAIN))  # a handler of the user's, below the profiler
    assert len(read_whole([text(called, own)], {}).stacks) == 1
    with pytest.raises(EmptyProfile):
        read_whole([text(own)], {})


def test_lines_that_the_stack_does_not_have_are_the_stack() -> None:
    line = record(ONE).replace("0x6dfa13", "0x11")
    assert functions(read_whole([text(line)], {})) == [PUT.function, MAIN.function, "runtime.main"]


def test_a_stack_without_lines_counts_all_the_same() -> None:
    (stack,) = read_whole([text("1: 8 [1: 8] @ 0x11 0x21\n\n")], {}).stacks
    assert stack.frames == ()
    assert stack.usage.alloc_objects > 0


def test_a_leaf_that_is_the_last_of_its_stack() -> None:
    found = read_whole([text(record(ONE, (0x41A001,), frames=(PUT,)))], {0x41A001: "runtime.newobject"})
    assert functions(found) == ["runtime.newobject", PUT.function]
    assert found.stacks[0].hidden == 1


@pytest.mark.parametrize("seed", range(4))
def test_chunks_may_end_anywhere(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - no secret
    head, _, rest = REAL.partition(b"\n")
    body, _, tail = rest.partition(b"\n\n# runtime.MemStats")
    data = head + b"\n" + (body + b"\n\n") * (2 * SCAN_BYTES // len(body) + 2) + b"\n# runtime.MemStats" + tail
    edges = sorted([0, len(data), *(chance.randrange(len(data)) for _ in range(40))])
    pieces = [data[start:end] for start, end in pairwise(edges)]
    assert read_whole(pieces, RECORDINGS[0].names) == read_whole([data], RECORDINGS[0].names)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", NotAHeapProfile),
        (b"<!DOCTYPE html>", NotAHeapProfile),
        (text(record(ONE), stats=""), TruncatedProfile),
        (text(), EmptyProfile),
        (text(record((0, 0, 0, 0))), EmptyProfile),
        (text("1: 8 [1: x] @ 0x11\n\n"), MalformedProfile),
        (text("1: 8 [1: 8] @ 0x11 zzz 0x21\n#\t0x20\tmain.f+0x1\tmain.go:3\n\n"), MalformedProfile),
    ],
)
def test_what_is_refused(data: bytes, error: type[ProfileError]) -> None:
    with pytest.raises(error):
        read_whole([data], {})


def test_a_record_without_end_is_refused() -> None:
    line = b"#\t0x10\tmain.f+0x1\tmain.go:3\n" * 1000
    with pytest.raises(MalformedProfile, match="does not end"):
        read_whole([b"heap profile: 1: 2 [3: 4] @ heap/1048576\n1: 8 [1: 8] @ 0x11\n", *[line] * 60], {})


def test_more_frames_than_memory_would_hold_are_refused() -> None:
    stream = TextStream(WholeRecords(most=5))
    stream.feed(text(record(ONE), record((1, 64, 1, 64))))
    with pytest.raises(MalformedProfile, match="more than 5 frames"):
        stream.finish()


def test_a_short_protobuf_cannot_become_millions_of_frames() -> None:
    builder = Builder()
    builder.sample((1, 8, 1, 8), (PUT,), 8)
    for _ in range(1000):
        builder.message.location[0].line.add(function_id=1, line=7)
    for objects in range(2, 22):
        builder.sample((objects, objects * 8, 0, 0), (PUT,) * 1000, 8)
    with pytest.raises(MalformedProfile, match="frames"):
        wholeproto.read_whole(builder.bytes())


def test_a_protobuf_location_that_is_not_there() -> None:
    builder = Builder().sample((1, 8, 1, 8), (PUT,), 8)
    builder.message.sample[0].location_id.append(77)
    with pytest.raises(MalformedProfile, match="location"):
        wholeproto.read_whole(builder.bytes())


def test_a_protobuf_has_no_hidden_frames() -> None:
    found = wholeproto.read_whole(proto(ROW))
    assert [stack.hidden for stack in found.stacks] == [0]
    assert functions(found) == [PUT.function, MAIN.function]
    assert found.stacks[0].usage == (2, 2048, 1, 1024)


@settings(max_examples=200)
@given(st.integers(0, len(REAL) - 1), st.binary(min_size=1, max_size=12))
def test_damaged_texts_are_refused_or_read_as_the_records_are(at: int, damage: bytes) -> None:
    data = REAL[:at] + damage + REAL[at + len(damage) :]
    try:
        found = read_whole([data], RECORDINGS[0].names)
        expected = symbols.resolve(read_heap_text([data]), RECORDINGS[0].names)
    except ProfileError:
        return
    for column in range(4):
        ours = sum(stack.usage[column] for stack in found.stacks)
        assert ours == pytest.approx(sum(each.usage[column] for each in expected.records), rel=0.05)


def test_garbage_behind_a_period_of_zero_is_no_division() -> None:
    with pytest.raises(ProfileError):
        read_whole([text(record(ONE), rate=0, stats=memstats())], {})
