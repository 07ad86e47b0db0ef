"""A map whose population is constant and whose tables have doubled all the same: inserts and deletes did it.

Swiss tables split when deleted slots fill them up (golang/go#70886; from Go 1.25 they are pruned first). Classic maps
lay themselves out anew at the same size instead.
"""

from analyzers import remedies
from analyzers.case import Case, Suspect
from analyzers.evidence import confidence, numbers
from analyzers.finding import Confidence, Evidence, Finding, Unit, Verdict
from analyzers.frames import Implementation
from analyzers.population import Population, largest
from analyzers.sites import TABLE_KINDS
from analyzers.slots import KEYS_WITH_OBJECTS


def find(case: Case) -> list[Finding]:
    """Lines with more tables than any population of live objects fills, while that population is replaced."""
    suspects = [suspect for suspect in case.suspects if _large(case, suspect)]
    if not suspects:
        return []
    population = largest((change.line for change in case.window.lines), case.period)
    return [
        Finding(
            rule=Verdict.CHURN_INFLATION,
            confidence=_sureness(case, suspect),
            site=suspect.site,
            culprit=suspect.culprit,
            map=suspect.map,
            evidence=(
                Evidence("population_most", population.most, Unit.COUNT),
                Evidence("turnover", population.turnover, Unit.COUNT),
                *numbers(case, suspect),
            ),
            remediation=remedies.for_inflated(case, suspect),
            weight=suspect.inuse_share,
        )
        for suspect in suspects
        if _inflated(case, suspect, population)
    ]


def _large(case: Case, suspect: Suspect) -> bool:
    limits = case.thresholds
    return (
        suspect.map is not None
        and suspect.map.implementation is Implementation.SWISS
        and suspect.map.key_kind in KEYS_WITH_OBJECTS
        and suspect.growth.alloc_space > 0
        and suspect.tables.inuse_space >= limits.min_retained_bytes
        and suspect.inuse_share >= limits.min_retained_share
    )


def _inflated(case: Case, suspect: Suspect, population: Population) -> bool:
    entries = suspect.map.entries if suspect.map else None
    return (
        entries is not None
        and population.turnover >= case.thresholds.min_turnover
        and (0 < population.most < entries.low)
    )


def _sureness(case: Case, suspect: Suspect) -> Confidence:
    """Never high: the population is that of the most numerous objects, not of this map by proof."""
    level = confidence(case, suspect, *TABLE_KINDS)
    return Confidence.MEDIUM if level is Confidence.HIGH else level
