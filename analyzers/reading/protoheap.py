"""A heap's protobuf, opened: its tables read and checked, and what one sample counts. Knows nobody's frames.

What all who read a heap's samples need, whatever they make of the stacks.
"""

from collections.abc import Sequence
from typing import NamedTuple

from analyzers.errors import MalformedProfile, NotAHeapProfile, ProfilingOff
from analyzers.profile import Binary
from analyzers.profile_pb2 import Profile, Sample
from analyzers.reading.inflate import inflate
from analyzers.reading.protofields import split
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


class Counted(NamedTuple):
    """One sample's numbers: the size of one object, and the four sample types in the order of Usage."""

    size: int
    values: tuple[int, int, int, int]


class Heap(NamedTuple):
    """A protobuf whose tables are read. `locations` and `samples` are whole fields, not parsed yet."""

    profile: Profile
    strings: Sequence[str]
    locations: list[bytes]
    samples: list[bytes]
    columns: tuple[int, ...]  # of the four sample types, in the order of Usage
    size_key: int

    def counted(self, sample: Sample, count: int) -> Counted | None:
        """What `count` such samples say; None where nothing was allocated. Raises MalformedProfile."""
        values = [value * count for value in sample.value]
        if len(values) != len(self.profile.sample_type):
            raise MalformedProfile("a sample has not one value for each sample type")
        objects, space, live_objects, live_space = (values[column] for column in self.columns)
        if objects <= 0:
            return None
        if space < objects or not 0 <= live_objects <= objects or not 0 <= live_space <= space:
            raise MalformedProfile("a sample's values contradict each other")
        size = space // objects
        labels = sample.label
        for index in range(min(len(labels), MAX_LABELS)):
            label = labels[index]
            if label.key == self.size_key and (told := label.num) > 0:
                size = told
                break
        return Counted(size, (objects, space, live_objects, live_space))


def opened(data: bytes, limit: int = MAX_INFLATED) -> Heap:
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
    size_key = strings.index("bytes") if "bytes" in strings else -1
    return Heap(profile, strings, locations, samples, columns, size_key)


def binary_of(profile: Profile, strings: Sequence[str]) -> Binary:
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
