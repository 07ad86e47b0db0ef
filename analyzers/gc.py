"""What MemStats adds: garbage collection figures of a window. Knows two MemStats blocks and no clock but theirs."""

from typing import NamedTuple

from analyzers.profile import MemStats

PAUSES = 256  # the size of the rings PauseNs and PauseEnd


class GCFigures(NamedTuple):
    """Rates of the window; None where there was only one reading, or no MemStats.

    Cycles leave out the forced ones, which mapstorm's own `gc=1` causes. `pause_share` is 0 to 1.
    """

    cycles_per_minute: float | None = None
    pause_share: float | None = None
    allocation_bytes_per_second: float | None = None
    live_heap_growth_bytes_per_second: float | None = None
    seconds: float | None = None


def figures(first: MemStats | None, second: MemStats | None, seconds: float | None) -> GCFigures:
    """The figures between two readings of one process, `seconds` apart."""
    if first is None or second is None or not seconds or seconds <= 0:
        return GCFigures()
    cycles = (second.num_gc - second.num_forced_gc) - (first.num_gc - first.num_forced_gc)
    return GCFigures(
        cycles_per_minute=max(0, cycles) / seconds * 60,
        pause_share=min(1.0, pauses_between(first, second) / 1e9 / seconds),
        allocation_bytes_per_second=(second.total_alloc - first.total_alloc) / seconds,
        live_heap_growth_bytes_per_second=(second.heap_alloc - first.heap_alloc) / seconds,
        seconds=seconds,
    )


def pauses_between(first: MemStats, second: MemStats) -> int:
    """Nanoseconds of stop-the-world pauses of the cycles after `first` up to `second`, at most the last 256.

    The pause of cycle n (from 1) stands at PauseNs[(n+255)%256].
    """
    if len(second.pause_ns) < PAUSES:
        return 0
    cycles = range(max(first.num_gc, second.num_gc - PAUSES) + 1, second.num_gc + 1)
    return sum(second.pause_ns[(n + PAUSES - 1) % PAUSES] for n in cycles)


def seconds_between(first: MemStats | None, second: MemStats | None) -> float | None:
    """The service's own clock: the time between the last collections before two `gc=1` readings.

    Without `gc=1` no forced collection lies between them, and the last one may have been long ago: None then.
    """
    if first is None or second is None or not first.last_gc_ns or second.last_gc_ns <= first.last_gc_ns:
        return None
    if second.num_forced_gc <= first.num_forced_gc:
        return None
    return (second.last_gc_ns - first.last_gc_ns) / 1e9


def same_process(earlier: MemStats, later: MemStats) -> bool:
    """Whether the earlier block is the later one's past: counters never fall, and the pause ring remembers.

    Where at most 256 cycles lie between them, the end of the earlier's last cycle must still stand in the ring.
    """
    counters = ("total_alloc", "mallocs", "num_gc", "num_forced_gc", "last_gc_ns")
    if any(getattr(later, name) < getattr(earlier, name) for name in counters):
        return False
    if earlier.num_gc == 0 or later.num_gc - earlier.num_gc >= PAUSES or len(later.pause_end) < PAUSES:
        return True
    return later.pause_end[(earlier.num_gc + PAUSES - 1) % PAUSES] == earlier.last_gc_ns
