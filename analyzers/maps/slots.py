"""How many bytes a key and its value take, found from the sizes of tables that were seen. Knows no profile."""

from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from analyzers.maps import tables

# Key bytes by variant of runtime.mapassign, and value sizes by how common they are.
KEY_BYTES = {"fast32": 4, "fast32ptr": 4, "fast64": 8, "fast64ptr": 8, "faststr": 16}
# Variants whose keys keep an object alive for each entry: string data, or what the pointer points to.
KEYS_WITH_OBJECTS = ("faststr", "fast64ptr", "fast32ptr")
VALUE_BYTES = tuple(
    int(size) for size in "8 16 24 0 1 4 2 32 40 48 56 64 72 80 88 96 104 112 120 128 12 20 28 36 44 3 5".split()
)
LARGEST_SLOT = 256


@lru_cache(maxsize=32)
def slot_candidates(key_kind: str | None, *, padded: bool) -> tuple[int, ...]:
    """Slot sizes in the order in which they should be believed, each once.

    `padded` is for Swiss slots, which are Go structs {key; value}: rounded up to the alignment, and a value of
    no size still takes some. A classic slot is key plus value to the byte.
    """
    keys = (KEY_BYTES[key_kind],) if key_kind in KEY_BYTES else (16, 8, 24, 32, 40, 48, 4, 64, 12, 20, 1, 2)
    common = (_padded_slot(key, value) if padded else key + value for key in keys for value in VALUE_BYTES)
    step = 4 if padded else 1
    return tuple(dict.fromkeys((*common, *range(step, LARGEST_SLOT + 1, step))))


def _padded_slot(key: int, value: int) -> int:
    def alignment(size: int) -> int:
        return next(a for a in (8, 4, 2, 1) if size % a == 0) if size else 1

    align = max(alignment(key), alignment(value))
    offset = -(-key // alignment(value)) * alignment(value)
    return -(-(offset + max(value, 1)) // align) * align


class Fit(NamedTuple):
    """A slot size that explains the sizes seen. `share` of their bytes lie on its ladder; `rivals` explain as much."""

    slot_bytes: int
    share: float
    rivals: int


def fit_classic(sizes: Mapping[int, float], key_kind: str | None) -> Fit | None:
    """The slot whose ladder of doubling arrays explains most of `sizes` (object size -> bytes allocated)."""
    return _fit(sizes, ((slot, tables.classic_ladder(slot)) for slot in slot_candidates(key_kind, padded=False)))


def fit_swiss(sizes: Mapping[int, float], key_kind: str | None, full: Collection[int] = frozenset()) -> Fit | None:
    """The slot whose tables of 16 to 1024 slots explain most of `sizes`; those in `full` are of 1024 slots."""
    ladders = ((slot, tables.swiss_ladder(slot)) for slot in slot_candidates(key_kind, padded=True))
    return _fit(sizes, ((slot, _without_smaller(ladder, full) if full else ladder) for slot, ladder in ladders))


def _without_smaller(ladder: Mapping[int, int], full: Collection[int]) -> Mapping[int, int]:
    return {size: slots for size, slots in ladder.items() if slots == tables.TABLE_SLOTS or size not in full}


def _fit(sizes: Mapping[int, float], ladders: Iterator[tuple[int, Mapping[int, int]]]) -> Fit | None:
    total = sum(sizes.values())
    if total <= 0:
        return None
    best: Fit | None = None
    for slot, ladder in ladders:
        share = sum(space for size, space in sizes.items() if size in ladder) / total
        if best is None or share > best.share + 1e-9:
            best = Fit(slot, share, 0)
        elif share > best.share - 1e-9:
            best = best._replace(rivals=best.rivals + 1)
    return best if best and best.share > 0 else None
