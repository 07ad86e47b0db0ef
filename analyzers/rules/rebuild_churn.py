"""A table that is built anew over and over, per request or per tick: unsized (growth frames) or sized (none)."""

from analyzers.finding import Finding, Verdict
from analyzers.weighing import remedies
from analyzers.weighing.case import Case
from analyzers.weighing.evidence import numbers
from analyzers.weighing.rebuilt import is_rebuilt, sureness


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
