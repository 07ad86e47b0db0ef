"""From a line's ledger to its classic map: slot bytes, entries, growths, builds. Knows one line, no time."""

from collections.abc import Mapping

from analyzers.maps import sizeclass, slots, tables
from analyzers.maps.rungs import FEWEST_SAMPLES, GOOD_FIT, MapEstimate, Room, ladder_kinds, rungs_of
from analyzers.maps.tables import Entries
from analyzers.names.frames import Implementation, Kind
from analyzers.profile import NO_USAGE, Usage, sampling_probability
from analyzers.sites import GROWTH_KINDS, Line

# A rung that should have left this many samples and left none was never allocated (chance of an error: 0.25 %).
SURELY_SEEN = 6.0


def estimate(line: Line, period: int, load_factors: tuple[float, ...]) -> MapEstimate | None:
    """The map of a line of the classic family; without a slot where no ladder explains the sizes."""
    kinds, hinted = ladder_kinds(line)
    sizes = line.ledger.sizes(*kinds)
    fit = slots.fit_classic({size: usage.alloc_space for size, usage in sizes.items()}, line.key_kind)
    if fit is None or fit.share < GOOD_FIT:
        return MapEstimate(Implementation.CLASSIC, line.key_kind, None, None, len(sizes), 1, hinted, clear=False)
    ladder = tables.classic_ladder(fit.slot_bytes)
    rungs = rungs_of(sizes, ladder)
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
        tables.classic_capacity(top, min(load_factors)),
    )


def room(line: Line, slot_bytes: int) -> Room:
    """What the sized arrays in use hold. Every map has one array."""
    rungs = rungs_of(line.ledger.sizes(Kind.PRESIZE), tables.classic_ladder(slot_bytes))
    entries = sum(usage.inuse_objects * tables.classic_capacity(b) for b, usage in rungs.items())
    return Room(entries, sum(usage.inuse_objects for usage in rungs.values()))


def _classic_builds(rungs: Mapping[int, Usage]) -> float:
    """Maps that reached the top rung. A second array of the top rung alone is a re-layout of the same size, which
    steady inserts and deletes cause: a map that is built anew leaves as many on the rung below."""
    top = max(rungs)
    below = rungs.get(top - 1, NO_USAGE).alloc_objects
    return min(rungs[top].alloc_objects, below) if below else rungs[top].alloc_objects


def _array_bytes(slot_bytes: int, b: int) -> int:
    return sizeclass.round_up(tables.classic_array_bytes(slot_bytes, b))


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
