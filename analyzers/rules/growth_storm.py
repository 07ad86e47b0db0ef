"""A map filled without a size: it doubles again and again, and every outgrown table is garbage."""

from analyzers.finding import Confidence, Finding, Verdict
from analyzers.maps.estimate import REBUILT_RATIO
from analyzers.sites import GROWTH_KINDS
from analyzers.weighing import remedies
from analyzers.weighing.case import Case, Suspect
from analyzers.weighing.evidence import confidence, numbers


def find(case: Case) -> list[Finding]:
    """Lines whose growth makes a good part of all allocations, and whose tables mostly stay (built once)."""
    limits = case.thresholds
    return [
        Finding(
            rule=Verdict.GROWTH_STORM,
            confidence=_sureness(case, suspect),
            site=suspect.site,
            culprit=suspect.culprit,
            map=suspect.map,
            evidence=numbers(case, suspect),
            remediation=remedies.for_unsized(case, suspect),
            weight=suspect.share,
        )
        for suspect in case.suspects
        if suspect.map is not None
        and suspect.growth.alloc_space >= limits.min_growth_bytes
        and suspect.share >= limits.min_alloc_share
        and suspect.map.growths >= limits.min_growths
        and suspect.largest_table > limits.max_small_table_bytes
        and (
            suspect.growth.alloc_space <= REBUILT_RATIO * suspect.growth.inuse_space
            or suspect.map.builds < limits.min_builds
        )
    ]


def _sureness(case: Case, suspect: Suspect) -> Confidence:
    """One step lower with a single reading: a map that still grows looks just like this."""
    level = confidence(case, suspect, *GROWTH_KINDS)
    alone = suspect.change.recent is None and suspect.change.trend is None
    return level.lowered() if alone else level
