"""The arithmetic of Go's maps: size classes, table ladders, slot bytes, entries, hints. Knows no profile.

Sources: runtime/map.go and internal/runtime/maps of Go 1.19 to 1.27, runtime/sizeclasses.go, runtime/msize.go.
All sizes are bytes, and "entries" is the most a map has held since it was made: deletes do not shrink it.
"""

import math
from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

SIZE_CLASSES = tuple(
    int(size)
    for size in (
        "8 16 24 32 48 64 80 96 112 128 144 160 176 192 208 224 240 256 288 320 352 384 416 448 480 512 576 640 "
        "704 768 896 1024 1152 1280 1408 1536 1792 2048 2304 2688 3072 3200 3456 4096 4864 5376 6144 6528 6784 "
        "6912 8192 9472 9728 10240 10880 12288 13568 14336 16384 18432 19072 20480 21760 24576 27264 28672 32768"
    ).split()
)
PAGE = 8192
MALLOC_HEADER = 8

SLOTS_PER_BUCKET = 8
LOAD_FACTOR = 6.5
LOAD_FACTOR_121 = 6.0  # golang/go#63438: the constant was rounded down in Go 1.21 only
MAX_B = 40

SLOTS_PER_GROUP = 8
TABLE_SLOTS = 1024  # internal/runtime/maps.maxTableCapacity
TABLE_ENTRIES = TABLE_SLOTS * 7 // 8
RUNGS_TO_FULL_TABLE = 7  # 8 -> 16 -> ... -> 1024
# 448 < entries <= 896 a table; tables split one by one around each doubling, the mean in between was measured.
MEAN_TABLE_ENTRIES = 597

# Key bytes by variant of runtime.mapassign, and value sizes by how common they are.
KEY_BYTES = {"fast32": 4, "fast32ptr": 4, "fast64": 8, "fast64ptr": 8, "faststr": 16}
VALUE_BYTES = (
    8,
    16,
    24,
    0,
    1,
    4,
    2,
    32,
    40,
    48,
    56,
    64,
    72,
    80,
    88,
    96,
    104,
    112,
    120,
    128,
    12,
    20,
    28,
    36,
    44,
    3,
    5,
)
LARGEST_SLOT = 256


class Entries(NamedTuple):
    """How many entries a map holds at most: the truth lies in low..high, `estimate` is the best single number."""

    low: int
    estimate: int
    high: int


def round_up(size: int) -> int:
    """What the allocator gives for `size` bytes: the next size class, above 32 KiB whole pages."""
    if size <= SIZE_CLASSES[-1]:
        return SIZE_CLASSES[bisect_left(SIZE_CLASSES, size)]
    return -(-size // PAGE) * PAGE


def object_sizes(size: int) -> tuple[int, ...]:
    """The object sizes under which `size` bytes may show up.

    From Go 1.22, objects with pointers over 512 B and up to 32760 B carry a header of 8 bytes more.
    """
    plain = round_up(size)
    if 512 < size <= SIZE_CLASSES[-1] - MALLOC_HEADER:
        headed = round_up(size + MALLOC_HEADER)
        return (plain, headed) if headed != plain else (plain,)
    return (plain,)


def bucket_bytes(slot_bytes: int) -> int:
    """A classic bucket: 8 tophash bytes, 8 keys, 8 values without padding, one overflow pointer."""
    return SLOTS_PER_BUCKET + SLOTS_PER_BUCKET * slot_bytes + 8


def classic_array_bytes(slot_bytes: int, b: int) -> int:
    """The array of 2^B buckets, from B = 4 on with one preallocated overflow bucket for every 16.

    runtime.makeBucketArray fills the size class with whole buckets before it allocates.
    """
    bucket = bucket_bytes(slot_bytes)
    count = 1 << b
    if b >= 4:
        count += 1 << (b - 4)
        count = max(count, round_up(bucket * count) // bucket)
    return bucket * count


def classic_capacity(b: int, load_factor: float = LOAD_FACTOR) -> int:
    """The most entries 2^B buckets hold before they double."""
    return SLOTS_PER_BUCKET if b == 0 else int(load_factor * (1 << b))


def classic_b(hint: int, load_factor: float = LOAD_FACTOR) -> int:
    """The B that make(map, hint) starts with."""
    b = 0
    while hint > classic_capacity(b, load_factor):
        b += 1
    return b


def swiss_table_bytes(slot_bytes: int, slots: int) -> int:
    """The groups of one table: 8 control bytes and 8 slots each."""
    return slots // SLOTS_PER_GROUP * (SLOTS_PER_GROUP + SLOTS_PER_GROUP * slot_bytes)


@lru_cache(maxsize=4096)
def classic_ladder(slot_bytes: int) -> Mapping[int, int]:
    """Object size -> B, for every array a classic map of this slot can have."""
    return {size: b for b in range(MAX_B) for size in object_sizes(classic_array_bytes(slot_bytes, b))}


@lru_cache(maxsize=4096)
def swiss_ladder(slot_bytes: int) -> Mapping[int, int]:
    """Object size -> slots, for every table a Swiss map of this slot can have."""
    rungs = (SLOTS_PER_GROUP << n for n in range(RUNGS_TO_FULL_TABLE + 1))
    return {size: c for c in rungs for size in object_sizes(swiss_table_bytes(slot_bytes, c))}


def slot_candidates(key_kind: str | None, *, padded: bool) -> Iterator[int]:
    """Slot sizes in the order in which they should be believed, each once.

    `padded` is for Swiss slots, which are Go structs {key; value}: rounded up to the alignment, and a value of
    no size still takes some. A classic slot is key plus value to the byte.
    """
    keys = (KEY_BYTES[key_kind],) if key_kind in KEY_BYTES else (16, 8, 24, 32, 40, 48, 4, 64, 12, 20, 1, 2)
    seen = set()
    for key in keys:
        for value in VALUE_BYTES:
            slot = _padded_slot(key, value) if padded else key + value
            if slot not in seen:
                seen.add(slot)
                yield slot
    step = 4 if padded else 1
    for slot in range(step, LARGEST_SLOT + 1, step):
        if slot not in seen:
            yield slot


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
    return _fit(sizes, ((slot, classic_ladder(slot)) for slot in slot_candidates(key_kind, padded=False)))


def fit_swiss(sizes: Mapping[int, float], key_kind: str | None, full: Collection[int] = frozenset()) -> Fit | None:
    """The slot whose tables of 16 to 1024 slots explain most of `sizes`; those in `full` are of 1024 slots."""
    return _fit(
        sizes,
        (
            (slot, {size: c for size, c in swiss_ladder(slot).items() if c == TABLE_SLOTS or size not in full})
            for slot in slot_candidates(key_kind, padded=True)
        ),
    )


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


def classic_entries(b: int, load_factors: Collection[float] = (LOAD_FACTOR,)) -> Entries:
    """Entries of a map whose largest array has 2^B buckets; the point is two thirds of the upper end."""
    high = classic_capacity(b, max(load_factors))
    low = classic_capacity(b - 1, min(load_factors)) + 1 if b else 1
    return Entries(low, max(low, round(high * 2 / 3)), high)


def classic_entries_just_doubled(b: int, load_factor: float = LOAD_FACTOR) -> Entries:
    """The same while the array of 2^(B-1) is still in use: the map has only just doubled to 2^B."""
    low = classic_capacity(b - 1, load_factor)
    return Entries(low + 1, round(1.05 * low), classic_capacity(b, load_factor))


def swiss_entries(tables: float, samples: float) -> Entries:
    """Entries of one map with about `tables` full tables, known from `samples` sampled ones.

    448 to 896 a table, widened by 1.6 standard errors of the sampled count.
    """
    error = 1.6 / max(samples, 1.0) ** 0.5
    low = max(TABLE_ENTRIES // 2, round(tables * TABLE_ENTRIES / 2 * max(0.0, 1 - error)))
    high = max(TABLE_ENTRIES, round(tables * TABLE_ENTRIES * (1 + error)))
    return Entries(low + 1, min(max(round(tables * MEAN_TABLE_ENTRIES), low + 1), high), high)


def swiss_hinted_entries(tables: float, samples: float) -> Entries:
    """The same for a map made with a hint: its tables are a power of two, if only one lies within the error."""
    nearest = 1 << max(0, round(math.log2(max(tables, 1.0))))
    if abs(nearest - tables) > tables * 1.6 / max(samples, 1.0) ** 0.5 or samples < 16:
        return swiss_entries(tables, samples)
    high = nearest * TABLE_ENTRIES
    return Entries(high // 2 + 1, round(high * 2 / 3), high)


def swiss_small_entries(slots: int) -> Entries:
    """Entries of a map that is one table of fewer than 1024 slots."""
    high = slots if slots <= SLOTS_PER_GROUP else slots * 7 // 8
    low = 1 if slots <= SLOTS_PER_GROUP else max(1, slots // 2 * 7 // 8)
    return Entries(low, max(low, round(high * 3 / 4)), high)


def overflow_per_bucket(load: float) -> float:
    """Overflow buckets allocated for each bucket at `load` entries a bucket, beyond the 1/16 preallocated.

    Entries fall into buckets like Poisson; every 8 beyond the first 8 need one more bucket.
    """
    expected, probability = 0.0, math.exp(-load)
    for count in range(1, 60):
        probability *= load / count
        expected += probability * -(-max(0, count - SLOTS_PER_BUCKET) // SLOTS_PER_BUCKET)
    return max(0.0, expected - 1 / 16)


def load_of_overflow(per_bucket: float) -> float | None:
    """The load at which a map has `per_bucket` overflow buckets, None below what any load explains (about 4.9)."""
    if per_bucket <= 0:
        return None
    low, high = 4.0, 8.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if overflow_per_bucket(middle) < per_bucket else (low, middle)
    return low
