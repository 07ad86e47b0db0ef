"""What a rule may say: numbers with units, a confidence, kinds of remedy. Not how any of it is worded."""

from enum import StrEnum
from typing import NamedTuple

from analyzers.compare import Basis
from analyzers.cpu import CPUFigures, CPUMissing, LineOps
from analyzers.gc import GCFigures
from analyzers.maps.estimate import MapEstimate
from analyzers.memory import MemoryForecast
from analyzers.names.frames import Implementation
from analyzers.names.goversion import GoVersion
from analyzers.profile import Site, Source


class Verdict(StrEnum):
    """What is wrong with a service's maps, and the names of the rules that say so."""

    GROWTH_STORM = "growth_storm"
    REBUILD_CHURN = "rebuild_churn"
    UNBOUNDED_GROWTH = "unbounded_growth"
    LARGE_MAP_RETAINED = "large_map_retained"
    MANY_SMALL_MAPS = "many_small_maps"
    SLICE_GROWTH = "slice_growth"
    OVERSIZED_HINT = "oversized_hint"
    CLONE_STORM = "clone_storm"
    CHURN_INFLATION = "churn_inflation"
    NO_MAP_PROBLEM = "no_map_problem"


class Confidence(StrEnum):
    """How sure a finding is."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    def lowered(self) -> "Confidence":
        """One step down."""
        return Confidence.LOW if self is not Confidence.HIGH else Confidence.MEDIUM

    def at_most(self, limit: "Confidence") -> "Confidence":
        """The lower of both."""
        rank = (Confidence.LOW, Confidence.MEDIUM, Confidence.HIGH)
        return min(self, limit, key=rank.index)


class Unit(StrEnum):
    """The unit of a number. A share is 0 to 1."""

    BYTES = "bytes"
    BYTES_PER_SECOND = "bytes/s"
    SHARE = "share"
    COUNT = "count"
    SECONDS = "s"


class Remedy(StrEnum):
    """What to do, best first in a finding."""

    PRESIZE = "presize"
    REUSE = "reuse"
    AVOID_HOT_UPDATE = "avoid_hot_update"
    SYNC_MAP = "sync_map"
    BOUND = "bound"
    EVICT = "evict"
    RECREATE = "recreate"
    TYPED_DECODE = "typed_decode"
    FLATTEN = "flatten"
    PRESIZE_SLICE = "presize_slice"
    RIGHT_SIZE = "right_size"
    UPGRADE = "upgrade"
    NONE = "none"


class Evidence(NamedTuple):
    """One number that made the rule speak."""

    name: str
    value: float
    unit: Unit


class Savings(NamedTuple):
    """What a remedy would have saved in the window, by the hour: bytes not allocated, and collections not run."""

    bytes_per_hour: float
    cycles_per_hour: float | None  # None without MemStats


class Remediation(NamedTuple):
    """One remedy. `capacity_hint` is entries, only where a hint is part of it and the range allows one.

    `saves` is what goes away, in bytes since the process started; what stays is for the template of the remedy.
    `hourly` is the same as a rate, None where the window saw none of it.
    """

    kind: Remedy
    capacity_hint: int | None = None
    saves: float | None = None
    hourly: Savings | None = None


class Part(NamedTuple):
    """One part of what a line allocated for tables; `whole` if it is all of it but a rest."""

    name: str
    space: float
    whole: bool


# The parts of a line's tables, by their names as evidence; parts of these shares say nothing, or all there is.
TABLE_PARTS = (
    "growth_garbage",
    "presize_alloc_space",
    "clone_alloc_space",
    "first_alloc_space",
    "overflow_alloc_space",
)
WORTH_A_WORD = 0.01
MOST = 0.99


class Rung(NamedTuple):
    """One size of a line's tables: what was allocated of it since the process started, and what of that is in use.

    `slots` are those of one such table, None where no slot size explains the sizes. Of a Swiss map's full tables a
    split allocates two; of all others a growth allocates one.
    """

    object_size: int
    slots: int | None
    alloc_objects: float
    alloc_space: float
    inuse_space: float


class Grounds(NamedTuple):
    """What the confidence of a finding stands on: how many sampled allocations are behind its line, whether its objects
    are so large that none was missed, and whether sizes had to tell what they are for because no frame names it."""

    samples: float
    complete: bool
    guessed: bool


class Finding(NamedTuple):
    """One line of source with a map problem.

    `site` is the innermost line outside the runtime, `culprit` the first line of the user's own code, the one to name.
    `weight` ranks findings: a share, and one more for what keeps growing. `ops` exists where a CPU profile was taken.
    `ladder` is the line's tables by size, smallest first; empty where it has none. `grounds` is None in what older
    releases kept.
    """

    rule: Verdict
    confidence: Confidence
    site: Site
    culprit: Site
    map: MapEstimate | None
    evidence: tuple[Evidence, ...]
    remediation: tuple[Remediation, ...]
    weight: float
    ops: LineOps | None = None
    ladder: tuple[Rung, ...] = ()
    grounds: Grounds | None = None

    def value(self, name: str) -> float | None:
        """The number called `name`, None where the rule did not give it."""
        return next((item.value for item in self.evidence if item.name == name), None)

    @property
    def parts(self) -> tuple[Part, ...]:
        """What the line's tables were for, as far as it is worth a word."""
        tables = self.value("table_alloc_space") or 0.0
        spaces = ((name, self.value(name) or 0.0) for name in TABLE_PARTS)
        return tuple(
            Part(name, space, space > MOST * tables) for name, space in spaces if space > WORTH_A_WORD * tables
        )


class Dominant(NamedTuple):
    """What uses the heap when maps do not: a line, its bytes and their share."""

    culprit: Site
    space: float
    share: float


class Comparison(NamedTuple):
    """What a capture was compared with. `age` is seconds between the base and this capture, None without one.

    `window` is the seconds between this capture's two visits, None for a single one.
    """

    basis: Basis
    age: float | None
    window: float | None
    live_change: float | None  # bytes of live heap against the base


class Diagnosis(NamedTuple):
    """The answer for one instance, of the moment `captured_at` (seconds since 1970).

    `findings` are ranked; `verdict` is the first one's rule, or no_map_problem. `gc_before` is what the base's own
    capture saw. `memory` exists where the registry names a limit and the live heap grows towards it.
    `cpu` exists where a CPU profile was taken, `cpu_missing` where one was asked for in vain. `live_tables` are the
    bytes of `live_heap` that are tables of maps, never more than all of it. `period` is the mean bytes between two heap
    samples, 0 if unknown.
    """

    captured_at: float
    verdict: Verdict
    confidence: Confidence
    findings: tuple[Finding, ...]
    gc: GCFigures
    source: Source
    named: bool
    implementation: Implementation | None
    go_version: GoVersion
    comparison: Comparison
    live_heap: float
    dominant: tuple[Dominant, ...]
    gc_before: GCFigures | None = None
    memory: MemoryForecast | None = None
    cpu: CPUFigures | None = None
    cpu_missing: CPUMissing | None = None
    live_tables: float = 0.0
    period: int = 0
