"""How long the memory lasts: when a live heap that grows on as it did reaches a limit. Knows marks, no window.

Why a doubling is left out: the tables of a growing map come in steps. Of a span that saw one of them, or none, they
say when it came, not how often it does; only after two doublings is the rate that of the map.
"""

from typing import NamedTuple

from analyzers.profile import MemStats

# Requests under way make two readings of a steady heap differ by about this part of it.
NOISE_SHARE = 0.01
# A trend over more than an hour would dilute what began a few minutes ago.
LONGEST_TREND_S = 3600.0
# Nobody is woken for what is a week away, and no rate stays what it is for so long.
FURTHEST_S = 7 * 86400.0
STEP_SHARE = 0.5
# A window in which a trend would have gained so many times the noise, and which shows a tenth of it, is its end.
PLAIN, PAUSED_SHARE = 4.0, 0.1
TWO_DOUBLINGS = 4.0
# Where tables are most of the heap, a shorter span sees them stand still between two doublings, and too low a rate.
BRIEF_S = 60.0


class Mark(NamedTuple):
    """What one reading leaves behind for later ones: bytes alive and bytes of map tables in use, right after the
    collection that ended at `at_ns` (ns since 1970, the service's clock) if it was one of the `forced`."""

    at_ns: int
    forced: int
    alive: float
    tables: float

    def age(self, now: "Mark") -> float:
        """Seconds from this mark to `now`."""
        return (now.at_ns - self.at_ns) / 1e9


class Growth(NamedTuple):
    """What the live heap gained in `seconds`: bytes, negative where it fell. `stepwise` where tables, which may
    have doubled once or not just then, decide about it."""

    gained: float
    seconds: float
    stepwise: bool = False


class MemoryForecast(NamedTuple):
    """When a heap that grows on as in the last `over` seconds reaches `limit` bytes: in seconds, 0 where it is there.

    `seconds` is for the live heap alone. `peak_seconds` is for what the heap grows to between two collections (NextGC
    over HeapAlloc stays what GOGC makes it): from then on a container is killed, or a GOMEMLIMIT collects ever more
    often.
    """

    limit: int
    seconds: float
    peak_seconds: float
    over: float


def growth(then: Mark | None, now: Mark | None) -> Growth | None:
    """Growth between two readings of one process. None where no forced collection lies between them: HeapAlloc then
    holds garbage, up to as much again as is alive."""
    if then is None or now is None or now.forced <= then.forced or now.at_ns <= then.at_ns:
        return None
    gained, seconds = now.alive - then.alive, then.age(now)
    doubled = now.tables - then.tables > STEP_SHARE * gained
    between = seconds < BRIEF_S and now.tables > STEP_SHARE * now.alive
    return Growth(gained, seconds, (doubled or between) and now.tables < TWO_DOUBLINGS * then.tables)


def time_to_limit(
    now: MemStats, limit: int, recent: Growth | None, trend: Growth | None, noise: float
) -> MemoryForecast | None:
    """When `limit` is reached, by the trend since earlier captures where there is one, else by the window.

    None where that shows no growth beyond noise (`noise` bytes, or a part of the heap), or a step rather than a rate,
    where the window takes back what the trend gave or shows that it has stopped, and where it is too far away.
    """
    noise = max(noise, NOISE_SHARE * now.heap_alloc)
    chosen = trend or recent
    if chosen is None or chosen.stepwise or chosen.gained < noise or (recent is not None and recent.gained <= -noise):
        return None
    rate = chosen.gained / chosen.seconds
    if recent is not None and _has_paused(recent, rate, noise):
        return None
    seconds = max(0.0, (limit - now.heap_alloc) / rate)
    peak = max(now.next_gc, now.heap_alloc) / max(now.heap_alloc, 1)
    peak_seconds = max(0.0, (limit / peak - now.heap_alloc) / rate)
    return MemoryForecast(limit, seconds, peak_seconds, chosen.seconds) if seconds <= FURTHEST_S else None


def _has_paused(recent: Growth, rate: float, noise: float) -> bool:
    """Whether the window shows that a heap which grew by `rate` (bytes/s) does so no more. Between two doublings its
    tables stand still as well, so that a window of a heap that is mostly tables shows nothing."""
    expected = rate * recent.seconds
    return not recent.stepwise and expected >= PLAIN * noise and recent.gained < PAUSED_SHARE * expected
