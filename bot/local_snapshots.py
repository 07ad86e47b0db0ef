"""The port Snapshots in a directory of one's own, for the shell without Redis. Knows files and no client.

A file is named by its time and its capture, so that listing a directory is the index.
"""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

import structlog

from analyzers.finding import Diagnosis
from analyzers.snapshot import Snapshot
from bot.codec import Unreadable, decode_remembered, encode_remembered
from bot.local_files import file_errors, safe, write
from bot.snapshot_codec import encode_snapshot, readable
from handlers.records import Capture, Remembered
from handlers.trend import line_of

KEPT_PER_INSTANCE = 50
HISTORY = 300

SNAPSHOT, LINE = ".snapshot", ".line"

log = structlog.get_logger()


class Entry(NamedTuple):
    """One capture on disk."""

    captured_at: float
    capture_id: str
    path: Path  # without its suffix


class LocalSnapshots:
    """`directory` is made for its owner alone: names of functions are nobody else's business."""

    def __init__(self, directory: Path, *, kept: int = KEPT_PER_INSTANCE) -> None:
        self._directory = directory
        self._kept = kept

    async def before(self, service: str, instance: str, moment: float) -> Snapshot | None:
        with file_errors(self._directory):
            return await asyncio.to_thread(self._before, service, instance, moment)

    async def put(self, capture: Capture, snapshot: Snapshot, diagnosis: Diagnosis) -> None:
        with file_errors(self._directory):
            await asyncio.to_thread(self._put, capture, snapshot, diagnosis)

    async def history(self, service: str, most: int | None = None) -> tuple[Remembered, ...]:
        with file_errors(self._directory):
            return await asyncio.to_thread(self._history, service, min(most or HISTORY, HISTORY))

    def _before(self, service: str, instance: str, moment: float) -> Snapshot | None:
        for entry in _entries(self._folder(service, instance), SNAPSHOT):
            if entry.captured_at < moment:
                snapshot = readable(_with(entry.path, SNAPSHOT).read_bytes(), entry.capture_id)
                if snapshot is not None:
                    return snapshot
        return None

    def _put(self, capture: Capture, snapshot: Snapshot, diagnosis: Diagnosis) -> None:
        folder = self._folder(capture.request.service, capture.instance)
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{snapshot.captured_at!r}_{safe(capture.id)}"
        write(_with(path, LINE), encode_remembered(line_of(capture, diagnosis)))
        write(_with(path, SNAPSHOT), encode_snapshot(snapshot))
        entries = list(_entries(folder, SNAPSHOT))
        stale = [entry for entry in entries if entry.capture_id == capture.id and entry.path != path]
        for entry in {*stale, *entries[self._kept :]}:
            _with(entry.path, SNAPSHOT).unlink(missing_ok=True)
            _with(entry.path, LINE).unlink(missing_ok=True)

    def _history(self, service: str, most: int) -> tuple[Remembered, ...]:
        folders = (self._directory / safe(service)).glob("*/")
        entries = sorted((entry for folder in folders for entry in _entries(folder, LINE)), reverse=True)
        lines = []
        for entry in entries[:most]:
            try:
                lines.append(decode_remembered(_with(entry.path, LINE).read_bytes()))
            except Unreadable as error:
                log.warning("history unreadable", capture=entry.capture_id, why=str(error))
        return tuple(lines)

    def _folder(self, service: str, instance: str) -> Path:
        return self._directory / safe(service) / safe(instance)


def _entries(folder: Path, suffix: str) -> Iterator[Entry]:
    """Newest first."""
    found = []
    for path in folder.glob(f"*{suffix}"):
        bare = path.name.removesuffix(suffix)
        moment, _, capture = bare.partition("_")
        try:
            found.append(Entry(float(moment), unquote(capture), path.with_name(bare)))
        except ValueError:
            continue  # not one of ours
    return iter(sorted(found, reverse=True))


def _with(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)
