"""A large map copied again and again, per update or per request: by maps.Clone, or by a loop into a sized map.

A clone has frames of its own. A copying loop looks like any sized map that is rebuilt, unless the map it copies stands
at another line: tables of the same slot and size that stay. In Go most maps have slots of one size (a string and a
pointer), so the original must also be the same package's: a loop over a map is written where the map is.
"""

from analyzers.finding import Confidence, Finding, Verdict
from analyzers.maps.estimate import REBUILT_RATIO, MapEstimate
from analyzers.names import owner
from analyzers.names.frames import Kind
from analyzers.weighing import remedies
from analyzers.weighing.case import Case, Suspect
from analyzers.weighing.evidence import numbers
from analyzers.weighing.rebuilt import is_rebuilt, sureness

# Clones are the line's business when they are most of its tables.
MOSTLY = 0.5
# A copy's table is as large as the original's, or one size up where the size was rounded.
NEAR = 2.0


def find(case: Case) -> list[Finding]:
    """Lines whose copies make a good part of all allocations, and are soon dropped."""
    found = []
    for suspect in case.suspects:
        if not is_rebuilt(case, suspect):
            continue
        cloned = suspect.change.line.ledger.total(Kind.CLONE).alloc_space > MOSTLY * suspect.tables.alloc_space
        original = None if cloned else _original(case, suspect)
        if not cloned and original is None:
            continue
        level = sureness(case, suspect)
        found.append(
            Finding(
                rule=Verdict.CLONE_STORM,
                # That the loop copies just that map is likely, no more.
                confidence=level if cloned else level.at_most(Confidence.MEDIUM),
                site=suspect.site,
                culprit=suspect.culprit,
                map=_copied(suspect, original),
                evidence=numbers(case, suspect),
                remediation=remedies.for_copied(case, suspect),
                weight=suspect.share,
            )
        )
    return found


def _original(case: Case, copy: Suspect) -> Suspect | None:
    """A map that stays at another line and may be what a sized map is filled from."""
    if copy.map is None or copy.growth.alloc_objects:
        return None
    for other in case.suspects:
        stays = other.tables.alloc_space <= REBUILT_RATIO * other.tables.inuse_space
        if other is copy or other.map is None or not stays or _package(other) != _package(copy):
            continue
        if _alike(copy, copy.map, other, other.map):
            return other
    return None


def _package(suspect: Suspect) -> str:
    return owner.package_of(suspect.culprit.function)


def _copied(copy: Suspect, original: Suspect | None) -> MapEstimate | None:
    """What a copy holds, by its original where none is alive to be counted."""
    if original is None or copy.map is None or original.map is None or copy.map.entries is not None:
        return copy.map
    builds = copy.whole.alloc_space / original.tables.inuse_space
    return copy.map._replace(entries=original.map.entries, builds=max(1.0, builds))


def _alike(copy: Suspect, copied: MapEstimate, other: Suspect, original: MapEstimate) -> bool:
    """Slots of one size, and as many of them; where no copy is alive to be counted, many times the original's bytes."""
    if original.entries is None or copied.slot_bytes != original.slot_bytes:
        return False
    if copied.entries is None:
        return copy.whole.alloc_space > REBUILT_RATIO * other.tables.inuse_space
    return original.entries.high / NEAR <= copied.entries.high <= original.entries.high * NEAR
