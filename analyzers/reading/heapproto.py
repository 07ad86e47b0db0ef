"""Gzipped pprof protobuf to the same records as the text gives, without the runtime frames it no longer has.

The fallback where a service offers no text, and the source of the build id. Knows the format, not what a map is.

Why the walk looks as it does: touching every sample through its message costs five times as much as counting equal
ones first (`protosamples`), and of thousands of locations hundreds are asked for. Both are parsed in pieces, so that
a small answer cannot become gigabytes of messages (`protofields`).
"""

from collections.abc import Sequence

from analyzers.errors import EmptyProfile, MalformedProfile, NotAHeapProfile, ProfilingOff
from analyzers.names import goversion, owner
from analyzers.names.goversion import GoVersion
from analyzers.profile import Binary, HeapProfile, Record, Source, Usage
from analyzers.profile_pb2 import Profile
from analyzers.reading.inflate import inflate
from analyzers.reading.protofields import split
from analyzers.reading.protosamples import counted
from analyzers.reading.protostacks import Ends, Locations
from analyzers.reading.prototables import (
    FUNCTION,
    LOCATION,
    MAPPING,
    PERIOD,
    SAMPLE,
    SAMPLE_TYPE,
    STRING,
    parsed,
    string,
)

USAGE_TYPES = ("alloc_objects", "alloc_space", "inuse_objects", "inuse_space")
# 50,000 records inflate to 5 MB.
MAX_INFLATED = 64 * 1024 * 1024
MAX_LABELS = 8  # Go writes one
MAX_MAPPINGS = 4096  # one for each library


def read(data: bytes, limit: int = MAX_INFLATED) -> HeapProfile:
    """The heap profile in `data`, gzipped or not, of at most `limit` inflated bytes. Raises ProfileError."""
    head: list[bytes] = []
    locations: list[bytes] = []
    samples: list[bytes] = []
    heads = dict.fromkeys((SAMPLE_TYPE, MAPPING, FUNCTION, STRING, PERIOD), head)
    split(inflate(data, limit), {**heads, LOCATION: locations, SAMPLE: samples})
    profile = parsed(b"".join(head))
    strings: Sequence[str] = list(profile.string_table)
    if not strings or not profile.sample_type:
        raise NotAHeapProfile("the protobuf holds no sample types")
    columns = _columns(profile, strings)
    if profile.period == 0:
        raise ProfilingOff("the profile was written with MemProfileRate 0")
    if profile.period < 0:
        raise MalformedProfile("the sampling period is negative")
    known = Locations(locations, profile, strings)
    build_id, code, process = _binary(profile, strings)
    records = _records(samples, known, columns, len(profile.sample_type), _index(strings, "bytes"))
    if not records:
        raise EmptyProfile("the profile holds no sampled allocation")
    return HeapProfile(
        source=Source.PROTOBUF,
        period=profile.period,
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
    return _binary(profile, profile.string_table)


def _binary(profile: Profile, strings: Sequence[str]) -> Binary:
    """The first mapping is the program's own; libraries and the kernel's pages lie at higher addresses."""
    if not profile.mapping:
        return Binary()
    first = profile.mapping[0]
    # Linux maps these pages at random in each process.
    kernel = (
        item.memory_start for item in profile.mapping[:MAX_MAPPINGS] if string(strings, item.filename) == "[vdso]"
    )
    code = range(first.memory_start, first.memory_limit)
    return Binary(string(strings, first.build_id), code, next(kernel, 0))


def _columns(profile: Profile, strings: Sequence[str]) -> tuple[int, ...]:
    names = [string(strings, item.type) for item in profile.sample_type]
    try:
        return tuple(names.index(name) for name in USAGE_TYPES)
    except ValueError as error:
        raise NotAHeapProfile(f"sample types are {', '.join(names)}, not a Go heap's") from error


def _records(
    samples: list[bytes], locations: Locations, columns: tuple[int, ...], width: int, size_key: int
) -> tuple[Record, ...]:
    alloc_objects, alloc_space, inuse_objects, inuse_space = columns
    summed: dict[tuple[Ends, int], list[int]] = {}
    for sample, count in counted(samples, locations.tells_all):
        values = [value * count for value in sample.value]
        if len(values) != width:
            raise MalformedProfile("a sample has not one value for each sample type")
        objects, space = values[alloc_objects], values[alloc_space]
        if objects <= 0:
            continue
        if space < objects or not 0 <= values[inuse_objects] <= objects or not 0 <= values[inuse_space] <= space:
            raise MalformedProfile("a sample's values contradict each other")
        ends = locations.ends(sample.location_id)
        if ends is None:
            continue
        size = space // objects
        labels = sample.label
        for index in range(min(len(labels), MAX_LABELS)):
            label = labels[index]
            if label.key == size_key and (told := label.num) > 0:
                size = told
                break
        sums = summed.get((ends, size))
        if sums is None:
            sums = summed[ends, size] = [0, 0, 0, 0]
        sums[0] += objects
        sums[1] += space
        sums[2] += values[inuse_objects]
        sums[3] += values[inuse_space]
    return tuple(
        Record((), ends.site, ends.culprit, size, Usage(*map(float, sums)), ends.address)
        for (ends, size), sums in summed.items()
    )


def _go_version(locations: Locations) -> GoVersion:
    return goversion.of_frames(frame for frame in locations.frames() if owner.is_standard(frame.function))


def _index(strings: Sequence[str], text: str) -> int:
    return strings.index(text) if text in strings else -1
