"""A table that is built anew over and over, per request or per tick: unsized (growth frames) or sized (none)."""

from analyzers import remedies
from analyzers.case import WHOLE_KINDS, Case, Suspect, recent_of
from analyzers.estimate import REBUILT_RATIO
from analyzers.evidence import confidence, numbers
from analyzers.finding import Confidence, Finding, Verdict
from analyzers.profile import Usage
from analyzers.sites import GROWTH_KINDS


def find(case: Case) -> list[Finding]:
    """Lines that allocate far more tables than stay in use, and did so several times."""
    return [
        Finding(
            rule=Verdict.REBUILD_CHURN,
            confidence=_confidence(case, suspect),
            site=suspect.site,
            culprit=suspect.culprit,
            map=suspect.map,
            evidence=numbers(case, suspect),
            remediation=remedies.for_rebuilt(suspect),
            weight=suspect.share,
        )
        for suspect in case.suspects
        if _rebuilt(case, suspect)
    ]


def _rebuilt(case: Case, suspect: Suspect) -> bool:
    limits = case.thresholds
    tables = _tables(suspect)
    return (
        suspect.map is not None
        and suspect.largest_table > limits.max_small_table_bytes
        and tables.alloc_space >= limits.min_growth_bytes
        and suspect.share >= limits.min_alloc_share
        and tables.alloc_space > REBUILT_RATIO * tables.inuse_space
        and suspect.map.builds >= limits.min_builds
        and not _dropped_long_ago(suspect)
    )


def _dropped_long_ago(suspect: Suspect) -> bool:
    """Sized tables of which nothing is left and to which the window added nothing: perhaps one map, used once."""
    recent = recent_of(suspect, *WHOLE_KINDS)
    sized = not suspect.growth.alloc_objects
    return sized and not suspect.whole.inuse_objects and recent is not None and recent.alloc_space <= 0


def _tables(suspect: Suspect) -> Usage:
    return suspect.growth if suspect.growth.alloc_objects else suspect.whole


def _confidence(case: Case, suspect: Suspect) -> Confidence:
    """One step lower where the window saw no table made: the rebuilding may be over."""
    kinds = GROWTH_KINDS if suspect.growth.alloc_objects else WHOLE_KINDS
    level = confidence(case, suspect, *kinds)
    recent = recent_of(suspect, *kinds)
    return level.lowered() if recent is not None and recent.alloc_space <= 0 else level
