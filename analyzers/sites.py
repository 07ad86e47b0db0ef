"""Records to what each source line allocates, and for what. Knows one profile: not time, not services."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, TypeVar

from analyzers.names.frames import TRIE_ENTRY, Event, Implementation, Kind, classify
from analyzers.profile import NO_USAGE, HeapProfile, Site, Usage


class SiteUsage(NamedTuple):
    """Allocations of one size, for one purpose, at one line. `usage` is scaled."""

    site: Site
    culprit: Site
    event: Event
    object_size: int
    usage: Usage


class Place(NamedTuple):
    """What two captures are compared by: file and line of the site and of the culprit.

    Functions are left out: one closure has several names, depending on where it was inlined.
    """

    file: str
    line: int
    culprit_file: str
    culprit_line: int


Cell = tuple[Kind, int]
T = TypeVar("T")


class Ledger:
    """What one line's bytes are made of: usage by kind and object size."""

    def __init__(self, cells: Mapping[Cell, Usage] | None = None) -> None:
        self.cells: dict[Cell, Usage] = dict(cells or {})

    def add(self, kind: Kind, object_size: int, usage: Usage) -> None:
        """Books `usage`."""
        self.cells[kind, object_size] = self.cells.get((kind, object_size), NO_USAGE).plus(usage)

    def total(self, *kinds: Kind) -> Usage:
        """All usage, or that of `kinds` only."""
        alloc_objects = alloc_space = inuse_objects = inuse_space = 0.0
        for (kind, _), usage in self.cells.items():
            if not kinds or kind in kinds:
                alloc_objects += usage[0]
                alloc_space += usage[1]
                inuse_objects += usage[2]
                inuse_space += usage[3]
        return Usage(alloc_objects, alloc_space, inuse_objects, inuse_space)

    def only(self, *kinds: Kind) -> "Ledger":
        """The part that is of `kinds`."""
        return Ledger({cell: usage for cell, usage in self.cells.items() if cell[0] in kinds})

    def sizes(self, *kinds: Kind) -> dict[int, Usage]:
        """Object size -> usage of `kinds` together, ascending."""
        found: dict[int, Usage] = {}
        for (kind, size), usage in sorted(self.cells.items(), key=lambda cell: cell[0][1]):
            if kind in kinds:
                found[size] = found.get(size, NO_USAGE).plus(usage)
        return found

    def plus(self, other: "Ledger") -> "Ledger":
        """Both together."""
        both = Ledger(self.cells)
        for (kind, size), usage in other.cells.items():
            both.add(kind, size, usage)
        return both

    def minus(self, other: "Ledger") -> "Ledger":
        """What came since `other`, cell by cell."""
        cells = {
            cell: self.cells.get(cell, NO_USAGE).minus(other.cells.get(cell, NO_USAGE))
            for cell in {*self.cells, *other.cells}
        }
        return Ledger(cells)


class Line(NamedTuple):
    """One line of source and its ledger. `implementation` is None where it makes no map."""

    site: Site
    culprit: Site
    implementation: Implementation | None
    key_kind: str | None
    ledger: Ledger

    @property
    def place(self) -> Place:
        """The key of this line in comparisons."""
        return place_of(self.site, self.culprit)


GROWTH_KINDS = tuple(kind for kind in Kind if kind.is_growth)
TABLE_KINDS = tuple(kind for kind in Kind if kind.is_table)
HELD_KINDS = (*TABLE_KINDS, Kind.SYNC_MAP)  # what holds the entries of a map of either sort
TRIE_NODE = Event(Kind.SYNC_MAP)

LARGEST_INLINE = 128  # bytes of a key or value (runtime: maxKeySize, maxElemSize); larger ones stand beside the table
MANY_BUCKETS = 16
# A bucket of the smallest key and a pointer is 88 bytes for 8 entries.
LEAST_PER_ENTRY = 11


def place_of(site: Site, culprit: Site) -> Place:
    """The key of a line in comparisons."""
    return Place(site.filename, site.line, culprit.filename, culprit.line)


def usage_of(profile: HeapProfile) -> tuple[SiteUsage, ...]:
    """The profile's records merged by line, purpose and size; the order does not matter and is stable."""
    merged: dict[tuple[Place, Event, int], SiteUsage] = {}
    for record in profile.records:
        event = TRIE_NODE if record.site.function.startswith(TRIE_ENTRY) else classify(record.frames)
        key = (place_of(record.site, record.culprit), event, record.object_size)
        known = merged.get(key)
        if known is None:
            merged[key] = SiteUsage(record.site, record.culprit, event, record.object_size, record.usage)
        else:
            # The smallest name wins, so that the merge does not depend on the order of records.
            merged[key] = SiteUsage(
                min(known.site, record.site),
                min(known.culprit, record.culprit),
                event,
                record.object_size,
                known.usage.plus(record.usage),
            )
    return tuple(merged[key] for key in sorted(merged, key=_order))


def lines_of(usage: Iterable[SiteUsage]) -> Iterator[Line]:
    """One ledger a line. The line's map is the family and key variant with most of its table bytes."""
    ledgers: dict[Place, Ledger] = {}
    names: dict[Place, tuple[Site, Site]] = {}
    families: dict[Place, dict[Implementation, float]] = {}
    keys: dict[Place, dict[str, float]] = {}
    for item in usage:
        place = place_of(item.site, item.culprit)
        names.setdefault(place, (item.site, item.culprit))
        ledgers.setdefault(place, Ledger()).add(item.event.kind, item.object_size, item.usage)
        weight = item.usage.alloc_space
        if item.event.implementation:
            _count(families.setdefault(place, {}), item.event.implementation, weight)
        if item.event.key_kind:
            _count(keys.setdefault(place, {}), item.event.key_kind, weight)
    for place, ledger in ledgers.items():
        site, culprit = names[place]
        family, key_kind = _heaviest(families.get(place)), _heaviest(keys.get(place))
        if family is Implementation.CLASSIC and key_kind == "generic":
            ledger = entries_apart(ledger)
        yield Line(site, culprit, family, key_kind, ledger)


def entries_apart(ledger: Ledger) -> Ledger:
    """Keys and values over 128 bytes booked as entries: a classic map makes them under a first bucket's frames.

    Taken for entries where the line has a table of many buckets, and room in it for all of them. Small maps, which
    have a first bucket each, have no such table.
    """
    tables = ledger.sizes(*GROWTH_KINDS, Kind.PRESIZE, Kind.CLONE)
    apart = Ledger()
    for (kind, size), usage in ledger.cells.items():
        room = sum(table.inuse_space for each, table in tables.items() if each > MANY_BUCKETS * size) / LEAST_PER_ENTRY
        entry = kind is Kind.FIRST and size > LARGEST_INLINE and max(tables, default=0) > MANY_BUCKETS * size
        apart.add(Kind.ENTRY if entry and usage.inuse_objects <= room else kind, size, usage)
    return apart


def _count(weights: dict[T, float], key: T, weight: float) -> None:
    weights[key] = weights.get(key, 0.0) + weight


def _heaviest(weights: dict[T, float] | None) -> T | None:
    return max(weights, key=lambda key: weights[key]) if weights else None


def _order(key: tuple[Place, Event, int]) -> tuple[Place, str, str, str, int]:
    place, event, size = key
    return place, event.kind, event.implementation or "", event.key_kind or "", size
