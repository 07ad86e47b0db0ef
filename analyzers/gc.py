"""What MemStats adds: garbage collection figures of a window. Knows two MemStats blocks and no clock but theirs."""

from typing import NamedTuple

from analyzers.profile import MemStats

PAUSES = 256  # the size of the rings PauseNs and PauseEnd

# Requests under way make two readings of a steady heap differ by about this part of it.
NOISE_SHARE = 0.01
# A trend over more than an hour would dilute what began a few minutes ago.
LONGEST_TREND_S = 3600.0
# Nobody is woken for what is a week away, and no rate stays what it is for so long.
FURTHEST_S = 7 * 86400.0


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


class Growth(NamedTuple):
    """What the live heap gained in `seconds`: bytes, negative where it fell. Both readings follow a collection."""

    gained: float
    seconds: float


class MemoryForecast(NamedTuple):
    """When a heap that grows on as it did reaches `limit` bytes: seconds from the reading on, 0 where it is there.

    `seconds` is for the live heap alone. `peak_seconds` is for what the heap grows to between two collections (NextGC
    over HeapAlloc stays what GOGC makes it): from then on a container is killed, or a GOMEMLIMIT collects ever more
    often. The rate was measured over `over` seconds: since the base, or in the window.
    """

    limit: int
    seconds: float
    peak_seconds: float
    over: float
    since_base: bool


def growth(first: MemStats | None, second: MemStats | None, seconds: float | None) -> Growth | None:
    """Growth between two readings of one process. None where no forced collection lies between them: HeapAlloc then
    holds garbage, up to as much again as is alive."""
    if first is None or second is None or not seconds or seconds <= 0:
        return None
    if second.num_forced_gc <= first.num_forced_gc:
        return None
    return Growth(second.heap_alloc - first.heap_alloc, seconds)


def time_to_limit(
    now: MemStats, limit: int, recent: Growth | None, trend: Growth | None, noise: float
) -> MemoryForecast | None:
    """When `limit` is reached, by the trend since the base where it is recent, else by the window.

    None where neither shows growth beyond noise (`noise` bytes, or a part of the heap), where the window takes back
    what the trend gave, and where it is too far away.
    """
    noise = max(noise, NOISE_SHARE * now.heap_alloc)
    if trend is not None and trend.seconds > LONGEST_TREND_S:
        trend = None
    chosen = trend or recent
    if chosen is None or chosen.gained < noise or (recent is not None and recent.gained <= -noise):
        return None
    rate = chosen.gained / chosen.seconds
    seconds = max(0.0, (limit - now.heap_alloc) / rate)
    peak = max(now.next_gc, now.heap_alloc) / max(now.heap_alloc, 1)
    peak_seconds = max(0.0, (limit / peak - now.heap_alloc) / rate)
    if seconds > FURTHEST_S:
        return None
    return MemoryForecast(limit, seconds, peak_seconds, chosen.seconds, chosen is trend)


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
