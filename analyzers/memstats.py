"""The MemStats block at the end of `heap?debug=1`. Same fields in Go 1.19 to 1.27. Knows bytes, not what they mean."""

import re

from analyzers.errors import MalformedProfile
from analyzers.profile import MemStats

_FIELD = re.compile(rb"^# (\w+) = (.+)$", re.MULTILINE)


def parse_memstats(block: bytes) -> MemStats:
    """The fields mapstorm uses. A number that is missing or no number raises MalformedProfile."""
    fields = {name: value.strip() for name, value in _FIELD.findall(block)}
    try:
        return MemStats(
            total_alloc=int(fields[b"TotalAlloc"]),
            mallocs=int(fields[b"Mallocs"]),
            heap_alloc=int(fields[b"HeapAlloc"]),
            heap_sys=int(fields[b"HeapSys"]),
            next_gc=int(fields[b"NextGC"]),
            last_gc_ns=int(fields[b"LastGC"]),
            num_gc=int(fields[b"NumGC"]),
            num_forced_gc=int(fields[b"NumForcedGC"]),
            gc_cpu_fraction=float(fields[b"GCCPUFraction"]),
            pause_ns=_ring(fields[b"PauseNs"]),
            pause_end=_ring(fields[b"PauseEnd"]),
        )
    except (KeyError, ValueError) as error:
        raise MalformedProfile(f"the MemStats block lacks a number: {error}") from error


def _ring(value: bytes) -> tuple[int, ...]:
    return tuple(int(number) for number in value.strip(b"[]").split())
