"""The port KnownLeaves in a directory of one's own, for the shell without Redis: a file for each build."""

import asyncio
from pathlib import Path

from analyzers.leaves import Leaves
from bot.leaves_codec import encode_leaves, recalled
from bot.local_files import file_errors, safe, write

# The shell looks at few services; the oldest builds give way.
KEPT = 50


class LocalLeaves:
    """`directory` is made for its owner alone."""

    def __init__(self, directory: Path, *, kept: int = KEPT) -> None:
        self._directory = directory
        self._kept = kept

    async def of(self, build_id: str) -> Leaves | None:
        with file_errors(self._directory):
            return await asyncio.to_thread(self._of, build_id)

    async def learned(self, leaves: Leaves) -> None:
        with file_errors(self._directory):
            await asyncio.to_thread(self._learned, leaves)

    def _of(self, build_id: str) -> Leaves | None:
        path = self._directory / safe(build_id)
        return recalled(path.read_bytes(), build_id) if path.is_file() else None

    def _learned(self, leaves: Leaves) -> None:
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        write(self._directory / safe(leaves.build_id), encode_leaves(leaves))
        newest = sorted(self._directory.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in newest[self._kept :]:
            path.unlink(missing_ok=True)
