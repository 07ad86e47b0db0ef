"""A capture's bytes to the files somebody asked for: the page with its flame graph, the profile with hidden frames.

Knows which is made of what, not how it is drawn. Imported only where a file was asked for: it brings half of mapstorm.

Why they are for their owner alone (0600): both name functions and files of a service, as a snapshot does. Whoever sends
one decides that themselves.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import zstandard

from analyzers.compare import Basis
from analyzers.errors import ProfileError
from analyzers.examine import examine
from analyzers.profile import Source
from analyzers.reading.inflate import inflate
from analyzers.restored import restored
from analyzers.snapshot import Snapshot
from bot import local_files
from bot.reports.page import html
from bot.shell.targets import TargetError, Targets
from handlers.drawing import flame_of
from handlers.notes import Summary
from handlers.paging import gathered
from handlers.records import Capture, Remembered, Request, Service
from handlers.report import Raw, Report
from handlers.taped import LEVEL
from handlers.trend import line_of
from handlers.wholes import stacks

CHUNK = 256 * 1024
TEXT_START = b"heap profile:"


class Saved(NamedTuple):
    """A file, text or protobuf, gzipped or not, and what was read in it."""

    path: str
    snapshot: Snapshot


def write(
    wanted: Targets,
    service: Service,
    report: Report,
    raw: Raw,
    history: tuple[Remembered, ...] = (),
    base: Raw | None = None,
) -> None:
    """Writes what is wanted, whole or not at all. `history` is the service's, newest first; `base` what the capture
    before brought. Raises TargetError."""
    if wanted.pprof:
        _put(wanted.pprof, _restored(wanted.pprof, report, raw))
    if wanted.html:
        page = gathered(service, report, history, None)
        _put(wanted.html, html(page, flame_of(raw, _before(report, base))).encode())


def _restored(path: str, report: Report, raw: Raw) -> bytes:
    """The diagnosis was made of less than all frames: what is wrong with the others is told here."""
    try:
        now = stacks(raw)
    except ProfileError as error:
        raise TargetError(f"{path}: its stacks cannot be read whole ({error.reason})") from error
    if now is None:
        raise TargetError(f"{path}: the capture is too large to be kept")
    return restored(now, report.diagnosis.captured_at)


def write_saved(wanted: Targets, note: Summary, this: Saved, base: Saved | None, symbols: str | None) -> None:
    """The same of files. Raises TargetError."""
    moment, name = note.diagnosis.captured_at, note.instance
    asked = Request(name, name, (name,), moment, "")
    past: tuple[Remembered, ...] = ()
    if base:
        before = examine(base.snapshot, None, None)[1]
        past = (line_of(Capture("base", asked, name), before),)
    report = Report(Capture(name, asked, name), note.diagnosis)
    write(wanted, note.service, report, _raw(this, symbols), past, _raw(base, symbols) if base else None)


def _raw(saved: Saved, symbols: str | None) -> Raw:
    """As a capture would have kept it. Names that the diagnosis left out are left out here, too."""
    path = saved.path
    named = Path(symbols).read_bytes() if symbols and saved.snapshot.named else b""
    squeeze = zstandard.ZstdCompressor(level=LEVEL).compressobj()
    if saved.snapshot.source is Source.PROTOBUF:
        return Raw(proto=Path(path).read_bytes())
    with open(path, "rb") as file:
        is_plain = file.read(len(TEXT_START)) == TEXT_START
    chunks = _chunks(path) if is_plain else iter((inflate(Path(path).read_bytes()),))
    return Raw(text=b"".join(map(squeeze.compress, chunks)) + squeeze.flush(), symbols=named)


def _before(report: Report, base: Raw | None) -> Raw | None:
    """What is allocated counts from the start of a process: another one's is nothing to compare with."""
    return base if report.diagnosis.comparison.basis is Basis.SAME_PROCESS else None


def _put(path: str, data: bytes) -> None:
    try:
        local_files.write(Path(os.path.realpath(path)), data)
    except OSError as error:
        raise TargetError(f"{path}: {error.strerror}") from error
    sys.stderr.write(f"wrote {path}\n")


def _chunks(path: str) -> Iterator[bytes]:
    with open(path, "rb", buffering=0) as file:
        while chunk := file.read(CHUNK):
            yield chunk
