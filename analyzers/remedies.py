"""From a finding and its conditions to ranked remedies. Knows what helps when, not how it is said.

Sources: the `make` documentation, sync.Map's documentation (its two cases), runtime.NewMap, golang/go#20135 (maps
do not shrink), and measurements; each remedy's template names its own.
"""

import math

from analyzers import owner, tables
from analyzers.case import Suspect
from analyzers.estimate import MapEstimate
from analyzers.finding import Remediation, Remedy
from analyzers.frames import Implementation

# A hint from a range wider than this would be invented, not measured.
WIDEST_RANGE = 5.0


def for_unsized(suspect: Suspect) -> tuple[Remediation, ...]:
    """A map filled once without a size: give it one; the rest only under their own conditions."""
    if not sizable(suspect):
        return (*_decode(suspect), Remediation(Remedy.BOUND), Remediation(Remedy.EVICT))
    wasted = max(0.0, suspect.growth.alloc_space - suspect.growth.inuse_space)
    return (
        *_decode(suspect),
        Remediation(Remedy.PRESIZE, _hint(suspect), wasted),
        Remediation(Remedy.AVOID_HOT_UPDATE),
        Remediation(Remedy.SYNC_MAP),
    )


def for_rebuilt(suspect: Suspect) -> tuple[Remediation, ...]:
    """A map made again and again: keep its tables, or at least make them at the right size."""
    reuse = Remediation(Remedy.REUSE, saves=suspect.tables.alloc_space)
    if not suspect.growth.alloc_objects or not sizable(suspect):
        return (*_decode(suspect), reuse, Remediation(Remedy.AVOID_HOT_UPDATE))
    # Half of what an unsized build allocates are tables it outgrows.
    presize = Remediation(Remedy.PRESIZE, _hint(suspect), suspect.growth.alloc_space / 2)
    return (*_decode(suspect), presize, reuse, Remediation(Remedy.AVOID_HOT_UPDATE))


def sizable(suspect: Suspect) -> bool:
    """Whether the user can give this map a size: they make it, or hand it to a decoder or to package maps. A map
    inside sync.Map or another library is out of reach."""
    return suspect.site == suspect.culprit or decodes(suspect) or owner.package_of(suspect.site.function) == "maps"


def _decode(suspect: Suspect) -> tuple[Remediation, ...]:
    return (Remediation(Remedy.TYPED_DECODE, saves=suspect.tables.alloc_space),) if decodes(suspect) else ()


def _hint(suspect: Suspect) -> int | None:
    # A decoder may fill several maps at this line; which of them is as large as this, the profile does not say.
    return None if decodes(suspect) else capacity_hint(suspect.map)


def for_unbounded() -> tuple[Remediation, ...]:
    """A map that only grows: only fewer entries help."""
    return Remediation(Remedy.BOUND), Remediation(Remedy.EVICT), Remediation(Remedy.RECREATE)


def for_retained(suspect: Suspect) -> tuple[Remediation, ...]:
    """A large map that just stands there."""
    return (
        Remediation(Remedy.RECREATE, saves=suspect.tables.inuse_space),
        Remediation(Remedy.EVICT),
        Remediation(Remedy.NONE),
    )


def for_small(suspect: Suspect) -> tuple[Remediation, ...]:
    """Many maps of a few entries each."""
    first = Remedy.TYPED_DECODE if decodes(suspect) else Remedy.FLATTEN
    rest = (Remediation(Remedy.REUSE),) if suspect.tables.inuse_space < suspect.tables.alloc_space / 10 else ()
    return (Remediation(first, saves=suspect.tables.inuse_space or suspect.tables.alloc_space), *rest)


def for_slices(suspect: Suspect) -> tuple[Remediation, ...]:
    """Slices that grow by append."""
    wasted = max(0.0, suspect.slices.alloc_space - suspect.slices.inuse_space)
    return (Remediation(Remedy.PRESIZE_SLICE, saves=wasted),)


def capacity_hint(estimate: MapEstimate | None) -> int | None:
    """A size that gives the table the map has today; where a Swiss map is between two powers of two of tables, the
    next one. Never invented: None where the range is too wide or another slot size would fit as well."""
    if estimate is None or estimate.entries is None or not estimate.clear:
        return None
    low, _, high = estimate.entries
    if high > WIDEST_RANGE * low:
        return None
    if estimate.implementation is Implementation.SWISS and high > tables.TABLE_ENTRIES:
        return _swiss_hint(low, high)
    return high


def _swiss_hint(low: int, high: int) -> int | None:
    """A hint makes a power of two of tables, so one entry too many would double them. Where two powers are possible
    the range is too wide; where none is, the map is between two of them and the next one up holds it."""
    least, most = (low - 1) / (tables.TABLE_ENTRIES / 2), high / tables.TABLE_ENTRIES
    powers = [count for count in (1 << n for n in range(31)) if least <= count <= most]
    if len(powers) > 1:
        return None
    return tables.TABLE_ENTRIES * (powers[0] if powers else 1 << math.ceil(math.log2(most)))


def decodes(suspect: Suspect) -> bool:
    """Whether a decoder fills this map: its type is what to change first."""
    package = owner.package_of(suspect.site.function)
    return package.startswith(("encoding/", "reflect"))
