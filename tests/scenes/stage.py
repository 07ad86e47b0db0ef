"""Recordings played as captures: the bytes of their visits, what was found, and a past to draw beside it.

Knows recordings, no picture and no scene. What was found is always of recorded bytes. A past is either recorded as well
(`lived`, `grown`) or made up around the live heap that was found (`trend`): nobody recorded a day.
"""

import gzip
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import zstandard

from analyzers.compare import Basis
from analyzers.examine import examine
from analyzers.finding import Diagnosis, Verdict
from analyzers.names.frames import Implementation
from analyzers.profile import Site
from analyzers.reading import heapproto, symbols
from analyzers.reading.heaptext import read_heap_text
from analyzers.snapshot import Snapshot, take, with_binary
from bot.demo.replay import RECORDINGS
from handlers.records import Instance, Remembered, Service
from handlers.report import Raw
from tests import corpus
from tests.analyzers.recordings import EPOCH, Recording
from tests.demo.record import MOMENTS

CLASSIC, SWISS = "1.23.9", "1.27.3"
FAMILIES = {CLASSIC: Implementation.CLASSIC, SWISS: Implementation.SWISS}
INSTANCE = "orders-0"
EVERY_S = 1_200.0
RISING = tuple(0.3 + 0.7 * step / 11 for step in range(12))
NOTHING_NEW: Mapping[int, Basis] = MappingProxyType({})
RECORDED, VISITS, APART_S = Path(__file__).parent / "recorded", 10, 8.0
LATE = 2  # the third visit of a recording, of those that have one


class Story(NamedTuple):
    """One capture as pictures and page tell it. `base` is what the capture before brought, `peers` are the instances
    captured beside it, `trend` ends with this capture."""

    service: Service
    instance: str
    diagnosis: Diagnosis
    trend: tuple[Remembered, ...]
    raw: Raw
    base: Raw | None = None
    peers: tuple[tuple[str, Diagnosis], ...] = ()


def story(build: str, name: str, *, protobuf: bool = False, later: bool = False, limit: int | None = None) -> Story:
    """A capture of one service under one build: two visits, or `later` a third one against them; a trend of 12."""
    recording = _recording(build, name)
    diagnosis = _found(recording, protobuf=protobuf, later=later, limit=limit)
    known = Service(
        f"svc-{name.replace('_', '-')}",
        tuple(Instance(f"orders-{number}", "http://127.0.0.1/debug/pprof") for number in range(3)),
        "C0ORDERS",
        memory_limit=limit,
    )
    if later:
        raw, base = _raw(recording, LATE, None, protobuf=protobuf), _raw(recording, 1, 0, protobuf=protobuf)
    else:
        raw, base = _raw(recording, 1, 0, protobuf=protobuf), None
    return Story(known, INSTANCE, diagnosis, trend(diagnosis), raw, base)


def trend(
    diagnosis: Diagnosis,
    heights: Sequence[float] = RISING,
    *,
    instance: str = INSTANCE,
    new: Mapping[int, Basis] = NOTHING_NEW,
) -> tuple[Remembered, ...]:
    """A made-up past, 20 minutes apart, that ends at `diagnosis`: of its live heap `heights` are the
    shares. `new` says at which of them, counted from 0, it was another process."""
    count = len(heights)
    return tuple(
        _line(
            diagnosis,
            instance,
            diagnosis.captured_at - (count - 1 - number) * EVERY_S,
            height,
            new.get(number, Basis.SAME_PROCESS if number else Basis.FIRST),
        )
        for number, height in enumerate(heights)
    )


def merged(*trends: Sequence[Remembered]) -> tuple[Remembered, ...]:
    """Several instances' pasts as one service's, oldest first."""
    return tuple(sorted((line for each in trends for line in each), key=lambda line: line.captured_at))


def lived(name: str) -> Story:
    """A service of the demo, each of its four recorded readings a capture of its own: nothing here is made up."""
    return _played(RECORDINGS / name, MOMENTS, 0, "svc-orders")


def grown() -> Story:
    """What `recorded` holds, a service that grows for a minute: nothing here is made up either."""
    return _played(RECORDED, [visit * APART_S for visit in range(VISITS)], VISITS - 3, "svc-dedup")


def _played(folder: Path, moments: Sequence[float], base: int, name: str) -> Story:
    """The last two readings are one capture of two visits, compared with the reading `base`."""
    names = symbols.names((folder / "symbols.txt").read_bytes())
    past: list[Remembered] = []
    kept: list[Snapshot] = []
    for visit, moment in enumerate(moments):
        profile = symbols.resolve(read_heap_text([_text(folder, visit)]), names)
        binary = heapproto.binary(_file(folder, visit, "pb"))
        after, diagnosis = examine(with_binary(take(profile, EPOCH + moment), binary), None, kept[-1] if kept else None)
        kept.append(after)
        past.append(_line(diagnosis, INSTANCE, EPOCH + moment, 1.0, diagnosis.comparison.basis))
    _, diagnosis = examine(kept[-2], kept[-1], kept[base])
    last = len(moments) - 1
    raw = Raw(
        text=packed(_text(folder, last)),
        first_text=packed(_text(folder, last - 1)),
        symbols=(folder / "symbols.txt").read_bytes(),
        proto=_file(folder, last, "pb"),
    )
    before = raw._replace(text=packed(_text(folder, base)), first_text=b"", proto=_file(folder, base, "pb"))
    service = Service(name, (Instance(INSTANCE, "http://127.0.0.1/debug/pprof"),), "C0ORDERS")
    return Story(service, INSTANCE, diagnosis, tuple(past), raw, before)


def renamed(told: Story, function: Callable[[str], str], file: Callable[[str], str]) -> Story:
    """The same with other names of lines, wherever a picture shows one."""
    found = told.diagnosis

    def other(site: Site) -> Site:
        return site._replace(function=function(site.function), filename=file(site.filename))

    findings = tuple(each._replace(site=other(each.site), culprit=other(each.culprit)) for each in found.findings)
    dominant = tuple(each._replace(culprit=other(each.culprit)) for each in found.dominant)
    return told._replace(diagnosis=found._replace(findings=findings, dominant=dominant))


def _line(diagnosis: Diagnosis, instance: str, moment: float, height: float, basis: str) -> Remembered:
    culprit = diagnosis.findings[0].culprit if diagnosis.findings else None
    verdict = diagnosis.verdict if height > 0.6 else Verdict.NO_MAP_PROBLEM
    return Remembered(
        moment,
        instance,
        verdict,
        f"{culprit.filename}:{culprit.line}" if culprit and height > 0.6 else "",
        diagnosis.live_heap * height,
        # Of a small heap the tables as they were sampled may be more than all that is alive.
        min(diagnosis.live_tables, diagnosis.live_heap) * height**2,
        basis,
        f"r{moment:.0f}.{instance}",
    )


@cache
def _recording(build: str, name: str) -> Recording:
    return Recording(corpus.HERE / build / name)


def _found(recording: Recording, *, protobuf: bool, later: bool, limit: int | None) -> Diagnosis:
    visit = recording.proto_snapshot if protobuf else recording.snapshot
    kept, diagnosis = examine(visit(0), visit(1), None, memory_limit=limit)
    return examine(visit(LATE), None, kept, memory_limit=limit)[1] if later else diagnosis


def _raw(recording: Recording, visit: int, first: int | None, *, protobuf: bool) -> Raw:
    if protobuf:
        return Raw(
            proto=recording.raw_proto(visit), first_proto=recording.raw_proto(first) if first is not None else b""
        )
    return Raw(
        text=packed(recording.raw_text(visit)),
        first_text=packed(recording.raw_text(first)) if first is not None else b"",
        symbols=(recording.folder / "symbols.txt").read_bytes(),
        proto=recording.raw_proto(visit),
    )


def _text(folder: Path, visit: int) -> bytes:
    return gzip.decompress(_file(folder, visit, "txt"))


def _file(folder: Path, visit: int, kind: str) -> bytes:
    return (folder / (f"heap-{visit + 1}.{kind}.gz" if visit else f"heap.{kind}.gz")).read_bytes()


def packed(text: bytes) -> bytes:
    """As a tape keeps a text."""
    return zstandard.ZstdCompressor(level=1).compress(text)
