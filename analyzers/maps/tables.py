"""The arithmetic of Go's maps: the ladders of their tables, entries, hints. Knows no profile.

Sources: runtime/map.go and internal/runtime/maps of Go 1.19 to 1.27.
All sizes are bytes, and "entries" is the most a map has held since it was made: deletes do not shrink it.
"""

import math
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import NamedTuple

from analyzers.maps.sizeclass import object_sizes, round_up

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


class Entries(NamedTuple):
    """How many entries a map holds at most: the truth lies in low..high, `estimate` is the best single number."""

    low: int
    estimate: int
    high: int


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


def classic_entries(b: int, load_factors: Collection[float] = (LOAD_FACTOR,)) -> Entries:
    """Entries of a map whose largest array has 2^B buckets; the point is two thirds of the upper end."""
    high = classic_capacity(b, max(load_factors))
    low = classic_capacity(b - 1, min(load_factors)) + 1 if b else 1
    return Entries(low, max(low, round(high * 2 / 3)), high)


def classic_entries_just_doubled(b: int, load_factor: float = LOAD_FACTOR) -> Entries:
    """The same while the array of 2^(B-1) is still in use: the map has only just doubled to 2^B."""
    low = classic_capacity(b - 1, load_factor)
    return Entries(low + 1, max(low + 1, round(1.05 * low)), classic_capacity(b, load_factor))


def swiss_entries(tables: float, samples: float) -> Entries:
    """Entries of one map with about `tables` full tables, known from `samples` sampled ones.

    448 to 896 a table, widened by 1.6 standard errors of the sampled count.
    """
    error = 1.6 / max(samples, 1.0) ** 0.5
    low = max(TABLE_ENTRIES // 2, round(tables * TABLE_ENTRIES / 2 * max(0.0, 1 - error)))
    high = max(TABLE_ENTRIES, round(tables * TABLE_ENTRIES * (1 + error)))
    return Entries(low + 1, min(max(round(tables * MEAN_TABLE_ENTRIES), low + 1), high), high)


def swiss_rebuilt_entries(tables: float, samples: float) -> Entries:
    """The same for one of several maps, whose tables are all splits divided by builds known from `samples`.

    Dividing by a count of few samples errs upwards by more than downwards; two and a half standard errors of the
    count, with a correction for small numbers, held the truth in simulations of 20 to 300 builds.
    """
    error = 2.5 / max(samples, 1.0) ** 0.5
    low = round(tables * TABLE_ENTRIES / 2 / (1 + error + 2 / max(samples, 1.0)))
    high = round(tables * TABLE_ENTRIES / max(0.1, 1 - error))
    low, high = max(low, TABLE_ENTRIES // 2), max(high, TABLE_ENTRIES)
    return Entries(low + 1, min(max(round(tables * MEAN_TABLE_ENTRIES), low + 1), high), high)


def swiss_hinted_entries(tables: float, samples: float) -> Entries:
    """Room of a map made with a hint: nothing says how much of it was ever used, so the low end is 1.

    Its tables are a power of two; the largest within the error of the count is the upper end.
    """
    powers = powers_near(tables, samples)
    if not powers:
        return swiss_entries(tables, samples)._replace(low=1)
    nearest = min(powers, key=lambda power: abs(math.log(power / tables)))
    return Entries(1, round(nearest * TABLE_ENTRIES * 2 / 3), powers[-1] * TABLE_ENTRIES)


def powers_near(tables: float, samples: float) -> list[int]:
    """The powers of two that `tables` counted from `samples` may be, within 2.6 standard errors (99 %)."""
    error = 2.6 / max(samples, 1.0) ** 0.5
    return [1 << n for n in range(31) if tables * (1 - error) <= 1 << n <= tables * (1 + error)]


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
