"""Gzipped pprof protobuf to the same records as the text gives, without the runtime frames it no longer has.

The fallback where a service offers no text, and the source of the build id. Knows the format, not what a map is.

Why the walk looks as it does: touching every sample through its message costs five times as much as counting equal
ones first (`protosamples`), and of thousands of locations hundreds are asked for. Both are parsed in pieces, so that
a small answer cannot become gigabytes of messages (`protofields`).
"""

from analyzers.errors import EmptyProfile
from analyzers.names import goversion, owner
from analyzers.names.goversion import GoVersion
from analyzers.profile import Binary, HeapProfile, Record, Source, Usage
from analyzers.reading.inflate import inflate
from analyzers.reading.protofields import split
from analyzers.reading.protoheap import MAX_INFLATED, Heap, binary_of, opened
from analyzers.reading.protosamples import counted
from analyzers.reading.protostacks import Ends, Locations
from analyzers.reading.prototables import MAPPING, STRING, parsed


def read(data: bytes, limit: int = MAX_INFLATED) -> HeapProfile:
    """The heap profile in `data`, gzipped or not, of at most `limit` inflated bytes. Raises ProfileError."""
    heap = opened(data, limit)
    known = Locations(heap.locations, heap.profile, heap.strings)
    build_id, code, process = binary_of(heap.profile, heap.strings)
    records = _records(heap, known)
    if not records:
        raise EmptyProfile("the profile holds no sampled allocation")
    return HeapProfile(
        source=Source.PROTOBUF,
        period=heap.profile.period,
        records=records,
        build_id=build_id,
        go_version=_go_version(known).settled(),
        named=False,
        code=code,
        process=process,
    )


def binary(data: bytes, limit: int = MAX_INFLATED) -> Binary:
    """Build and place of the code alone, without reading samples. Raises ProfileError."""
    head: list[bytes] = []
    split(inflate(data, limit), {MAPPING: head, STRING: head})
    profile = parsed(b"".join(head))
    return binary_of(profile, profile.string_table)


def _records(heap: Heap, locations: Locations) -> tuple[Record, ...]:
    summed: dict[tuple[Ends, int], list[int]] = {}
    for sample, count in counted(heap.samples, locations.tells_all):
        told = heap.counted(sample, count)
        if told is None:
            continue
        ends = locations.ends(sample.location_id)
        if ends is None:
            continue
        size, values = told
        sums = summed.get((ends, size))
        if sums is None:
            sums = summed[ends, size] = [0, 0, 0, 0]
        sums[0] += values[0]
        sums[1] += values[1]
        sums[2] += values[2]
        sums[3] += values[3]
    return tuple(
        Record((), ends.site, ends.culprit, size, Usage(*map(float, sums)), ends.address)
        for (ends, size), sums in summed.items()
    )


def _go_version(known: Locations) -> GoVersion:
    return goversion.of_frames(frame for frame in known.frames() if owner.is_standard(frame.function))
