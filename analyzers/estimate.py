"""From a line's ledger to what its map is: slot bytes, entries, growths, builds. Knows one line, no time.

Which formula holds when, and how far off it was measured to be, stands at each function.
"""

import math
from collections.abc import Mapping
from typing import NamedTuple

from analyzers import sizeclass, slots, tables
from analyzers.frames import Implementation, Kind
from analyzers.profile import NO_USAGE, Usage, sampling_probability
from analyzers.sites import GROWTH_KINDS, Line
from analyzers.tables import Entries

# Allocated over in use: one map built once is at 2 in both families, a map rebuilt is well above 3.
REBUILT_RATIO = 3.0
# A rung that should have left this many samples and left none was never allocated (chance of an error: 0.25 %).
SURELY_SEEN = 6.0
# More sized tables of one size than this at a line are taken for one map of many tables.
MOST_SINGLE_TABLES = 2.5
# Counts from fewer samples than this are noise.
FEWEST_SAMPLES = 4.0
POINTER = 8
# Share of a line's growth bytes that the slot found must explain.
GOOD_FIT = 0.9


class MapEstimate(NamedTuple):
    """One map as its line's allocations tell it.

    `entries` is the most it has held; None where no slot size explains what was seen. `builds` is how many maps
    this line has filled since the process started, `growths` how often each of them grew. `clear` is False where
    another slot size explains the sizes as well.
    """

    implementation: Implementation
    key_kind: str | None
    slot_bytes: int | None
    entries: Entries | None
    growths: int
    builds: float
    hinted: bool
    clear: bool = True


def estimate(line: Line, period: int, load_factors: tuple[float, ...]) -> MapEstimate | None:
    """The map of `line`, None where it makes none."""
    if line.implementation is Implementation.CLASSIC:
        return _classic(line, period, load_factors)
    if line.implementation is Implementation.SWISS:
        return _swiss(line, period)
    return None


def _ladder_kinds(line: Line) -> tuple[tuple[Kind, ...], bool]:
    """The kinds that show this line's tables, and whether a hint made them."""
    if line.ledger.total(*GROWTH_KINDS).alloc_objects:
        return GROWTH_KINDS, False
    if line.ledger.total(Kind.PRESIZE, Kind.CLONE).alloc_objects:
        return (Kind.PRESIZE, Kind.CLONE), True
    return (Kind.FIRST,), False


def _classic(line: Line, period: int, load_factors: tuple[float, ...]) -> MapEstimate | None:
    kinds, hinted = _ladder_kinds(line)
    sizes = line.ledger.sizes(*kinds)
    fit = slots.fit_classic({size: usage.alloc_space for size, usage in sizes.items()}, line.key_kind)
    if fit is None or fit.share < GOOD_FIT:
        return MapEstimate(Implementation.CLASSIC, line.key_kind, None, None, len(sizes), 1, hinted, clear=False)
    ladder = tables.classic_ladder(fit.slot_bytes)
    rungs = _rungs(sizes, ladder)
    top_built = max(rungs)
    alive = [b for b, usage in rungs.items() if usage.inuse_objects > 0]
    top = max(alive, default=top_built)
    first = _first_rung(rungs, {b: _array_bytes(fit.slot_bytes, b) for b in range(top_built + 1)}, period)
    if hinted:
        growths = 0
    else:
        hinted = first > 1
        growths = top_built - (first - 1)
    builds = _classic_builds(rungs)
    if hinted and kinds is not GROWTH_KINDS:
        entries = tables.classic_entries(top, load_factors)._replace(low=1)
    else:
        entries = _refined(line, fit.slot_bytes, rungs, top, period, load_factors)
    clear = fit.rivals == 0 or fit.slot_bytes % 8 == 0
    return MapEstimate(
        Implementation.CLASSIC,
        line.key_kind,
        fit.slot_bytes,
        entries,
        growths,
        max(1.0, builds),
        hinted,
        clear,
    )


def _classic_builds(rungs: Mapping[int, Usage]) -> float:
    """Maps that reached the top rung. A second array of the top rung alone is a re-layout of the same size, which
    steady inserts and deletes cause: a map that is built anew leaves as many on the rung below."""
    top = max(rungs)
    below = rungs.get(top - 1, NO_USAGE).alloc_objects
    return min(rungs[top].alloc_objects, below) if below else rungs[top].alloc_objects


def _array_bytes(slot_bytes: int, b: int) -> int:
    return sizeclass.round_up(tables.classic_array_bytes(slot_bytes, b))


def _rungs(sizes: Mapping[int, Usage], ladder: Mapping[int, int]) -> dict[int, Usage]:
    rungs: dict[int, Usage] = {}
    for size, usage in sizes.items():
        if size in ladder:
            rungs[ladder[size]] = rungs.get(ladder[size], NO_USAGE).plus(usage)
    return rungs


def _first_rung(rungs: Mapping[int, Usage], bytes_of: Mapping[int, int], period: int) -> int:
    """The lowest array that growth made, 1 without a hint: unseen rungs existed, unless they must have been seen."""
    lowest = min(rungs)
    builds = max(1.0, max(usage.alloc_objects for usage in rungs.values()))
    expected = sum(builds * sampling_probability(bytes_of[b], period) for b in range(1, lowest))
    return lowest if expected >= SURELY_SEEN else 1


def _refined(
    line: Line,
    slot_bytes: int,
    rungs: Mapping[int, Usage],
    top: int,
    period: int,
    load_factors: tuple[float, ...],
) -> Entries:
    """The range is the rung's; the point moves by what else is in use.

    The rung below still in use: just doubled (26 of 26 cases within 10 %). Else overflow buckets tell the load
    (median error 5 % from 50,000 entries on). Else two thirds of the upper end (17 %).
    """
    entries = tables.classic_entries(top, load_factors)
    one_map = rungs[top].inuse_objects < 1.5
    if one_map and rungs.get(top - 1, NO_USAGE).inuse_objects > 0:
        return tables.classic_entries_just_doubled(top, min(load_factors))
    if not one_map:
        return entries
    bucket = tables.bucket_bytes(slot_bytes)
    overflow = sum(
        usage.inuse_objects
        for size, usage in line.ledger.sizes(Kind.OVERFLOW).items()
        if size in sizeclass.object_sizes(bucket)
    )
    load = tables.load_of_overflow(overflow / (1 << top))
    full = tables.overflow_per_bucket(max(load_factors)) * (1 << top) * sampling_probability(bucket, period)
    if full < 2 * FEWEST_SAMPLES or load is None:
        return entries
    return entries._replace(estimate=min(max(round(load * (1 << top)), entries.low), entries.high))


def _swiss(line: Line, period: int) -> MapEstimate | None:
    kinds, hinted = _ladder_kinds(line)
    sizes = line.ledger.sizes(*kinds)
    spaces = {size: usage.alloc_space for size, usage in sizes.items()}
    fit = slots.fit_swiss(spaces, line.key_kind, _full_sizes(line, sizes, hinted=hinted))
    if fit is None or fit.share < GOOD_FIT:
        return MapEstimate(Implementation.SWISS, line.key_kind, None, None, len(sizes), 1, hinted, clear=False)
    ladder = tables.swiss_ladder(fit.slot_bytes)
    rungs = _rungs(sizes, ladder)
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
        count, samples, builds = _sized_tables(line, full, probability)
        entries = tables.swiss_hinted_entries(count, samples) if count else None
        growths = 0
    else:
        count, samples, builds, hinted = _split_tables(line, full, rungs, fit.slot_bytes, period)
        entries = tables.swiss_entries(count, samples)
        rungs_below = 0 if hinted else tables.RUNGS_TO_FULL_TABLE
        splits = _split_objects(line, fit.slot_bytes) / 2
        growths = round(rungs_below + (splits if hinted else max(0.0, count - 1)))
    return MapEstimate(Implementation.SWISS, line.key_kind, fit.slot_bytes, entries, growths, builds, hinted, clear)


def _full_sizes(line: Line, sizes: Mapping[int, Usage], *, hinted: bool) -> frozenset[int]:
    """Sizes known to be tables of 1024 slots: split makes no other, and a hint beyond one table makes only these."""
    if not hinted:
        return frozenset(line.ledger.sizes(Kind.SPLIT))
    return frozenset(size for size, usage in sizes.items() if usage.alloc_objects > MOST_SINGLE_TABLES)


def _sized_tables(line: Line, full: Usage, probability: float) -> tuple[float, float, float]:
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
    return full.inuse_objects, full.inuse_objects * probability, max(1.0, full.alloc_objects / full.inuse_objects)


def _split_tables(
    line: Line, full: Usage, rungs: Mapping[int, Usage], slot_bytes: int, period: int
) -> tuple[float, float, float, bool]:
    """Full tables of one map, the samples that say so, builds, and whether a hint had made the first of them.

    Several maps: each build allocates each rung from 16 to 1024 slots once, so builds = samples over probabilities of
    these rungs. One map leaves about a tenth of a sample there, so some samples mean several builds.
    Else by splits, each of which allocates two tables and frees one: tables = splits + 1, or all that are alive where
    these are more, because then the first ones came with the hint.
    """
    size = sizeclass.round_up(tables.swiss_table_bytes(slot_bytes, tables.TABLE_SLOTS))
    probability = sampling_probability(size, period)
    splits, alive = _split_objects(line, slot_bytes) / 2, full.inuse_objects
    samples, chance = _small_rungs(line, slot_bytes, period)
    if samples >= FEWEST_SAMPLES:
        builds = max(1.0, samples / chance)
        # Where every allocation is recorded the count is exact: the error is that of what was not.
        unseen = max(1e-9, 1 - chance / tables.RUNGS_TO_FULL_TABLE)
        return splits / builds + 1, min(samples / unseen, full.alloc_objects * probability), builds, False
    seen = max(full.alloc_objects * probability, 1.0)
    if full.alloc_objects > REBUILT_RATIO * alive > 0:
        return alive, alive * probability, max(1.0, splits / max(alive - 1, 1.0)), False
    if alive > splits + 1:
        return alive, alive * probability, 1.0, alive > (splits + 1) * (1 + 1.6 / seen**0.5)
    return splits + 1, seen if alive else 0.0, 1.0, False


def _small_rungs(line: Line, slot_bytes: int, period: int) -> tuple[float, float]:
    """Samples of the rungs below and up to a full table, and the samples that one build leaves there."""
    samples = chance = 0.0
    for rung in range(1, tables.RUNGS_TO_FULL_TABLE + 1):
        size = sizeclass.round_up(tables.swiss_table_bytes(slot_bytes, tables.SLOTS_PER_GROUP << rung))
        probability = sampling_probability(size, period)
        samples += _grown_objects(line, size) * probability
        chance += probability
    return samples, chance


def _split_objects(line: Line, slot_bytes: int) -> float:
    sizes = sizeclass.object_sizes(tables.swiss_table_bytes(slot_bytes, tables.TABLE_SLOTS))
    return sum(usage.alloc_objects for size, usage in line.ledger.sizes(Kind.SPLIT).items() if size in sizes)


def _grown_objects(line: Line, size: int) -> float:
    usage = line.ledger.sizes(Kind.GROWTH).get(size)
    return usage.alloc_objects if usage else 0.0
