"""How many full tables a growing Swiss map has, and how often such a map was built: from its splits. Knows one line.

Figures are sampled; where MemStats says how much the whole heap really allocated and holds, a line that is most of it
is known that much better.
"""

import math
from typing import NamedTuple

from analyzers.maps import sizeclass, tables
from analyzers.maps.rungs import FEWEST_SAMPLES, REBUILT_RATIO, Calibration
from analyzers.names.frames import Kind
from analyzers.profile import Usage, sampling_probability
from analyzers.sites import Line

# A map that is swapped in when it is ready is alive once or twice: the middle, and how far off it is (logarithms).
GENERATIONS = math.sqrt(2)
GENERATIONS_ERROR = 0.35
# More of one half than this many standard errors is no chance: one in a hundred.
SURELY_MORE = 2.33
# Two counts of the same tables differ by no more than this many standard errors; else several maps are alive.
AGREE = 2.0
# One map leaves more small tables in the sample than that by chance in one case of a hundred.
HARDLY_ONE_MAP = 0.01


class TableCount(NamedTuple):
    """Full tables of one map, and the sampled objects that many would take to be counted as surely.

    `builds` is how often such a map was built, `splits` of all builds together; `hinted` if the first tables came
    with a hint. `several` where they were counted as one map's, but are hardly those of one.
    """

    tables: float
    samples: float
    builds: float
    splits: float
    hinted: bool = False
    several: bool = False


class _Count(NamedTuple):
    """A number and the square of its relative error."""

    value: float
    variance: float


def count(line: Line, full: Usage, slot_bytes: int, period: int, exact: Calibration) -> TableCount:
    """The tables of one map at `line`, whose tables of 1024 slots are `full`.

    Several maps: each build allocates each rung from 16 to 1024 slots once, so builds = samples over probabilities of
    these rungs. One map leaves about a tenth of a sample there, so some samples mean several builds.
    Else by splits, each of which allocates two tables and frees one: tables = splits + 1, or all that are alive where
    these are more, because then the first ones came with the hint.
    """
    size = sizeclass.round_up(tables.swiss_table_bytes(slot_bytes, tables.TABLE_SLOTS))
    probability = sampling_probability(size, period)
    made = full.alloc_objects * exact.alloc
    splits, alive = _split_objects(line, slot_bytes) * exact.alloc / 2, full.inuse_objects * exact.inuse
    samples, chance = _small_rungs(line, slot_bytes, period)
    rebuilt = made > REBUILT_RATIO * alive
    if samples >= FEWEST_SAMPLES or (rebuilt and alive > 0):
        # Where every allocation is recorded the count is exact: the error is that of what was not.
        unseen = max(1e-9, 1 - chance / tables.RUNGS_TO_FULL_TABLE)
        kept = _alive(full, size, probability, exact) if rebuilt and alive > 0 else None
        each = _of_one_build(splits, samples, chance, unseen, kept)
        surely = min(1 / each.variance, full.alloc_objects * probability)
        return TableCount(each.value, surely, max(1.0, splits / max(each.value - 1, 1.0)), splits)
    sureness = exact.surer(full.alloc_space, exact.total.alloc_space)
    seen = max(full.alloc_objects * probability, 1.0) * sureness
    several = _at_least(round(samples), chance) < HARDLY_ONE_MAP
    if alive > splits + 1:
        # Of a map without a hint half of what was split off is alive, give or take what chance makes of so few samples.
        # By the sampled figures as they are: both are of the same samples.
        chance = SURELY_MORE / max(full.alloc_objects * probability, 1.0) ** 0.5
        hinted = full.inuse_objects > (_split_objects(line, slot_bytes) / 2 + 1) * (1 + chance)
        return TableCount(alive, seen, 1.0, splits, hinted, several)
    return TableCount(splits + 1, seen if alive else 0.0, 1.0, splits, several=several)


def _of_one_build(splits: float, samples: float, chance: float, unseen: float, kept: _Count | None) -> _Count:
    """Tables of one build: all splits over the builds, and what is alive of them; the mean, weighted by their errors.

    What is alive counts only where it agrees: it may be of several maps.
    """
    by_builds = _Count(splits / max(1.0, samples / chance) + 1, unseen / samples) if samples else None
    if by_builds is None or kept is None:
        return by_builds or kept or _Count(splits + 1, 1.0)
    apart = abs(math.log(by_builds.value / kept.value))
    together = by_builds.variance + kept.variance
    if apart > AGREE * math.sqrt(together):
        return by_builds
    weights = 1 / by_builds.variance, 1 / kept.variance
    logarithm = (math.log(by_builds.value) * weights[0] + math.log(kept.value) * weights[1]) / sum(weights)
    # Where they differ by more than their errors, one of them is further off than it claims (the scale factor of the
    # Particle Data Group's averages).
    return _Count(math.exp(logarithm), max(1.0, apart**2 / together) / sum(weights))


def _alive(full: Usage, size: int, probability: float, exact: Calibration) -> _Count:
    """Tables of the one map that is alive, or of the two in the moment of a swap."""
    samples = full.inuse_objects * probability * exact.surer(full.inuse_objects * size, exact.total.inuse_space)
    value = max(1.0, full.inuse_objects * exact.inuse / GENERATIONS)
    return _Count(value, 1 / samples + GENERATIONS_ERROR**2)


def _at_least(samples: int, expected: float) -> float:
    """The chance of so many samples or more where `expected` come on average (Poisson)."""
    return 1 - sum(math.exp(-expected) * expected**n / math.factorial(n) for n in range(samples))


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
