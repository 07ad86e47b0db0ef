"""A map that keeps growing: what its line allocates stays, in this window or since the capture before."""

from analyzers.finding import Confidence, Evidence, Finding, Unit, Verdict
from analyzers.maps.estimate import REBUILT_RATIO
from analyzers.names.frames import Kind
from analyzers.sites import HELD_KINDS, Ledger
from analyzers.snapshot import Snapshot
from analyzers.weighing import remedies
from analyzers.weighing.case import Case, Suspect, company
from analyzers.weighing.evidence import confidence, numbers
from analyzers.weighing.outlook import outlook

# One growing map keeps half of what it allocates; a rebuilt one next to nothing.
MOSTLY_KEPT = 0.25
# A gain of fewer standard errors than this is chance in one window of two hundred.
SURELY = 2.6
# At least this part of what a line seems to have gained must show in the live heap.
LIVE_PART = 0.3


def find(case: Case) -> list[Finding]:
    """Lines whose tables, or whose keys and values, have grown and not been given back."""
    found = []
    for suspect in case.suspects:
        grown = _grown(case, suspect)
        if grown is None:
            continue
        gained, seconds, proven = grown
        level = confidence(case, suspect, *HELD_KINDS)
        rate = Evidence("inuse_growth_rate", gained / seconds, Unit.BYTES_PER_SECOND)
        found.append(
            Finding(
                rule=Verdict.UNBOUNDED_GROWTH,
                # Eight seconds show that a map grows, not that it never stops.
                confidence=level if proven else level.at_most(Confidence.MEDIUM),
                site=suspect.site,
                culprit=suspect.culprit,
                map=suspect.map,
                evidence=(
                    Evidence("inuse_growth", gained, Unit.BYTES),
                    Evidence("inuse_growth_time", seconds, Unit.SECONDS),
                    rate,
                    *_nodes(suspect),
                    *numbers(case, suspect),
                    *(outlook(case, suspect) if gained else ()),
                ),
                remediation=remedies.for_unbounded(suspect),
                # What keeps growing outweighs what stands still, however large that is.
                weight=1.0 + suspect.inuse_share,
            )
        )
    return found


def _nodes(suspect: Suspect) -> tuple[Evidence, ...]:
    """A sync.Map has no tables to tell its entries by: each entry is a node."""
    nodes = suspect.change.line.ledger.total(Kind.SYNC_MAP)
    return (Evidence("entries_inuse", nodes.inuse_objects, Unit.COUNT),) if nodes.inuse_objects else ()


def _grown(case: Case, suspect: Suspect) -> tuple[float, float, bool] | None:
    """Bytes gained, over how many seconds, and whether an earlier capture proves it; None where nothing grew."""
    if suspect.tables.inuse_space < case.thresholds.min_window_growth_bytes:
        return None
    window, change = case.window, suspect.change
    near, far = company(case, suspect)
    recent = _gain(case, change.recent, near, window.earlier)
    if change.trend is not None and window.age:
        gained = _gain(case, change.trend, far, window.base)
        if gained:
            # Between two doublings a window may see nothing at all: then only the next capture can tell.
            return gained, window.age, bool(recent) or _still(case)
    if recent and window.seconds:
        return recent, window.seconds, False
    if _paused(case, suspect):
        return 0.0, window.age or 1.0, False
    return None


def _paused(case: Case, suspect: Suspect) -> bool:
    """Whether a map that grew up to the base only waits for its next doubling: it has given nothing back since."""
    base, trend = case.window.base, suspect.change.trend
    if base is None or trend is None or suspect.change.line.place not in base.growing:
        return False
    live = _live_growth(case.window.snapshot, base)
    return trend.total(*HELD_KINDS).inuse_space >= 0 and (live is None or live >= 0)


def _still(case: Case) -> bool:
    """Whether growth seen since the base goes on: a live heap at rest in the window may be a map that was filled."""
    if case.window.earlier is None:
        return True
    live = _live_growth(case.window.snapshot, case.window.earlier)
    return live is None or live >= case.thresholds.min_window_growth_bytes


def _gain(case: Case, own: Ledger | None, near: Ledger, since: Snapshot | None) -> float | None:
    """Bytes that came and stayed since `since`: at the map's line, and with it in its function.

    Sampled figures of a cache at a steady size wander by some MiB, and a growing map may look rebuilt for want of
    samples; the live heap by MemStats is exact and decides both.
    """
    if own is None or since is None or own.total(*HELD_KINDS).inuse_space <= 0:
        return None
    moved = own.plus(near) if near.total().inuse_space > 0 else own
    gained, allocated = moved.total().inuse_space, moved.total().alloc_space
    live = _live_growth(case.window.snapshot, since)
    least = case.thresholds.min_window_growth_bytes
    error = 2 / max(1.0, case.samples(moved)) ** 0.5
    stays = gained >= max(least, SURELY * case.chance(moved)) and allocated <= gained * REBUILT_RATIO * (1 + error)
    if stays and (live is None or live >= gained * LIVE_PART):
        return gained
    kept = live is not None and live >= max(least, MOSTLY_KEPT * _allocated(case.window.snapshot, since))
    # What the whole heap gained must be mostly this line's: a leak elsewhere is not this map's growth.
    if kept and gained >= max(least, LIVE_PART * (live or 0.0)) and allocated <= 2 * gained * REBUILT_RATIO:
        return gained
    return None


def _live_growth(now: Snapshot, then: Snapshot) -> float | None:
    return now.memstats.heap_alloc - then.memstats.heap_alloc if now.memstats and then.memstats else None


def _allocated(now: Snapshot, then: Snapshot) -> float:
    return now.memstats.total_alloc - then.memstats.total_alloc if now.memstats and then.memstats else 0.0
