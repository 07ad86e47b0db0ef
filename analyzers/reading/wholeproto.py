"""Gzipped pprof protobuf to whole stacks, as far as it has them: the runtime's frames at the leaf are not there.

Counts what `heapproto` counts, and leaves out what it leaves out. Knows the format, not what a map is.
"""

from collections.abc import Sequence
from typing import NamedTuple

from analyzers.errors import EmptyProfile, MalformedProfile
from analyzers.names import owner
from analyzers.profile import Site, Usage
from analyzers.reading.protoheap import MAX_INFLATED, Heap, binary_of, opened
from analyzers.reading.protosamples import counted
from analyzers.reading.prototables import frames_of
from analyzers.stacks import MOST_FRAMES, Frame, Stack, Stacks


class _Location(NamedTuple):
    """Where one location's frames stand among all, leaf first, and what decides about a stack that has it."""

    frames: tuple[int, ...]
    own: bool  # its innermost line is the user's own
    profiler: bool


_Key = tuple[tuple[int, ...], int]  # frames and object size


def read_whole(data: bytes, limit: int = MAX_INFLATED) -> Stacks:
    """Every stack in `data`, gzipped or not, of at most `limit` inflated bytes. None of them has hidden frames.

    Without what the profiler itself allocates. Raises ProfileError.
    """
    heap = opened(data, limit)
    frames: dict[Frame, int] = {}
    locations = {
        number: _location(address, lines, frames)
        for number, address, lines in frames_of(heap.locations, heap.profile, heap.strings)
    }
    stacks = tuple(
        Stack(stack, 0, size, Usage(*map(float, sums))) for (stack, size), sums in _summed(heap, locations).items()
    )
    if not stacks:
        raise EmptyProfile("the profile holds no sampled allocation")
    return Stacks(tuple(frames), stacks, heap.profile.period, binary_of(heap.profile, heap.strings).build_id)


def _location(address: int, lines: Sequence[Site], frames: dict[Frame, int]) -> _Location:
    """`frames` learns those that are new."""
    return _Location(
        tuple([frames.setdefault(Frame(site, address), len(frames)) for site in lines]),
        own=bool(lines) and owner.is_own(lines[0].function, lines[0].filename),
        profiler=any(owner.is_profiler(site.function) for site in lines),
    )


def _summed(heap: Heap, locations: dict[int, _Location]) -> dict[_Key, list[int]]:
    summed: dict[_Key, list[int]] = {}
    kept = 0
    for sample, count in counted(heap.samples, lambda _: False):
        told = heap.counted(sample, count)
        if told is None:
            continue
        try:
            stack = [locations[number] for number in sample.location_id]
        except KeyError as error:
            raise MalformedProfile("a sample names a location that is not there") from error
        # The profiler's own: writing the protobuf allocates in the service itself.
        if stack and not stack[0].own and any(location.profiler for location in stack):
            continue
        kept += sum([len(location.frames) for location in stack])
        if kept > MOST_FRAMES:  # a short sample may name a location of thousands of lines again and again
            raise MalformedProfile(f"stacks of more than {MOST_FRAMES} frames")
        size, values = told
        key = tuple([frame for location in stack for frame in location.frames]), size
        sums = summed.setdefault(key, [0, 0, 0, 0])
        for column, value in enumerate(values):
            sums[column] += value
    return summed
