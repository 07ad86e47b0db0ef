"""The ground everything stands on: what a heap profile holds, in pprof's words, whatever it was read from.

Knows neither the text nor the protobuf format, nor what a map is.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from analyzers.names.goversion import UNKNOWN, GoVersion


class Site(NamedTuple):
    """One source line. Compared by these three and never by address, which moves with every build."""

    function: str
    filename: str
    line: int


UNKNOWN_SITE = Site("", "", 0)


class Usage(NamedTuple):
    """Go's four heap sample types. Objects are counts, spaces are bytes."""

    alloc_objects: float = 0.0
    alloc_space: float = 0.0
    inuse_objects: float = 0.0
    inuse_space: float = 0.0

    def plus(self, other: "Usage") -> "Usage":
        """Both together."""
        # Written out: nothing behind the readers is called more often, and zip takes four times as long.
        return Usage(self[0] + other[0], self[1] + other[1], self[2] + other[2], self[3] + other[3])

    def minus(self, other: "Usage") -> "Usage":
        """What came since `other`; in-use figures may be negative."""
        return Usage(self[0] - other[0], self[1] - other[1], self[2] - other[2], self[3] - other[3])

    def times(self, factor: float) -> "Usage":
        """Scaled by `factor`."""
        return Usage(*(value * factor for value in self))


NO_USAGE = Usage()


def sampling_probability(object_size: float, period: int) -> float:
    """The chance that one object of `object_size` bytes is sampled at one sample per `period` bytes.

    1 - exp(-s/R), as runtime/pprof's scaleHeapSample uses it; 1 where every allocation is recorded.
    """
    if period <= 1 or object_size <= 0:
        return 1.0
    return -math.expm1(-object_size / period)


class Source(StrEnum):
    """Which of the two formats a profile was read from."""

    TEXT = "text"
    PROTOBUF = "protobuf"


class Record(NamedTuple):
    """Allocations of one object size at one place.

    `frames` are the names of the hidden runtime frames, leaf first, empty where the source has none;
    `usage` is scaled to the whole heap. `leaf` is the address of the call that allocated, in the first frame that is
    not hidden (one less than its PC); 0 where it is unknown. `explained` says that `frames` came from memory.
    """

    frames: tuple[str, ...]
    site: Site
    culprit: Site
    object_size: int
    usage: Usage
    leaf: int = 0
    explained: bool = False


@dataclass(frozen=True, slots=True)
class MemStats:
    """The block at the end of `heap?debug=1` that the diagnosis needs. Bytes, counts, and ns since 1970."""

    total_alloc: int
    mallocs: int
    heap_alloc: int
    heap_objects: int
    heap_sys: int
    next_gc: int
    last_gc_ns: int
    num_gc: int
    num_forced_gc: int
    gc_cpu_fraction: float
    pause_ns: tuple[int, ...]
    pause_end: tuple[int, ...]


class Binary(NamedTuple):
    """Which build a process runs, and at which addresses its code lies. Both empty where the profile does not say.

    `process` tells one process from the next: an address that the kernel chose when it began; 0 where it is unknown.
    """

    build_id: str = ""
    code: range = range(0)
    process: int = 0


class HeapProfile(NamedTuple):
    """One reading of one process's heap. `anchors` is where functions begin: it tells builds apart."""

    source: Source
    period: int
    records: tuple[Record, ...]
    memstats: MemStats | None = None
    build_id: str = ""
    go_version: GoVersion = UNKNOWN
    named: bool = True
    anchors: Mapping[str, int] = MappingProxyType({})
    code: range = range(0)  # this and `process` as in Binary
    process: int = 0
