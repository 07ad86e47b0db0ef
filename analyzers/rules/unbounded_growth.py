"""A map that keeps growing: what its line allocates stays, in this window or since the capture before."""

from analyzers import remedies
from analyzers.case import Case, Suspect, company
from analyzers.estimate import REBUILT_RATIO
from analyzers.evidence import confidence, numbers
from analyzers.finding import Confidence, Evidence, Finding, Unit, Verdict
from analyzers.profile import NO_USAGE, Usage
from analyzers.sites import TABLE_KINDS


def find(case: Case) -> list[Finding]:
    """Lines whose tables, or whose keys and values, have grown and not been given back."""
    found = []
    for suspect in case.suspects:
        grown = _grown(case, suspect)
        if grown is None:
            continue
        gained, seconds, proven = grown
        level = confidence(case, suspect, *TABLE_KINDS)
        rate = Evidence("inuse_growth_rate", gained / seconds, Unit.BYTES_PER_SECOND)
        found.append(
            Finding(
                rule=Verdict.UNBOUNDED_GROWTH,
                # Eight seconds show that a map grows, not that it never stops.
                confidence=level if proven else Confidence.MEDIUM if level is Confidence.HIGH else level,
                site=suspect.site,
                culprit=suspect.culprit,
                map=suspect.map,
                evidence=(Evidence("inuse_growth", gained, Unit.BYTES), rate, *numbers(case, suspect)),
                remediation=remedies.for_unbounded(),
                # What keeps growing outweighs what stands still, however large that is.
                weight=1.0 + suspect.inuse_share,
            )
        )
    return found


def _grown(case: Case, suspect: Suspect) -> tuple[float, float, bool] | None:
    """Bytes gained, over how many seconds, and whether an earlier capture proves it; None where nothing grew."""
    if suspect.map is None or suspect.tables.inuse_space < case.thresholds.min_window_growth_bytes:
        return None
    near, far = company(case, suspect)
    window, change = case.window, suspect.change
    recent = _gain(case, change.recent.total() if change.recent else NO_USAGE, near)
    if change.trend is not None and window.age:
        gained = _gain(case, change.trend.total(), far)
        # Growth that stopped before this window is a map that was filled, not one without a bound.
        if gained and (recent or change.recent is None):
            return gained, window.age, True
    if recent and window.seconds:
        return recent, window.seconds, False
    return None


def _gain(case: Case, own: Usage, near: Usage) -> float | None:
    """Bytes that came and stayed: at the map's line, and with it in its function."""
    gained = own.inuse_space
    allocated = own.alloc_space
    if near.inuse_space > 0:
        gained += near.inuse_space
        allocated += near.alloc_space
    stays = gained * REBUILT_RATIO >= allocated
    return gained if gained >= case.thresholds.min_window_growth_bytes and stays else None
