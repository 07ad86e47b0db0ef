"""A line's tables by size, from small to large: each doubling or split that it went through. Knows one line."""

from analyzers.finding import Rung
from analyzers.maps import tables
from analyzers.maps.estimate import MapEstimate
from analyzers.names.frames import Implementation, Kind
from analyzers.sites import GROWTH_KINDS, Line

# What makes a table as a whole; overflow buckets and headers belong to one.
RUNG_KINDS = (*GROWTH_KINDS, Kind.PRESIZE, Kind.CLONE, Kind.FIRST)


def ladder(line: Line, known: MapEstimate | None) -> tuple[Rung, ...]:
    """The rungs of `line`, smallest first; `known` is what its map was found to be."""
    slots = _slots(known)
    return tuple(
        Rung(size, slots.get(size), usage.alloc_objects, usage.alloc_space, usage.inuse_space)
        for size, usage in line.ledger.sizes(*RUNG_KINDS).items()
        if usage.alloc_objects
    )


def _slots(known: MapEstimate | None) -> dict[int, int]:
    """Object size -> slots of one table of it."""
    if known is None or known.slot_bytes is None:
        return {}
    if known.implementation is Implementation.SWISS:
        return dict(tables.swiss_ladder(known.slot_bytes))
    return {size: tables.SLOTS_PER_BUCKET << b for size, b in tables.classic_ladder(known.slot_bytes).items()}
