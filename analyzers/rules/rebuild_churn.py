"""A table that is built anew over and over, per request or per tick: unsized (growth frames) or sized (none)."""

from analyzers import remedies
from analyzers.case import Case
from analyzers.evidence import numbers
from analyzers.finding import Finding, Verdict
from analyzers.rebuilt import is_rebuilt, sureness


def find(case: Case) -> list[Finding]:
    """Lines that allocate far more tables than stay in use, and did so several times."""
    return [
        Finding(
            rule=Verdict.REBUILD_CHURN,
            confidence=sureness(case, suspect),
            site=suspect.site,
            culprit=suspect.culprit,
            map=suspect.map,
            evidence=numbers(case, suspect),
            remediation=remedies.for_rebuilt(case, suspect),
            weight=suspect.share,
        )
        for suspect in case.suspects
        if is_rebuilt(case, suspect)
    ]
