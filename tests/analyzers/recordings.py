"""The recordings under tests/profiles as snapshots. Knows their files, not what they should come to."""

import gzip
import json
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from analyzers.profile import HeapProfile
from analyzers.reading import heapproto, symbols
from analyzers.reading.heaptext import HeapText, read_heap_text
from analyzers.snapshot import Snapshot, take, with_binary

PROFILES = Path(__file__).parent.parent / "profiles"
# Any moment will do, as long as it is the same one in every run.
EPOCH = 1_700_000_000.0


@dataclass(frozen=True)
class Recording:
    """One folder of tests/profiles. Visits count from 0."""

    folder: Path

    @property
    def id(self) -> str:
        return f"{self.folder.parent.name}-{self.folder.name}"

    @cached_property
    def truth(self) -> dict[str, Any]:
        truth: dict[str, Any] = json.loads((self.folder / "truth.json").read_text())
        return truth

    @property
    def verdict(self) -> str:
        return str(self.truth["verdict"])

    @property
    def swiss(self) -> bool:
        return int(self.truth["go_version"].split(".")[1]) >= 24

    @property
    def visits(self) -> int:
        return len(self.truth["visits"])

    def maps(self, visit: int) -> list[dict[str, Any]]:
        """What the program itself said about its maps right after a visit."""
        found: list[dict[str, Any]] = self.truth["visits"][visit]["truth"]["maps"]
        return found

    def marks(self, *roles: str) -> set[tuple[str, int]]:
        """File and line of the marked lines."""
        return {(mark["file"], mark["line"]) for mark in self.truth["marks"] if mark["role"] in roles}

    def raw_text(self, visit: int) -> bytes:
        return gzip.decompress((self.folder / self.truth["visits"][visit]["text"]).read_bytes())

    def raw_proto(self, visit: int) -> bytes:
        return (self.folder / self.truth["visits"][visit]["proto"]).read_bytes()

    @cached_property
    def names(self) -> dict[int, str]:
        return symbols.names((self.folder / "symbols.txt").read_bytes())

    def heap_text(self, visit: int) -> HeapText:
        return read_heap_text([self.raw_text(visit)])

    def profile(self, visit: int) -> HeapProfile:
        return symbols.resolve(self.heap_text(visit), self.names)

    def moment(self, visit: int) -> float:
        return EPOCH + float(self.truth["visits"][visit]["seconds"])

    @cache  # noqa: B019 - a recording lives as long as the tests do
    def snapshot(self, visit: int) -> Snapshot:
        """Text and names, as a capture of that visit takes it."""
        snapshot = take(self.profile(visit), self.moment(visit))
        return with_binary(snapshot, heapproto.binary(self.raw_proto(visit)))

    @cache  # noqa: B019
    def proto_snapshot(self, visit: int) -> Snapshot:
        """The same visit to a service that offers nothing but the protobuf."""
        return take(heapproto.read(self.raw_proto(visit)), self.moment(visit))


# The truth is written last: a folder without it is being recorded just now.
RECORDINGS = [Recording(path.parent) for path in sorted(PROFILES.glob("go*/*/truth.json"))]
