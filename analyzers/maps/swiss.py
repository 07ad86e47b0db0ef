"""From a line's ledger to its Swiss map: slot bytes, tables, entries, growths, builds. Knows one line, no time."""

import math
from collections.abc import Mapping

from analyzers.maps import sizeclass, slots, splits, tables
from analyzers.maps.rungs import GOOD_FIT, UNCALIBRATED, Calibration, MapEstimate, Room, ladder_kinds, rungs_of
from analyzers.maps.tables import Entries
from analyzers.names.frames import Implementation, Kind
from analyzers.profile import NO_USAGE, Usage, sampling_probability
from analyzers.sites import Line

# More sized tables of one size than this at a line are taken for one map of many tables.
MOST_SINGLE_TABLES = 2.5
POINTER = 8


def estimate(line: Line, period: int, exact: Calibration = UNCALIBRATED) -> MapEstimate | None:
    """The map of a line of the Swiss family; without a slot where no table explains the sizes."""
    kinds, hinted = ladder_kinds(line)
    sizes = line.ledger.sizes(*kinds)
    spaces = {size: usage.alloc_space for size, usage in sizes.items()}
    fit = slots.fit_swiss(spaces, line.key_kind, _full_sizes(line, sizes, hinted=hinted))
    if fit is None or fit.share < GOOD_FIT:
        return MapEstimate(Implementation.SWISS, line.key_kind, None, None, len(sizes), 1, hinted, clear=False)
    ladder = tables.swiss_ladder(fit.slot_bytes)
    rungs = rungs_of(sizes, ladder)
    full_size = sizeclass.round_up(tables.swiss_table_bytes(fit.slot_bytes, tables.TABLE_SLOTS))
    probability = sampling_probability(full_size, period)
    clear = fit.rivals == 0 or fit.slot_bytes % 8 == 0
    full = rungs.get(tables.TABLE_SLOTS, NO_USAGE)
    if full.alloc_objects == 0:
        top = max(rungs)
        entries: Entries | None = tables.swiss_small_entries(top)
        growths = 0 if hinted else int(math.log2(top)) - 3
        builds = max(1.0, rungs[top].alloc_objects)
    elif hinted:
        count, samples, builds = _sized_tables(line, full, probability, exact)
        entries = tables.swiss_hinted_entries(count, samples) if count else None
        growths = 0
    else:
        seen = splits.count(line, full, fit.slot_bytes, period, exact)
        builds, hinted, clear = seen.builds, seen.hinted, clear and not seen.several
        entries = (tables.swiss_rebuilt_entries if builds > 1 else tables.swiss_entries)(seen.tables, seen.samples)
        rungs_below = 0 if hinted else tables.RUNGS_TO_FULL_TABLE
        growths = round(rungs_below + seen.splits / (1 if hinted else builds))
    return MapEstimate(Implementation.SWISS, line.key_kind, fit.slot_bytes, entries, growths, builds, hinted, clear)


def room(line: Line, slot_bytes: int, period: int) -> Room:
    """What the sized tables in use hold. A map of one table is counted by it. One map of several has a power of two
    of them, so any other number is of more than one map; how many, full tables do not say."""
    rungs = rungs_of(line.ledger.sizes(Kind.PRESIZE), tables.swiss_ladder(slot_bytes))
    entries = sum(usage.inuse_objects * (slots * 7 // 8) for slots, usage in rungs.items())
    maps = sum(usage.inuse_objects for slots, usage in rungs.items() if slots < tables.TABLE_SLOTS)
    full = rungs.get(tables.TABLE_SLOTS, NO_USAGE).inuse_objects
    if full:
        size = sizeclass.round_up(tables.swiss_table_bytes(slot_bytes, tables.TABLE_SLOTS))
        samples = full * sampling_probability(size, period)
        maps += 1 if tables.powers_near(full, samples) else 2
    return Room(entries, maps)


def _full_sizes(line: Line, sizes: Mapping[int, Usage], *, hinted: bool) -> frozenset[int]:
    """Sizes known to be tables of 1024 slots: split makes no other, and a hint beyond one table makes only these."""
    if not hinted:
        return frozenset(line.ledger.sizes(Kind.SPLIT))
    return frozenset(size for size, usage in sizes.items() if usage.alloc_objects > MOST_SINGLE_TABLES)


def _sized_tables(line: Line, full: Usage, probability: float, exact: Calibration) -> tuple[float, float, float]:
    """Tables of one sized map, the samples that say so, and how many such maps were made.

    A map of T tables has one directory of 8T bytes: where directories were sampled, they tell T and count the maps.
    Else what is in use is taken for one map; where nothing is, 0 tables (unknown) and as many maps at the most.
    """
    directories = line.ledger.sizes(Kind.DIRECTORY)
    known = {size: usage for size, usage in directories.items() if size >= POINTER and size & (size - 1) == 0}
    if known:
        size = max(known, key=lambda each: known[each].alloc_space)
        return size / POINTER, math.inf, max(1.0, full.alloc_objects / (size / POINTER))
    if full.inuse_objects <= 0:
        return 0.0, full.alloc_objects * probability, full.alloc_objects
    samples = full.inuse_objects * probability * exact.surer(full.inuse_space, exact.total.inuse_space)
    return full.inuse_objects * exact.inuse, samples, max(1.0, full.alloc_objects / full.inuse_objects)
