"""What a remedy would have saved in the window, by the hour. Knows a case, not remedies.

A collection runs when so many bytes were allocated, so the share of the allocations that goes away is the share of
the collections that goes away (Go's GC guide: the total cost is proportional to their frequency).
"""

from analyzers.finding import Savings
from analyzers.gc import figures
from analyzers.names.frames import Kind
from analyzers.profile import Usage
from analyzers.weighing.case import Case, Suspect, recent_of

HOUR_S = 3600.0
MINUTES_IN_AN_HOUR = 60.0


def hourly(case: Case, suspect: Suspect, *kinds: Kind, part: float = 1.0) -> Savings | None:
    """`part` of what `kinds` allocated in the window; None without a window, or where it saw nothing of them."""
    recent = recent_of(suspect, *kinds)
    return _rate(case, part * recent.alloc_space) if recent else None


def hourly_garbage(case: Case, suspect: Suspect, *kinds: Kind) -> Savings | None:
    """What `kinds` allocated in the window and did not keep."""
    recent: Usage | None = recent_of(suspect, *kinds)
    return _rate(case, recent.alloc_space - max(0.0, recent.inuse_space)) if recent else None


def _rate(case: Case, space: float) -> Savings | None:
    window = case.window
    if space <= 0 or not window.seconds or window.earlier is None:
        return None
    cycles = None
    now, before = window.snapshot.memstats, window.earlier.memstats
    per_minute = figures(before, now, window.seconds).cycles_per_minute
    if now and before and per_minute is not None and now.total_alloc > before.total_alloc:
        share = min(1.0, space / (now.total_alloc - before.total_alloc))
        cycles = per_minute * MINUTES_IN_AN_HOUR * share
    return Savings(space / window.seconds * HOUR_S, cycles)
