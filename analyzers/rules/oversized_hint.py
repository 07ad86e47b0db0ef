"""Sized tables far larger than their entries could ever need: a hint taken from a constant, in every one of many maps.

Tables do not say how full they are. But an entry with a string or a pointer in it keeps an object alive, so all live
objects together bound the entries. Maps of plain numbers need none, so only slots are judged that are larger than two
numbers, and only where several maps stand at the line. Larger numbers (a point, a hash) and things that other maps hold
as well need none either: where nothing tells the keys, that is a suspicion, and no more.
"""

from analyzers.finding import Confidence, Evidence, Finding, Unit, Verdict
from analyzers.maps.estimate import SEVERAL, Room, room
from analyzers.maps.sizeclass import object_sizes
from analyzers.maps.slots import KEYS_WITH_OBJECTS
from analyzers.maps.tables import LOAD_FACTOR, bucket_bytes
from analyzers.names.frames import Implementation, Kind
from analyzers.weighing import remedies
from analyzers.weighing.case import Case, Suspect
from analyzers.weighing.evidence import confidence, numbers

# Go allots one bucket for every 16 in advance; beyond that it takes three quarters of the entries that a table holds
# to make one more for every hundred (`tables.overflow_per_bucket`).
OVERFLOWING = 0.01
# A string key and any value; two numbers take 16 bytes at most.
LEAST_SLOT_WITH_OBJECTS = 24


def find(case: Case) -> list[Finding]:
    """Lines whose sized tables have room for many times the objects that are alive."""
    found = []
    for suspect in case.suspects:
        space = _room(case, suspect)
        if space is None or not _too_large(case, space) or _overflows(case, suspect, space):
            continue
        level = confidence(case, suspect, Kind.PRESIZE)
        most = Confidence.MEDIUM if suspect.change.line.key_kind in KEYS_WITH_OBJECTS else Confidence.LOW
        found.append(
            Finding(
                rule=Verdict.OVERSIZED_HINT,
                confidence=level.at_most(most),
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


def _overflows(case: Case, suspect: Suspect, space: Room) -> bool:
    """Classic buckets that overflow, whoever's they are: those of a map that is a quarter full do not."""
    estimate = suspect.map
    if estimate is None or estimate.slot_bytes is None or estimate.implementation is not Implementation.CLASSIC:
        return False
    sizes = object_sizes(bucket_bytes(estimate.slot_bytes))
    overflows = (change.line.ledger.sizes(Kind.OVERFLOW) for change in case.window.lines)
    alive = sum(usage.inuse_objects for found in overflows for size, usage in found.items() if size in sizes)
    return alive * LOAD_FACTOR >= OVERFLOWING * space.entries


def _objects(case: Case) -> float:
    """All live objects: exact by MemStats, by the samples without."""
    stats = case.window.snapshot.memstats
    return float(stats.heap_objects) if stats else case.total.inuse_objects
