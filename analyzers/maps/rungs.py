"""What both families' estimates share: the estimate itself, and a line's tables as rungs of a ladder."""

from collections.abc import Mapping
from typing import NamedTuple

from analyzers.maps.tables import Entries
from analyzers.names.frames import Implementation, Kind
from analyzers.profile import NO_USAGE, Usage
from analyzers.sites import GROWTH_KINDS, Line

# Allocated over in use: one map built once is at 2 in both families, a map rebuilt is well above 3.
REBUILT_RATIO = 3.0
# Counts from fewer samples than this are noise.
FEWEST_SAMPLES = 4.0
# Share of a line's growth bytes that the slot found must explain.
GOOD_FIT = 0.9


class MapEstimate(NamedTuple):
    """One map as its line's allocations tell it.

    `entries` is the most it has held; None where no slot size explains what was seen. `builds` is how many maps
    this line has filled since the process started, `growths` how often each of them grew. `clear` is False where
    another slot size, or several maps, explain the sizes as well. `same_table` is the largest hint that surely makes
    a classic map's table of today: under Go 1.21 that is less than under any other release.
    """

    implementation: Implementation
    key_kind: str | None
    slot_bytes: int | None
    entries: Entries | None
    growths: int
    builds: float
    hinted: bool
    clear: bool = True
    same_table: int | None = None


class Calibration(NamedTuple):
    """What MemStats, which is exact, makes of sampled figures: factors, and the sampled totals they came from."""

    alloc: float = 1.0
    inuse: float = 1.0
    total: Usage = NO_USAGE

    def surer(self, space: float, total: float) -> float:
        """By how much samples count for more where `space` is a large part of an exactly known `total`.

        Of a share f of an exact whole the relative error is (1 - f) times that of a plain count.
        """
        return 1 / max(LEAST_REST, 1 - space / total) ** 2 if total > 0 else 1.0


UNCALIBRATED = Calibration()
# Even a line that is everything shares the heap with what the profile cannot see.
LEAST_REST = 0.2


# So many maps at a line are several: one of each size is chance.
SEVERAL = 2


class Room(NamedTuple):
    """What a line's sized tables in use hold at most, all together, and in how many maps at least."""

    entries: float
    maps: float


def ladder_kinds(line: Line) -> tuple[tuple[Kind, ...], bool]:
    """The kinds that show this line's tables, and whether a hint made them."""
    if line.ledger.total(*GROWTH_KINDS).alloc_objects:
        return GROWTH_KINDS, False
    if line.ledger.total(Kind.PRESIZE, Kind.CLONE).alloc_objects:
        return (Kind.PRESIZE, Kind.CLONE), True
    return (Kind.FIRST,), False


def rungs_of(sizes: Mapping[int, Usage], ladder: Mapping[int, int]) -> dict[int, Usage]:
    rungs: dict[int, Usage] = {}
    for size, usage in sizes.items():
        if size in ladder:
            rungs[ladder[size]] = rungs.get(ladder[size], NO_USAGE).plus(usage)
    return rungs
