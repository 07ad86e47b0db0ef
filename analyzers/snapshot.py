"""What is kept of a capture: small enough to cache, and all that a later comparison needs. Knows no store."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from analyzers import ladders
from analyzers.frames import Kind
from analyzers.gc import GCFigures
from analyzers.goversion import UNKNOWN, GoVersion
from analyzers.profile import HeapProfile, MemStats, Source, Usage
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
    go_version: GoVersion = UNKNOWN
    named: bool = True
    anchors: Mapping[str, int] = field(default_factory=dict)
    growing: frozenset[Place] = frozenset()  # lines whose maps were seen to grow when this was taken
    gc: GCFigures | None = None  # what that capture saw of the collector, for the next one to compare with

    @property
    def total(self) -> Usage:
        """The whole heap as the profile sees it."""
        return Usage(*(sum(column) for column in zip(*(item.usage for item in self.usage), strict=True)))


def take(profile: HeapProfile, captured_at: float) -> Snapshot:
    """The snapshot of `profile`; where frames are missing, sizes speak for them."""
    return Snapshot(
        captured_at=captured_at,
        source=profile.source,
        period=profile.period,
        usage=_with_guesses(usage_of(profile), maps=not profile.named, slices=not _shows_slices(profile)),
        memstats=profile.memstats,
        build_id=profile.build_id,
        go_version=profile.go_version,
        named=profile.named,
        anchors=profile.anchors,
    )


def with_build_id(snapshot: Snapshot, build_id: str) -> Snapshot:
    """The same snapshot, its build known from the protobuf that was fetched beside it."""
    return replace(snapshot, build_id=build_id)


def _shows_slices(profile: HeapProfile) -> bool:
    """From Go 1.26 the allocator's own frames are there, and append's with them: nothing is left to guess."""
    return any(name.startswith("runtime.mallocgc") for record in profile.records for name in record.frames)


def _with_guesses(usage: tuple[SiteUsage, ...], *, maps: bool, slices: bool) -> tuple[SiteUsage, ...]:
    plain: dict[Place, Ledger] = {}
    for item in usage:
        if item.event.kind is Kind.VALUE:
            ledger = plain.setdefault(place_of(item.site, item.culprit), Ledger())
            ledger.add(Kind.VALUE, item.object_size, item.usage)
    guesses: dict[Place, ladders.Guess] = {}
    for place, ledger in plain.items():
        values = ledger.sizes(Kind.VALUE)
        guess = (ladders.guess_map(values) if maps else None) or (ladders.guess_slice(values) if slices else None)
        if guess:
            guesses[place] = guess
    return tuple(_explained(item, guesses.get(place_of(item.site, item.culprit))) for item in usage)


def _explained(item: SiteUsage, guess: ladders.Guess | None) -> SiteUsage:
    if guess is None or item.event.kind is not Kind.VALUE or item.object_size not in guess.sizes:
        return item
    return item._replace(event=guess.event)
