"""The MemStats block at the end of `heap?debug=1`. Same fields in Go 1.19 to 1.27. Knows bytes, not what they mean."""

import math
import re

from analyzers.errors import MalformedProfile
from analyzers.profile import MemStats

_FIELD = re.compile(rb"^# (\w+) = (.+)$", re.MULTILINE)


def parse_memstats(block: bytes) -> MemStats:
    """The fields mapstorm uses. A number that is missing or no number raises MalformedProfile."""
    fields = {name: value.strip() for name, value in _FIELD.findall(block)}
    try:
        return MemStats(
            total_alloc=_number(fields[b"TotalAlloc"]),
            mallocs=_number(fields[b"Mallocs"]),
            heap_alloc=_number(fields[b"HeapAlloc"]),
            heap_objects=_number(fields[b"HeapObjects"]),
            heap_sys=_number(fields[b"HeapSys"]),
            next_gc=_number(fields[b"NextGC"]),
            last_gc_ns=_number(fields[b"LastGC"]),
            num_gc=_number(fields[b"NumGC"]),
            num_forced_gc=_number(fields[b"NumForcedGC"]),
            gc_cpu_fraction=_fraction(fields[b"GCCPUFraction"]),
            pause_ns=_ring(fields[b"PauseNs"]),
            pause_end=_ring(fields[b"PauseEnd"]),
        )
    except (KeyError, ValueError) as error:
        raise MalformedProfile(f"the MemStats block lacks a number: {error}") from error


def _ring(value: bytes) -> tuple[int, ...]:
    return tuple(_number(number) for number in value.strip(b"[]").split())


def _number(value: bytes) -> int:
    number = int(value)
    if not 0 <= number < 2**64:
        raise ValueError(f"{value[:40]!r} does not fit into 64 bits")
    return number


def _fraction(value: bytes) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{value[:40]!r} is no fraction")
    return number
