"""What a rule may look at: a window, and every line in it that could be guilty.

Knows how to weigh, not what is wrong: that is for the rules.
"""

from collections.abc import Mapping
from typing import NamedTuple

from analyzers.compare import LineChange, Window
from analyzers.cpu import Band, LineOps
from analyzers.maps.estimate import MapEstimate
from analyzers.memory import MemoryForecast
from analyzers.names.frames import Implementation, Kind
from analyzers.profile import Site, Usage, sampling_probability
from analyzers.sites import Ledger
from analyzers.thresholds import Thresholds

# Sized and cloned tables: made at their full size, so they never grow.
WHOLE_KINDS = (Kind.PRESIZE, Kind.CLONE)


class Suspect(NamedTuple):
    """One line that makes maps or grows slices. Shares are 0 to 1 of the whole service's bytes."""

    change: LineChange
    map: MapEstimate | None  # also None where there are too few bytes for any rule
    growth: Usage  # tables that replaced smaller ones
    whole: Usage  # tables made at full size
    tables: Usage  # all tables, overflow included; the nodes of a sync.Map
    slices: Usage
    largest_table: int  # object size in bytes that holds most of the table bytes
    alloc_share: float  # of all allocated bytes since the process started
    recent_share: float | None  # of all allocated bytes in the window; None if it saw too few of them
    inuse_share: float  # tables in use, of all bytes in use
    ops: LineOps | None = None  # what the CPU does with its maps; None without a CPU profile

    @property
    def band(self) -> Band:
        """Reads to writes of its maps."""
        return self.ops.band if self.ops else Band.UNKNOWN

    @property
    def site(self) -> Site:
        """The innermost line outside the runtime."""
        return self.change.line.site

    @property
    def culprit(self) -> Site:
        """The first line of the user's own code."""
        return self.change.line.culprit

    @property
    def share(self) -> float:
        """What the line is guilty of, since the start or in the window, whichever is more."""
        return max(self.alloc_share, self.recent_share or 0.0)


class Case(NamedTuple):
    """Everything a rule may look at."""

    window: Window
    thresholds: Thresholds
    suspects: tuple[Suspect, ...]
    total: Usage
    functions: Mapping[str, tuple[Ledger, Ledger]]  # by the culprit's function: in the window, since the base
    memory: MemoryForecast | None = None  # when the registry's memory limit is reached

    @property
    def period(self) -> int:
        """Bytes between two heap samples."""
        return self.window.snapshot.period

    def samples(self, ledger: Ledger, *kinds: Kind) -> float:
        """How many sampled allocations are behind a ledger, or behind its `kinds`."""
        return sum(
            usage.alloc_objects * sampling_probability(size, self.period)
            for (kind, size), usage in ledger.cells.items()
            if not kinds or kind in kinds
        )

    def chance(self, ledger: Ledger) -> float:
        """The standard error, in bytes, of what a difference of two snapshots says was gained in use.

        Each sample that came or went stands for size/p bytes; objects that are always sampled add no error.
        """
        variance = 0.0
        for (_, size), usage in ledger.cells.items():
            seen = sampling_probability(size, self.period)
            # Fewer than before where a guess has changed what a size is for.
            made = max(0.0, usage.alloc_objects)
            moved = made + max(0.0, made - usage.inuse_objects)
            variance += moved * seen * (1 - seen) * (size / seen) ** 2
        return float(variance**0.5)


def recent_of(suspect: Suspect, *kinds: Kind) -> Usage | None:
    """What `kinds` did in the window, None without one."""
    recent = suspect.change.recent
    return None if recent is None else recent.total(*kinds)


def company(case: Case, suspect: Suspect) -> tuple[Ledger, Ledger]:
    """Keys and values allocated by the map's own function: in the window, and since the base.

    A classic map can take in as many entries again without any table growing; then only these move.
    """
    recent, trend = case.functions.get(suspect.culprit.function, (Ledger(), Ledger()))
    own = suspect.change
    return recent.minus(own.recent or Ledger()), trend.minus(own.trend or Ledger())


def family(case: Case) -> Implementation | None:
    """The map family of the service, as its frames show it."""
    weights: dict[Implementation, float] = {}
    for suspect in case.suspects:
        if implementation := suspect.change.line.implementation:
            weights[implementation] = weights.get(implementation, 0.0) + suspect.tables.alloc_space
    return max(weights, key=lambda key: weights[key]) if weights else None
