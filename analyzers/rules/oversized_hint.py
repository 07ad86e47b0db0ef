"""Sized tables far larger than their entries could ever need: a hint taken from a constant, in every one of many maps.

Tables do not say how full they are. But an entry with a string or a pointer in it keeps an object alive, so all live
objects together bound the entries. Maps of plain numbers need none, so only slots are judged that are larger than two
numbers, and only where several maps stand at the line.
"""

from analyzers.finding import Confidence, Evidence, Finding, Unit, Verdict
from analyzers.maps.estimate import SEVERAL, Room, room
from analyzers.names.frames import Kind
from analyzers.weighing import remedies
from analyzers.weighing.case import Case, Suspect
from analyzers.weighing.evidence import confidence, numbers

# A string key and any value; two numbers take 16 bytes at most.
LEAST_SLOT_WITH_OBJECTS = 24


def find(case: Case) -> list[Finding]:
    """Lines whose sized tables have room for many times the objects that are alive."""
    found = []
    for suspect in case.suspects:
        space = _room(case, suspect)
        if space is None or not _too_large(case, space):
            continue
        level = confidence(case, suspect, Kind.PRESIZE)
        found.append(
            Finding(
                rule=Verdict.OVERSIZED_HINT,
                confidence=Confidence.MEDIUM if level is Confidence.HIGH else level,
                site=suspect.site,
                culprit=suspect.culprit,
                map=suspect.map,
                evidence=(
                    Evidence("room_entries", space.entries, Unit.COUNT),
                    Evidence("objects_alive", _objects(case), Unit.COUNT),
                    *numbers(case, suspect),
                ),
                remediation=remedies.for_oversized(case, suspect),
                weight=suspect.inuse_share,
            )
        )
    return found


def _room(case: Case, suspect: Suspect) -> Room | None:
    """What the tables hold; None where they are too few or too small to speak of, or of numbers only."""
    limits, estimate = case.thresholds, suspect.map
    sized = suspect.change.line.ledger.total(Kind.PRESIZE)
    if (
        estimate is None
        or (estimate.slot_bytes or 0) < LEAST_SLOT_WITH_OBJECTS
        or sized.inuse_space < limits.min_retained_bytes
        or sized.inuse_space < limits.min_retained_share * case.total.inuse_space
    ):
        return None
    return room(suspect.change.line, estimate, case.period)


def _too_large(case: Case, space: Room) -> bool:
    return space.maps >= SEVERAL and _objects(case) < case.thresholds.max_possible_fill * space.entries


def _objects(case: Case) -> float:
    """All live objects: exact by MemStats, by the samples without."""
    stats = case.window.snapshot.memstats
    return float(stats.heap_objects) if stats else case.total.inuse_objects
