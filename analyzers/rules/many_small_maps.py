"""Very many maps of a few entries each: every one pays for a header and at least one bucket or group."""

from analyzers.finding import Evidence, Finding, Unit, Verdict
from analyzers.names.frames import Kind
from analyzers.sites import TABLE_KINDS
from analyzers.weighing import remedies
from analyzers.weighing.case import Case, Suspect
from analyzers.weighing.evidence import confidence, numbers

# Each live map has one of these: its only bucket, group or table.
ONE_A_MAP = tuple(kind for kind in TABLE_KINDS if kind is not Kind.OVERFLOW)


def find(case: Case) -> list[Finding]:
    """Lines with many small maps in use, or with so many made that they dominate the allocations."""
    found = []
    for suspect in case.suspects:
        maps = suspect.change.line.ledger.total(*ONE_A_MAP)
        if not _many(case, suspect, maps.inuse_objects, maps.alloc_objects):
            continue
        found.append(
            Finding(
                rule=Verdict.MANY_SMALL_MAPS,
                confidence=confidence(case, suspect, *TABLE_KINDS),
                site=suspect.site,
                culprit=suspect.culprit,
                map=suspect.map,
                evidence=(
                    Evidence("maps_inuse", maps.inuse_objects, Unit.COUNT),
                    Evidence("maps_alloc", maps.alloc_objects, Unit.COUNT),
                    *numbers(case, suspect),
                ),
                remediation=remedies.for_small(case, suspect),
                weight=max(suspect.inuse_share, suspect.share / 2),
            )
        )
    return found


def _many(case: Case, suspect: Suspect, alive: float, made: float) -> bool:
    limits = case.thresholds
    if not 0 < suspect.largest_table <= limits.max_small_table_bytes or made < limits.min_small_maps:
        return False
    retained = (
        alive >= limits.min_small_maps
        and suspect.tables.inuse_space >= limits.min_retained_bytes
        and suspect.inuse_share >= limits.min_retained_share
    )
    churned = suspect.tables.alloc_space >= limits.min_growth_bytes and suspect.share >= 2 * limits.min_alloc_share
    return retained or churned
