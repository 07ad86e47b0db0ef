"""Snapshots made by hand: maps of the models at lines of one's choice, in a process of one's choice."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from analyzers.compare import compare
from analyzers.diagnose import diagnose
from analyzers.finding import Diagnosis, Verdict
from analyzers.names.frames import Event, Implementation, Kind
from analyzers.profile import MemStats, Site, Source, Usage
from analyzers.sites import SiteUsage, place_of
from analyzers.snapshot import Snapshot
from analyzers.thresholds import DEFAULT, Thresholds
from tests.analyzers.models import ClassicMap, SwissMap
from tests.analyzers.recordings import EPOCH

MIB = 1024 * 1024
CLASSIC, SWISS = Implementation.CLASSIC, Implementation.SWISS
Line = tuple[SiteUsage, ...]


def site(name: str = "put", line: int = 64) -> Site:
    return Site(f"example.com/svc/catalog.{name}", f"example.com/svc/catalog/{name}.go", line)


def booked(
    kind: Kind,
    family: Implementation | None,
    made: Iterable[int],
    alive: Iterable[int] = (),
    *,
    at: Site | None = None,
    by: Site | None = None,
    key: str | None = "faststr",
) -> Line:
    """Objects of these sizes were made at a line, and those of `alive` are still in use."""
    counts, kept = Counter(made), Counter(alive)
    usage = {size: Usage(counts[size], counts[size] * size, kept[size], kept[size] * size) for size in counts | kept}
    where = at or site()
    return tuple(SiteUsage(where, by or where, Event(kind, family, key), size, each) for size, each in usage.items())


def classic_map(
    entries: int, *, slot: int = 24, builds: int = 1, alive: int = 1, hint: int = 0, at: Site | None = None
) -> Line:
    model = ClassicMap(slot, hint, 6.5)
    made = model.sizes[:]
    model.fill(entries)
    growth = model.sizes[len(made) :]
    in_use = model.alive * alive
    return (
        *booked(Kind.PRESIZE, CLASSIC, made * builds, () if growth else in_use, at=at),
        *booked(Kind.GROWTH, CLASSIC, growth * builds, in_use if growth else (), at=at),
    )


def swiss_map(
    entries: int, *, slot: int = 24, builds: int = 1, alive: int = 1, hint: int = 0, at: Site | None = None
) -> Line:
    model = SwissMap(slot, hint).fill(entries)
    in_use = model.alive * alive
    return (
        *booked(Kind.PRESIZE, SWISS, model.made * builds, () if model.grown or model.split else in_use, at=at),
        *booked(Kind.GROWTH, SWISS, model.grown * builds, () if model.split else in_use, at=at),
        *booked(Kind.SPLIT, SWISS, model.split * builds, in_use if model.split else (), at=at),
    )


def plain(space: int, *, alive: bool = True, size: int = 1024, at: Site | None = None) -> Line:
    """Objects that are no map's."""
    sizes = [size] * (space // size)
    return booked(Kind.VALUE, None, sizes, sizes if alive else (), at=at or site("other", 9), key=None)


def memstats(
    seconds: float = 0.0, *, heap: float = 50 * MIB, total: float = 100 * MIB, cycles: int = 10, forced: int = 0
) -> MemStats:
    """A reading `seconds` into a process: each of its `cycles` took a millisecond; the last one ended just now."""
    last = int((EPOCH + seconds) * 1e9)
    ends = [0] * 256
    for cycle in range(max(1, cycles - 255), cycles + 1):
        ends[(cycle + 255) % 256] = last - (cycles - cycle) * 1_000_000_000
    pauses = tuple(1_000_000 if end else 0 for end in ends)
    return MemStats(
        total_alloc=int(total),
        mallocs=int(total) // 100,
        heap_alloc=int(heap),
        heap_objects=int(heap) // 100,
        heap_sys=int(heap * 2),
        next_gc=int(heap * 2),
        last_gc_ns=last,
        num_gc=cycles,
        num_forced_gc=forced,
        gc_cpu_fraction=0.01,
        pause_ns=pauses,
        pause_end=tuple(ends),
    )


def snapshot(
    *lines: Line, seconds: float = 0.0, named: bool = True, stats: MemStats | None = None, **fields: object
) -> Snapshot:
    """Everything was recorded (period 1), so nothing is a matter of chance."""
    made = Snapshot(
        captured_at=EPOCH + seconds,
        source=Source.TEXT if named else Source.PROTOBUF,
        period=1,
        usage=tuple(item for line in lines for item in line),
        memstats=stats,
        named=named,
        guessed=frozenset()
        if named
        else frozenset(place_of(item.site, item.culprit) for line in lines for item in line),
    )
    return replace(made, **fields)  # type: ignore[arg-type]


def judged(
    now: Snapshot, before: Snapshot | None = None, base: Snapshot | None = None, thresholds: Thresholds = DEFAULT
) -> Diagnosis:
    return diagnose(compare(now, before, base), thresholds)


def rules(diagnosis: Diagnosis) -> list[Verdict]:
    return [finding.rule for finding in diagnosis.findings]
