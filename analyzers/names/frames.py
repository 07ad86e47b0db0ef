"""What a run of runtime frames means: growth, presize, clone, overflow, a slice, a plain value.

Tables of names per map family, data rather than branches. Knows names only; sizes are `tables.py`.
Source of every row: frames read from heap profiles of Go 1.19 to 1.27.
"""

from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

SWISS_MAPS = "internal/runtime/maps."


class Implementation(StrEnum):
    """The two families of Go's maps: buckets up to 1.23 (or noswissmap), groups and tables from 1.24."""

    CLASSIC = "classic"
    SWISS = "swiss"


class Kind(StrEnum):
    """What an allocation is for."""

    GROWTH = "growth"  # a bigger table for entries that no longer fit
    SPLIT = "split"  # Swiss: one full table becomes two
    PRESIZE = "presize"  # make(map, hint)
    CLONE = "clone"  # maps.Clone
    FIRST = "first"  # the first bucket or group of a map without a hint
    OVERFLOW = "overflow"  # classic overflow buckets, and the list of them
    DIRECTORY = "directory"  # Swiss: pointers to tables
    HEADER = "header"  # the map header, or a table's
    ENTRY = "entry"  # a key or value over 128 bytes, stored beside the table
    SYNC_MAP = "sync_map"  # an entry of sync.Map's hash trie
    SLICE = "slice"  # append had to grow
    CHANNEL = "channel"
    VALUE = "value"  # anything else

    @property
    def is_growth(self) -> bool:
        """Memory a right hint would have saved."""
        return self in (Kind.GROWTH, Kind.SPLIT)

    @property
    def is_table(self) -> bool:
        """The tables themselves, however they came about."""
        return self in (Kind.GROWTH, Kind.SPLIT, Kind.PRESIZE, Kind.CLONE, Kind.FIRST, Kind.OVERFLOW)


class Event(NamedTuple):
    """One allocation explained. `key_kind` is the suffix of runtime.mapassign, None where none is in the frames."""

    kind: Kind
    implementation: Implementation | None = None
    key_kind: str | None = None


VALUE = Event(Kind.VALUE)

# Frames that allocate on behalf of the next one; which of them are there varies with the release.
_HELPERS = (
    "runtime.mallocgc",
    "runtime.newarray",
    "runtime.newobject",
    "runtime.makeslice",  # a Swiss directory is one, below NewMap and growToTable
    "runtime.raw",
    "runtime.convT",
    SWISS_MAPS + "newarray",
    SWISS_MAPS + "newobject",
)

_SWISS = Implementation.SWISS
_CLASSIC = Implementation.CLASSIC

# The first frame that is no helper, then the first row of its list with a frame above. Order matters: clones
# may go through makemap although nobody gave a hint.
_DECISIVE: dict[str, tuple[Implementation, tuple[tuple[str, Kind], ...]]] = {
    SWISS_MAPS + "newGroups": (
        _SWISS,
        (
            (SWISS_MAPS + "(*Map).growToSmall", Kind.FIRST),
            (SWISS_MAPS + "(*Map).growToTable", Kind.GROWTH),
            (SWISS_MAPS + "(*table).grow", Kind.GROWTH),
            (SWISS_MAPS + "(*table).split", Kind.SPLIT),
            (SWISS_MAPS + "(*table).clone", Kind.CLONE),
            (SWISS_MAPS + "(*Map).Clone", Kind.CLONE),
            ("runtime.mapclone", Kind.CLONE),  # up to Go 1.24 maps.Clone makes a map with a hint and fills it
            (SWISS_MAPS + "NewMap", Kind.PRESIZE),
            ("runtime.makemap", Kind.PRESIZE),
        ),
    ),
    "runtime.makeBucketArray": (
        _CLASSIC,
        (
            ("runtime.hashGrow", Kind.GROWTH),
            ("runtime.mapclone", Kind.CLONE),
            ("runtime.makemap", Kind.PRESIZE),
        ),
    ),
}

_DIRECT: tuple[tuple[str, Implementation | None, Kind], ...] = (
    ("runtime.(*hmap).newoverflow", _CLASSIC, Kind.OVERFLOW),
    ("runtime.(*hmap).createOverflow", _CLASSIC, Kind.OVERFLOW),
    (SWISS_MAPS + "(*Map).installTableSplit", _SWISS, Kind.DIRECTORY),
    (SWISS_MAPS + "(*Map).growToTable", _SWISS, Kind.DIRECTORY),
    (SWISS_MAPS + "NewMap", _SWISS, Kind.DIRECTORY),
    (SWISS_MAPS + "NewEmptyMap", _SWISS, Kind.HEADER),
    (SWISS_MAPS + "newTable", _SWISS, Kind.HEADER),
    (SWISS_MAPS + "(*table).clone", _SWISS, Kind.HEADER),
    (SWISS_MAPS + "(*Map).Clone", _SWISS, Kind.HEADER),
    (SWISS_MAPS + "(*Map).putSlotSmall", _SWISS, Kind.ENTRY),
    (SWISS_MAPS + "(*table).uncheckedPutSlot", _SWISS, Kind.ENTRY),
    ("runtime.makemap", None, Kind.HEADER),
    ("runtime.mapclone", None, Kind.HEADER),
    ("runtime.growslice", None, Kind.SLICE),
    ("runtime.makechan", None, Kind.CHANNEL),
)

# sync.Map from Go 1.24 on, a hash trie: one such node holds each entry. It is no runtime frame, so it is the site.
TRIE_ENTRY = "internal/sync.newEntryNode"

_ASSIGN = "runtime.mapassign"


@lru_cache(maxsize=65536)
def classify(frames: tuple[str, ...]) -> Event:
    """What the allocation under these hidden frames (leaf first) is for.

    The first frame that is no allocation helper decides; the stack is not searched, because garbage collection
    started inside an allocation has map frames further up.
    """
    index = 0
    while index < len(frames) and frames[index].startswith(_HELPERS):
        index += 1
    if index == len(frames):
        return VALUE
    decisive, above = frames[index], frames[index + 1 :]
    if decisive in _DECISIVE:
        implementation, deciders = _DECISIVE[decisive]
        return Event(_first_kind(above, deciders), implementation, key_kind(above))
    if decisive.startswith(_ASSIGN):
        return _assignment(decisive, frames[:index])
    for prefix, direct, kind in _DIRECT:
        if decisive.startswith(prefix):
            return Event(kind, direct, key_kind(above))
    return VALUE


def key_kind(frames: Sequence[str]) -> str | None:
    """`faststr`, `fast64`, `fast32`, `fast64ptr`, `fast32ptr`, or `generic` for plain runtime.mapassign."""
    for name in frames:
        if name.startswith(_ASSIGN):
            return name[len(_ASSIGN) :].lstrip("_") or "generic"
    return None


def _assignment(name: str, helpers: Sequence[str]) -> Event:
    """runtime.mapassign* itself allocates: a classic map's first bucket, or a Swiss entry over 128 bytes.

    A classic entry over 128 bytes has the same frames as a first bucket; `sites.py` tells them apart.
    """
    keys = name[len(_ASSIGN) :].lstrip("_") or "generic"
    if any(helper.startswith(SWISS_MAPS) for helper in helpers):
        return Event(Kind.ENTRY, Implementation.SWISS, keys)
    return Event(Kind.FIRST, Implementation.CLASSIC, keys)


def _first_kind(frames: Sequence[str], deciders: Sequence[tuple[str, Kind]]) -> Kind:
    for prefix, kind in deciders:
        if any(name.startswith(prefix) for name in frames):
            return kind
    return Kind.VALUE
