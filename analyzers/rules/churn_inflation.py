"""A map whose population is constant and whose tables have doubled all the same: inserts and deletes did it.

Swiss tables split when deleted slots fill them up (golang/go#70886; from Go 1.25 they are pruned first). Classic maps
lay themselves out anew at the same size instead.

Two things show it: tables for more entries than objects of any one line or size are alive, or a sized map of which
every table has split once, and none since, while its population was replaced.
"""

from analyzers.finding import Confidence, Evidence, Finding, Unit, Verdict
from analyzers.maps.estimate import MapEstimate
from analyzers.maps.slots import KEYS_WITH_OBJECTS
from analyzers.maps.tables import TABLE_ENTRIES, Entries
from analyzers.names.frames import Implementation
from analyzers.sites import GROWTH_KINDS, TABLE_KINDS
from analyzers.weighing import remedies
from analyzers.weighing.case import Case, Suspect, recent_of
from analyzers.weighing.evidence import confidence, numbers
from analyzers.weighing.population import Population, largest

# Every table split once: as many are alive as were split off, within what few samples leave open.
MOSTLY_ALIVE = 0.75


def find(case: Case) -> list[Finding]:
    """Lines with more tables than their population needs, while that population is replaced."""
    suspects = [suspect for suspect in case.suspects if _large(case, suspect)]
    if not suspects:
        return []
    population = largest((change.line for change in case.window.lines), case.period)
    if population.turnover < case.thresholds.min_turnover:
        return []
    found = []
    for suspect in suspects:
        room = _room_made(suspect, population)
        if room is None and not _beyond(suspect, population):
            continue
        found.append(
            Finding(
                rule=Verdict.CHURN_INFLATION,
                confidence=_sureness(case, suspect, proven=room is None),
                site=suspect.site,
                culprit=suspect.culprit,
                map=_halved(suspect.map),
                evidence=(
                    Evidence("population_most", population.most, Unit.COUNT),
                    Evidence("turnover", population.turnover, Unit.COUNT),
                    *((Evidence("room_made", room, Unit.COUNT),) if room is not None else ()),
                    *numbers(case, suspect),
                ),
                remediation=remedies.for_inflated(case, suspect, population.alive / room if room else None),
                weight=suspect.inuse_share,
            )
        )
    return found


def _large(case: Case, suspect: Suspect) -> bool:
    limits = case.thresholds
    return (
        suspect.map is not None
        and suspect.map.implementation is Implementation.SWISS
        and suspect.map.key_kind in KEYS_WITH_OBJECTS
        and suspect.growth.inuse_space >= limits.min_growth_bytes
        and suspect.inuse_share >= limits.min_retained_share
    )


def _beyond(suspect: Suspect, population: Population) -> bool:
    """Tables for more entries than there are objects for."""
    entries = suspect.map.entries if suspect.map else None
    return entries is not None and 0 < population.most < entries.low


def _room_made(suspect: Suspect, population: Population) -> float | None:
    """The entries a sized map was made for, where each of its tables has split once and none does now; else None."""
    recent = recent_of(suspect, *GROWTH_KINDS)
    if suspect.map is None or not suspect.map.hinted or recent is None or recent.alloc_space > 0:
        return None
    split = suspect.growth
    if split.inuse_objects < MOSTLY_ALIVE * split.alloc_objects:
        return None
    room = split.alloc_objects / 2 * TABLE_ENTRIES
    # A population that surely needs the tables has outgrown its hint, and that is all.
    return room if population.least <= room else None


def _halved(known: MapEstimate | None) -> MapEstimate | None:
    """The map with the entries that half its tables tell of."""
    if known is None or known.entries is None:
        return known
    low, estimate, high = known.entries
    return known._replace(entries=Entries(low // 2, estimate // 2, high))


def _sureness(case: Case, suspect: Suspect, *, proven: bool) -> Confidence:
    """Never high: the population is that of the most numerous objects, not of this map by proof."""
    level = confidence(case, suspect, *TABLE_KINDS)
    return level.at_most(Confidence.MEDIUM if proven else Confidence.LOW)
