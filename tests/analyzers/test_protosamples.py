"""Samples are cut and counted without losing any: what the reader gets adds up to what was written."""

from collections.abc import Callable

import pytest
from google.protobuf.message import DecodeError

from analyzers.errors import MalformedProfile
from analyzers.profile_pb2 import Label, Sample
from analyzers.reading.protofields import split
from analyzers.reading.protosamples import counted
from analyzers.reading.prototables import SAMPLE

OWN = 300  # takes two bytes, as most ids do
LIBRARY = 7
FAR = 2**40
VALUES = (1, 64, 0, 0)


def sample(*stack: int, size: int = 64) -> bytes:
    """As Python writes it: the stack before the values."""
    return Sample(location_id=stack, value=VALUES, label=[Label(key=1, num=size)]).SerializeToString()


def as_go(*stack: int, size: int = 64) -> bytes:
    """The values before the stack, and stacks of one or two not packed (runtime/pprof's protobuf.go)."""
    values = Sample(value=VALUES).SerializeToString()
    if len(stack) > 2:
        packed = Sample(location_id=stack).SerializeToString()
    else:
        packed = b"".join(b"\x08" + Sample(location_id=[number]).SerializeToString()[2:] for number in stack)
    return values + packed + Sample(label=[Label(key=1, num=size)]).SerializeToString()


def told(*samples: bytes) -> list[tuple[tuple[int, ...], int, int]]:
    """Stack, size and count of what is counted."""
    data = b"".join(b"\x12" + bytes((len(one) & 0x7F | 0x80, len(one) >> 7)) + one for one in samples)
    runs: list[bytes] = []
    split(data, {SAMPLE: runs})
    found = list(counted(runs, lambda location: location in (OWN, FAR)))
    assert all(tuple(each.value) == VALUES for each, _ in found)
    return [(tuple(each.location_id), each.label[0].num, count) for each, count in found]


@pytest.mark.parametrize("written", [sample, as_go])
def test_samples_that_differ_behind_a_leaf_of_their_own_are_one(written: Callable[..., bytes]) -> None:
    assert told(written(OWN, 1, 2), written(OWN, 4, 5, 6), written(OWN, 2, 1)) == [((OWN,), 64, 3)]


@pytest.mark.parametrize("written", [sample, as_go])
def test_sizes_and_leaves_are_told_apart(written: Callable[..., bytes]) -> None:
    assert told(written(OWN, 1, 2), written(OWN, 1, 2, size=96), written(FAR, 1, 2)) == [
        ((OWN,), 64, 1),
        ((OWN,), 96, 1),
        ((FAR,), 64, 1),
    ]


@pytest.mark.parametrize("written", [sample, as_go])
def test_a_stack_that_its_leaf_does_not_tell_stays_whole(written: Callable[..., bytes]) -> None:
    assert told(written(LIBRARY, 1, OWN), written(LIBRARY, 2, OWN), written(LIBRARY, 1, OWN)) == [
        ((LIBRARY, 1, OWN), 64, 2),
        ((LIBRARY, 2, OWN), 64, 1),
    ]


def test_what_is_written_otherwise_stays_whole() -> None:
    assert told(as_go(OWN, 1), as_go(OWN), as_go()) == [((OWN, 1), 64, 1), ((OWN,), 64, 1), ((), 64, 1)]


def test_a_stack_of_hundreds_of_frames_is_cut_too() -> None:
    deep = range(1000, 1900)
    assert told(as_go(OWN, *deep), as_go(OWN, *deep, 1)) == [((OWN,), 64, 2)]


@pytest.mark.parametrize("size", range(1, len(as_go(OWN, 1, 2))))
def test_a_sample_that_ends_early_is_no_other_sample(size: int) -> None:
    """Its bytes are refused, or they are the fields that are whole."""
    cut = as_go(OWN, 1, 2)[:size]
    try:
        whole = Sample.FromString(cut)
    except DecodeError:
        with pytest.raises(MalformedProfile):
            list(counted([bytes((0x12, size)) + cut], lambda location: True))
    else:
        ((found, count),) = counted([bytes((0x12, size)) + cut], lambda location: True)
        assert (found.value, found.location_id[:1], count) == (whole.value, whole.location_id[:1], 1)
