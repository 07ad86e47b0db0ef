"""A snapshot to compressed bytes and back: some kB for 300 lines. Knows no store."""

from collections.abc import Iterable
from dataclasses import fields as fields_of
from typing import Any

import structlog
import zstandard

from analyzers.gc import GCFigures
from analyzers.memory import Mark
from analyzers.names.frames import Event, Implementation, Kind
from analyzers.names.goversion import GoVersion
from analyzers.profile import MemStats, Site, Source, Usage
from analyzers.sites import Place, SiteUsage
from analyzers.snapshot import Snapshot
from bot.codec import Unreadable
from bot.columns import Table, by_column, by_row, compressed, inflated, printable

VERSION = 6

log = structlog.get_logger()


def encode_snapshot(snapshot: Snapshot) -> bytes:
    """The whole snapshot, compressed."""
    names, sites, events = Table(), Table(), Table()
    rows = [
        (sites[item.site], sites[item.culprit], events[item.event], item.object_size, *item.usage)
        for item in snapshot.usage
    ]
    places = [(names[site.function], names[site.filename], site.line) for site in sites]
    # Not astuple, which copies the rings of 256 pauses number by number.
    stats = snapshot.memstats
    memstats = [getattr(stats, field.name) for field in fields_of(stats)] if stats else None
    fields = [
        VERSION,
        snapshot.captured_at,
        snapshot.source,
        snapshot.period,
        memstats,
        snapshot.build_id,
        snapshot.process,
        list(snapshot.go_version),
        snapshot.named,
        list(snapshot.anchors.items()),
        *(
            [(names[a], b, names[c], d) for a, b, c, d in sorted(lines)]
            for lines in (snapshot.growing, snapshot.guessed)
        ),
        list(snapshot.gc) if snapshot.gc else None,
        list(snapshot.oldest) if snapshot.oldest else None,
        [printable(name) for name in names],
        by_column(places),
        [list(event) for event in events],
        by_column(rows),
    ]
    return compressed(fields)


def decode_snapshot(data: bytes) -> Snapshot:
    """Raises Unreadable."""
    try:
        return _snapshot(inflated(data, VERSION))
    except Unreadable:
        raise
    except (zstandard.ZstdError, ValueError, TypeError, AttributeError, LookupError) as error:
        raise Unreadable(str(error)) from error


def readable(data: bytes, capture_id: str) -> Snapshot | None:
    """What an older or newer mapstorm wrote counts as absent: "no base" is an answer, a crash is none."""
    try:
        return decode_snapshot(data)
    except Unreadable as error:
        log.warning("snapshot unreadable", capture=capture_id, why=str(error))
        return None


def _snapshot(fields: list[Any]) -> Snapshot:
    captured_at, source, period, memstats, build_id, process, go_version, named, anchors, *lines = fields
    growing, guessed, gc, oldest, names, places, kinds, rows = lines
    sites = [Site(names[function], names[file], line) for function, file, line in by_row(places)]
    events = [_event(*event) for event in kinds]
    usage = tuple(
        SiteUsage(sites[site], sites[culprit], events[event], size, Usage(*numbers))
        for site, culprit, event, size, *numbers in by_row(rows)
    )
    return Snapshot(
        captured_at=float(captured_at),
        source=Source(source),
        period=int(period),
        usage=usage,
        memstats=_memstats(memstats) if memstats else None,
        build_id=str(build_id),
        process=int(process),
        go_version=to_go_version(*go_version),
        named=bool(named),
        anchors={str(function): int(address) for function, address in anchors},
        growing=_places(growing, names),
        guessed=_places(guessed, names),
        gc=GCFigures(*(None if figure is None else float(figure) for figure in gc)) if gc is not None else None,
        oldest=_mark(*oldest) if oldest is not None else None,
    )


def _mark(at_ns: Any, forced: Any, alive: Any, tables: Any) -> Mark:
    return Mark(int(at_ns), int(forced), float(alive), float(tables))


def _places(rows: Iterable[tuple[int, int, int, int]], names: list[str]) -> frozenset[Place]:
    return frozenset(Place(names[a], int(b), names[c], int(d)) for a, b, c, d in rows)


def _memstats(fields: list[Any]) -> MemStats:
    values: list[Any] = [tuple(field) if isinstance(field, list) else field for field in fields]
    return MemStats(*values)


def to_go_version(low: int | None, high: int | None, exact: str | None) -> GoVersion:
    """A range of releases, as it was kept. Raises TypeError and ValueError."""
    lowest, highest = (None if minor is None else int(minor) for minor in (low, high))
    return GoVersion(lowest, highest, None if exact is None else str(exact))


def _event(kind: str, implementation: str | None, key_kind: str | None) -> Event:
    return Event(Kind(kind), Implementation(implementation) if implementation else None, key_kind)
