"""What is kept of a capture: small enough to cache, and all that a later comparison needs. Knows no store."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from analyzers import ladders
from analyzers.frames import Kind
from analyzers.gc import GCFigures
from analyzers.goversion import UNKNOWN, GoVersion
from analyzers.memory import Mark
from analyzers.profile import Binary, HeapProfile, MemStats, Source, Usage
from analyzers.sites import Ledger, Place, SiteUsage, place_of, usage_of


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
    usage = usage_of(profile)
    guesses = _guesses(usage, _unexplained(profile), slices=not _shows_slices(profile))
    return Snapshot(
        captured_at=captured_at,
        source=profile.source,
        period=profile.period,
        usage=tuple(_explained(item, guesses.get(place_of(item.site, item.culprit))) for item in usage),
        memstats=profile.memstats,
        build_id=profile.build_id,
        process=profile.process,
        go_version=profile.go_version,
        named=profile.named,
        anchors=profile.anchors,
        guessed=frozenset() if profile.named else frozenset(guesses),
    )


def with_binary(snapshot: Snapshot, binary: Binary) -> Snapshot:
    """The same snapshot, its build and process known from the protobuf that was fetched beside it."""
    return replace(snapshot, build_id=binary.build_id, process=binary.process)


def _shows_slices(profile: HeapProfile) -> bool:
    """From Go 1.26 the allocator's own frames are there, and append's with them: nothing is left to guess."""
    return any(name.startswith("runtime.mallocgc") for record in profile.records for name in record.frames)


def _unexplained(profile: HeapProfile) -> frozenset[tuple[Place, int]]:
    """Lines and sizes of which no frame tells what they are for."""
    if profile.named:
        return frozenset()
    open_ones = (record for record in profile.records if not record.explained)
    return frozenset((place_of(record.site, record.culprit), record.object_size) for record in open_ones)


def _guesses(
    usage: tuple[SiteUsage, ...], unexplained: frozenset[tuple[Place, int]], *, slices: bool
) -> Mapping[Place, ladders.Guess]:
    """What sizes tell of each line: of maps where no frame explains them, of slices everywhere if frames hide them."""
    plain: dict[Place, Ledger] = {}
    for item in usage:
        if item.event.kind is Kind.VALUE:
            ledger = plain.setdefault(place_of(item.site, item.culprit), Ledger())
            ledger.add(Kind.VALUE, item.object_size, item.usage)
    guesses: dict[Place, ladders.Guess] = {}
    for place, ledger in plain.items():
        values = ledger.sizes(Kind.VALUE)
        open_values = {size: used for size, used in values.items() if (place, size) in unexplained}
        guess = ladders.guess_map(open_values) or (ladders.guess_slice(values) if slices else None)
        if guess:
            guesses[place] = guess
    return guesses


def _explained(item: SiteUsage, guess: ladders.Guess | None) -> SiteUsage:
    if guess is None or item.event.kind is not Kind.VALUE or item.object_size not in guess.sizes:
        return item
    return item._replace(event=guess.event)
