"""What is kept of a capture: small enough to cache, and all that a later comparison needs. Knows no store."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from analyzers.gc import GCFigures
from analyzers.guesses import explained
from analyzers.memory import Mark
from analyzers.names.goversion import UNKNOWN, GoVersion
from analyzers.profile import Binary, HeapProfile, MemStats, Source, Usage
from analyzers.sites import Place, SiteUsage


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One reading of one process. `captured_at` is seconds since 1970 by mapstorm's clock.

    `anchors` (function -> an address) tell two builds apart where there is no build id.
    """

    captured_at: float
    source: Source
    period: int
    usage: tuple[SiteUsage, ...]
    memstats: MemStats | None = None
    build_id: str = ""
    process: int = 0  # as in Binary
    go_version: GoVersion = UNKNOWN
    named: bool = True
    anchors: Mapping[str, int] = field(default_factory=dict)
    growing: frozenset[Place] = frozenset()  # lines whose maps were seen to grow when this was taken
    guessed: frozenset[Place] = frozenset()  # lines of which sizes had to tell what frames did not
    gc: GCFigures | None = None  # what that capture saw of the collector, for the next one to compare with
    oldest: Mark | None = None  # where the trend of this process's live heap began, if before this reading

    @property
    def mark(self) -> Mark | None:
        """This reading as the end of a trend, or the beginning of one; None without MemStats."""
        stats = self.memstats
        if stats is None:
            return None
        tables = sum(item.usage.inuse_space for item in self.usage if item.event.kind.is_table)
        return Mark(stats.last_gc_ns, stats.num_forced_gc, stats.heap_alloc, tables)

    @property
    def total(self) -> Usage:
        """The whole heap as the profile sees it."""
        return Usage(*(sum(column) for column in zip(*(item.usage for item in self.usage), strict=True)))


def take(profile: HeapProfile, captured_at: float) -> Snapshot:
    """The snapshot of `profile`; where frames are missing, sizes speak for them."""
    usage, guessed = explained(profile)
    return Snapshot(
        captured_at=captured_at,
        source=profile.source,
        period=profile.period,
        usage=usage,
        memstats=profile.memstats,
        build_id=profile.build_id,
        process=profile.process,
        go_version=profile.go_version,
        named=profile.named,
        anchors=profile.anchors,
        guessed=guessed,
    )


def with_binary(snapshot: Snapshot, binary: Binary) -> Snapshot:
    """The same snapshot, its build and process known from the protobuf that was fetched beside it."""
    return replace(snapshot, build_id=binary.build_id, process=binary.process)
