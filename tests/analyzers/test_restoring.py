"""Restored profiles: what is written is what was read, with the runtime's frames, as Go writes a heap's profile."""

import gzip
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.errors import EmptyProfile
from analyzers.profile import Site, Usage
from analyzers.profile_pb2 import Profile
from analyzers.reading import wholeproto
from analyzers.reading.wholetext import read_whole
from analyzers.restored import LARGEST, restored
from analyzers.stacks import Frame, Stack, Stacks
from tests.analyzers.protos import HEAP_TYPES, totals
from tests.analyzers.recordings import RECORDINGS, Recording

every_recording = pytest.mark.parametrize("recording", RECORDINGS, ids=lambda recording: recording.id)


def message(data: bytes) -> Profile:
    return Profile.FromString(gzip.decompress(data))


@every_recording
def test_a_text_is_written_and_read_again(recording: Recording) -> None:
    """By the reader of protobufs, to which no frame is hidden."""
    stacks = read_whole([recording.raw_text(1)], recording.names)
    again = wholeproto.read_whole(restored(stacks, recording.moment(1)))
    assert again.period == stacks.period
    assert _told(again) == _told(stacks)


def _told(stacks: Stacks) -> dict[tuple[object, ...], list[int]]:
    """Sums by sites and addresses, rounded down one by one. A profile may say the same stack and size twice."""
    told: dict[tuple[object, ...], list[int]] = {}
    for stack in stacks.stacks:
        key = (tuple(stacks.frames[at] for at in stack.frames), stack.object_size)
        known = told.get(key, [0] * 4)
        told[key] = [one + int(other) for one, other in zip(known, stack.usage, strict=True)]
    return told


@every_recording
def test_a_protobuf_keeps_its_totals_but_for_the_profilers_own(recording: Recording) -> None:
    try:
        stacks = wholeproto.read_whole(recording.raw_proto(1))
    except EmptyProfile:
        return
    sums = totals(restored(stacks, recording.moment(1)))
    assert [sums[name] for name in HEAP_TYPES] == [sum(s.usage[at] for s in stacks.stacks) for at in range(4)]


def test_types_are_written_as_go_writes_them() -> None:
    written = message(restored(read_whole([RECORDINGS[0].raw_text(0)], RECORDINGS[0].names), 1_700_000_000.5))
    original = Profile.FromString(gzip.decompress(RECORDINGS[0].raw_proto(0)))

    def types(profile: Profile) -> list[tuple[str, str]]:
        strings = profile.string_table
        return [(strings[each.type], strings[each.unit]) for each in (*profile.sample_type, profile.period_type)]

    assert types(written) == types(original)
    assert written.period == original.period
    assert written.string_table[0] == ""
    assert written.string_table[written.default_sample_type] == "inuse_space"
    assert written.default_sample_type >= len(HEAP_TYPES)  # speedscope takes it for a type's number
    assert written.time_nanos == 1_700_000_000_500_000_000
    labels = {written.string_table[each.key] for sample in written.sample for each in sample.label}
    assert labels == {"bytes"}


def test_nothing_is_left_to_be_looked_up() -> None:
    site = Site("main.f", "main.go", 3)
    stacks = Stacks((Frame(site, 0x4000), Frame(site, 0x5000)), (_stack(0, 1),), 524_288, "abc")
    written = message(restored(stacks, 0.0))
    (mapping,) = written.mapping
    assert written.string_table[mapping.build_id] == "abc"
    assert (mapping.memory_start, mapping.memory_limit) == (0x4000, 0x5001)
    assert mapping.has_functions
    assert mapping.has_filenames
    assert mapping.has_line_numbers
    assert mapping.has_inline_frames
    (function,) = written.function
    assert function.name == function.system_name
    assert [location.mapping_id for location in written.location] == [1, 1]


def _stack(*frames: int, usage: Usage = Usage(1, 16, 1, 16)) -> Stack:  # noqa: B008 - it cannot change
    return Stack(frames, len(frames), 16, usage)


def test_a_frame_without_a_name_has_its_address_alone() -> None:
    stacks = Stacks((Frame(Site("", "", 0), 0x4000),), (_stack(0),), 524_288)
    written = message(restored(stacks, 0.0))
    assert [(each.address, len(each.line)) for each in written.location] == [(0x4000, 0)]
    assert not written.function


def test_the_same_stacks_give_the_same_bytes() -> None:
    stacks = read_whole([RECORDINGS[0].raw_text(0)], RECORDINGS[0].names)
    data = restored(stacks, 1.0)
    assert data == restored(stacks, 1.0)
    assert struct.unpack("<I", data[4:8]) == (0,)  # gzip's own time


@given(
    st.text(max_size=8),
    st.integers(0, 2**64 - 1),
    st.integers(0, 2**64 - 1),
    st.floats(0, 1e40, allow_nan=False),
    st.integers(1, 2**64 - 1),
)
def test_numbers_that_the_format_cannot_hold_are_cut(
    name: str, line: int, address: int, value: float, period: int
) -> None:
    frames = (Frame(Site(name, name, line), address), Frame(Site(name + "x", "", 0), 2**64 - 1))
    usage = Usage(value, value, value, value)
    written = message(restored(Stacks(frames, (_stack(0, 1, usage=usage),), period), 0.0))
    assert list(written.sample[0].value) == [min(int(value), LARGEST)] * 4
    assert written.period == min(period, LARGEST)
    assert all(len(mapping.ListFields()) for mapping in written.mapping)
