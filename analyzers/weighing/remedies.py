"""From a finding and its conditions to ranked remedies. Knows what helps when, not how it is said.

Sources: the `make` documentation, sync.Map's documentation (its two cases), runtime.NewMap, golang/go#20135 (maps
do not shrink), and measurements; each remedy's template names its own.
"""

from analyzers.cpu import Band
from analyzers.finding import Remediation, Remedy
from analyzers.maps.estimate import SEVERAL, room
from analyzers.maps.hint import capacity_hint
from analyzers.names import owner
from analyzers.names.frames import Kind
from analyzers.sites import GROWTH_KINDS, TABLE_KINDS
from analyzers.weighing.case import WHOLE_KINDS, Case, Suspect
from analyzers.weighing.savings import hourly, hourly_garbage

# Swiss maps that only take part in churn double their tables in this release alone (golang/go#70886).
INFLATING_RELEASE = 24
# Measured with 131,072 slots: from Go 1.25 on tables stay at 61 % of their slots in use, and double at 69 % or more.
# Here as a part of the 7/8 of its slots that a table holds.
FULL_FOR_PRUNING = 0.65 * 8 / 7


def for_unsized(case: Case, suspect: Suspect) -> tuple[Remediation, ...]:
    """A map filled once without a size: give it one; the rest only under their own conditions."""
    if not sizable(suspect):
        return (*_decode(case, suspect), Remediation(Remedy.BOUND), Remediation(Remedy.EVICT))
    wasted = max(0.0, suspect.growth.alloc_space - suspect.growth.inuse_space)
    presize = Remediation(Remedy.PRESIZE, _hint(case, suspect), wasted, hourly_garbage(case, suspect, *GROWTH_KINDS))
    return (*_decode(case, suspect), presize, *_for_readers(suspect))


def for_rebuilt(case: Case, suspect: Suspect) -> tuple[Remediation, ...]:
    """A map made again and again: keep its tables, or at least make them at the right size."""
    reuse = Remediation(Remedy.REUSE, saves=suspect.tables.alloc_space, hourly=hourly(case, suspect, *TABLE_KINDS))
    # A map that is written as often as read would be copied for each write.
    swaps = suspect.band in (Band.UNKNOWN, Band.READ_DOMINATED)
    swap = (Remediation(Remedy.AVOID_HOT_UPDATE),) if swaps else ()
    if not suspect.growth.alloc_objects or not sizable(suspect):
        return (*_decode(case, suspect), reuse, *swap)
    # Half of what an unsized build allocates are tables it outgrows.
    half = suspect.growth.alloc_space / 2
    presize = Remediation(Remedy.PRESIZE, _hint(case, suspect), half, hourly(case, suspect, *GROWTH_KINDS, part=0.5))
    return (*_decode(case, suspect), presize, reuse, *swap)


def _for_readers(suspect: Suspect) -> tuple[Remediation, ...]:
    """What helps those who read a map that is filled once. Copying it for each write pays from some 20 reads on;
    sync.Map is for entries written once and read often, which only a CPU profile can rule out."""
    match suspect.band:
        case Band.READ_DOMINATED:
            return Remediation(Remedy.AVOID_HOT_UPDATE), Remediation(Remedy.SYNC_MAP)
        case Band.UNKNOWN:
            return (Remediation(Remedy.SYNC_MAP),)
    return ()


def for_copied(case: Case, suspect: Suspect) -> tuple[Remediation, ...]:
    """A map copied per update or per request: share it, or change it less often."""
    saved = suspect.whole.alloc_space
    return (Remediation(Remedy.AVOID_HOT_UPDATE, saves=saved, hourly=hourly(case, suspect, *WHOLE_KINDS)),)


def for_inflated(case: Case, suspect: Suspect, fill: float | None) -> tuple[Remediation, ...]:
    """Tables that doubled under inserts and deletes at a constant population, `fill` of the room they were made with.

    A newer release keeps such tables from doubling only where they were not nearly full.
    """
    recreate = Remediation(Remedy.RECREATE, saves=suspect.tables.inuse_space / 2)
    upgrade = Remediation(Remedy.UPGRADE)
    version = case.window.snapshot.go_version
    if not version.may_be(INFLATING_RELEASE):
        return (recreate,)
    cured = version.minor is not None and (fill or 1.0) < FULL_FOR_PRUNING
    return (upgrade, recreate) if cured else (recreate, upgrade)


def for_oversized(_case: Case, suspect: Suspect) -> tuple[Remediation, ...]:
    """Sized tables that nothing could fill."""
    return (Remediation(Remedy.RIGHT_SIZE, saves=suspect.change.line.ledger.total(Kind.PRESIZE).inuse_space),)


def sizable(suspect: Suspect) -> bool:
    """Whether the user may give this map a size: they make it, or hand it to a library, a decoder or package maps.
    A map inside sync.Map or another package of Go is out of reach."""
    inside = owner.is_standard(suspect.site.function) and owner.package_of(suspect.site.function) != "maps"
    return decodes(suspect) or not inside


def _decode(case: Case, suspect: Suspect) -> tuple[Remediation, ...]:
    if not decodes(suspect):
        return ()
    saved = suspect.tables.alloc_space
    return (Remediation(Remedy.TYPED_DECODE, saves=saved, hourly=hourly(case, suspect, *TABLE_KINDS)),)


def _hint(case: Case, suspect: Suspect) -> int | None:
    # A decoder may fill several maps at this line; which of them is as large as this, the profile does not say. And
    # where sizes were guessed from, sized tables look like growth.
    guessed = suspect.change.line.place in case.window.snapshot.guessed
    return None if guessed or decodes(suspect) else capacity_hint(suspect.map)


def for_unbounded(suspect: Suspect) -> tuple[Remediation, ...]:
    """A map that only grows: only fewer entries help. One that is hardly ever written is sync.Map's own case."""
    plain = suspect.map is not None  # a sync.Map's nodes go with their entries
    cache = (Remediation(Remedy.SYNC_MAP),) if plain and suspect.band is Band.READ_DOMINATED else ()
    again = (Remediation(Remedy.RECREATE),) if plain else ()
    return Remediation(Remedy.BOUND), Remediation(Remedy.EVICT), *again, *cache


def for_retained(case: Case, suspect: Suspect) -> tuple[Remediation, ...]:
    """A large map that just stands there. Several of one size are made by a constant: that is to be checked first."""
    recreate = Remediation(Remedy.RECREATE, saves=suspect.tables.inuse_space)
    rest = Remediation(Remedy.EVICT), Remediation(Remedy.NONE)
    if suspect.map is None or not suspect.map.hinted:
        return recreate, *rest
    right_size = Remediation(Remedy.RIGHT_SIZE, saves=suspect.tables.inuse_space)
    space = room(suspect.change.line, suspect.map, case.period)
    several = space is not None and space.maps >= SEVERAL
    return (right_size, recreate, *rest) if several else (recreate, right_size, *rest)


def for_small(case: Case, suspect: Suspect) -> tuple[Remediation, ...]:
    """Many maps of a few entries each."""
    first = Remedy.TYPED_DECODE if decodes(suspect) else Remedy.FLATTEN
    rest = (Remediation(Remedy.REUSE),) if suspect.tables.inuse_space < suspect.tables.alloc_space / 10 else ()
    saved = suspect.tables.inuse_space or suspect.tables.alloc_space
    return (Remediation(first, saves=saved, hourly=hourly(case, suspect, *TABLE_KINDS)), *rest)


def for_slices(case: Case, suspect: Suspect) -> tuple[Remediation, ...]:
    """Slices that grow by append."""
    wasted = max(0.0, suspect.slices.alloc_space - suspect.slices.inuse_space)
    return (Remediation(Remedy.PRESIZE_SLICE, saves=wasted, hourly=hourly_garbage(case, suspect, Kind.SLICE)),)


def decodes(suspect: Suspect) -> bool:
    """Whether a decoder fills this map: its type is what to change first."""
    package = owner.package_of(suspect.site.function)
    return package.startswith(("encoding/", "reflect"))
