"""How far a map that keeps growing will have come, and when its tables double next. Knows two estimates, no window.

A map is taken to grow on at a constant rate. Both of its estimates are ranges, so the rate is one too: from the least
that can have come between them to the most. Where that says too little, nothing is said.
"""

import math
from collections.abc import Iterable
from typing import NamedTuple

from analyzers.maps import tables
from analyzers.maps.estimate import MapEstimate
from analyzers.maps.sizeclass import round_up
from analyzers.maps.tables import Entries
from analyzers.names.frames import Implementation

HOUR = 3600.0
HORIZONS = (HOUR, 6 * HOUR, 24 * HOUR)
# A rate holds for as long ahead as nobody knows; beyond sixty times the time it was watched it is a guess.
FURTHEST = 60.0
# A wider range than this, high over low, helps nobody to decide.
WIDEST_RANGE = 5.0

# A line without a sample may have had a map all the same: one of 10,000 entries leaves none in 16 runs of 100.
NOTHING_SEEN = Entries(0, 0, 10_000)


class Range(NamedTuple):
    """The truth lies in low..high."""

    low: float
    high: float


class Point(NamedTuple):
    """What is expected `seconds` from now: entries, and bytes of tables, keys and values."""

    seconds: float
    entries: Range
    space: Range


class Step(NamedTuple):
    """The next growth of the tables.

    A classic map doubles its array at once beyond `entries`, `within` seconds (None: the rate does not say), and keeps
    the old array while it evacuates: `space` bytes are allocated, `peak` bytes are alive meanwhile. A Swiss map splits
    one table of 1024 slots at a time into two: `space` bytes, and no moment of its own.
    """

    space: float
    entries: int | None = None
    within: float | None = None
    peak: float | None = None


def came(now: Entries, base: Entries, share: Range | None = None) -> Range | None:
    """Entries that came between two estimates of one map; None where the estimates do not show that any did.

    `share` is the part of its keys and values in use that came meanwhile, where they are seen: as sure as they were
    sampled, and not in steps. It is left out where it contradicts the tables, and so must be of something else.
    """
    low, high = max(0.0, float(now.low - base.high)), float(now.high - base.low)
    if share is not None:
        least, most = max(low, share.low * now.low), min(high, share.high * now.high)
        low, high = (least, most) if least <= most else (low, high)
    return Range(low, high) if high > 0 else None


def points(known: MapEstimate, gained: Range, seconds: float, values: Range, horizons: Iterable[float]) -> list[Point]:
    """What is expected at each of `horizons` (seconds from now) that the rate of the last `seconds` reaches.

    `gained` came in these seconds; `values` is bytes of keys and values in use beside the tables today. Ranges that
    are too wide are left out.
    """
    found: list[Point] = []
    now = known.entries
    if now is None or known.slot_bytes is None:
        return found
    for horizon in horizons:
        entries = Range(now.low + gained.low * horizon / seconds, now.high + gained.high * horizon / seconds)
        if horizon > FURTHEST * seconds or entries.high > WIDEST_RANGE * entries.low:
            continue
        space = Range(
            table_bytes(known, entries.low) + values.low * entries.low / now.low,
            table_bytes(known, entries.high) + values.high * entries.high / now.high,
        )
        found.append(Point(horizon, entries, space))
    return found


def table_bytes(known: MapEstimate, entries: float) -> float:
    """The tables of a map of this kind with so many entries, without overflow buckets.

    Hashes spread evenly, so that Swiss tables split one by one, but all of them around the same number of entries:
    away from it their number is a power of two.
    """
    slot = known.slot_bytes or 0
    if known.implementation is Implementation.CLASSIC:
        return float(round_up(tables.classic_array_bytes(slot, tables.classic_b(round(entries)))))
    count = 1 << max(0, math.ceil(math.log2(max(entries, 1) / tables.TABLE_ENTRIES)))
    return float(count * round_up(tables.swiss_table_bytes(slot, tables.TABLE_SLOTS)))


def next_step(known: MapEstimate, gained: Range | None, seconds: float) -> Step | None:
    """The next growth of the map's tables; None where they are not known."""
    now, slot = known.entries, known.slot_bytes
    if now is None or slot is None:
        return None
    if known.implementation is Implementation.SWISS:
        return Step(2.0 * round_up(tables.swiss_table_bytes(slot, tables.TABLE_SLOTS)))
    left, least = now.high - now.low, gained.low if gained else 0.0
    # At the least rate that is possible; where that is next to nothing it says nothing.
    within = left / least * seconds if 0 < left <= FURTHEST * least else None
    b = tables.classic_b(now.high)
    old, new = (float(round_up(tables.classic_array_bytes(slot, each))) for each in (b, b + 1))
    return Step(new, now.high, within, old + new)
