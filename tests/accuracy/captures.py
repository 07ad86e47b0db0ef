"""The corpus as captures to be diagnosed, each with what its author expects. Knows no figure."""

from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Literal, cast

from analyzers.examine import examine
from analyzers.finding import Diagnosis
from tests import corpus, go_services
from tests.analyzers.recordings import Recording
from tests.profiles.record import Visit

# A window of two visits, a later visit against that window, and the window read from the protobuf alone.
View = Literal["window", "later", "protobuf"]


@dataclass(frozen=True)
class Capture:
    """One service under one build, looked at in one way."""

    recording: Recording
    view: View

    @property
    def name(self) -> str:
        return self.recording.folder.name

    @property
    def build(self) -> str:
        return self.recording.folder.parent.name

    @property
    def family(self) -> str:
        return go_services.family(self.build)

    @cached_property
    def marks(self) -> list[go_services.Mark]:
        """What the source says of this build, the culprit first."""
        return go_services.marks(self.name, self.build)

    @property
    def culprit(self) -> go_services.Mark | None:
        return next((mark for mark in self.marks if mark.role == "culprit"), None)

    @property
    def map(self) -> go_services.GoMap | None:
        """The program's own account of the map at the culprit, right after the visit diagnosed.

        None where there is none: in a slice, or from Go 1.24 in sync.Map, a trie that has no slots.
        """
        maps = self._visit["truth"]["maps"]
        return maps[0] if maps and maps[0]["slot_bytes"] and self.culprit else None

    @property
    def largest(self) -> tuple[int, int]:
        """The most entries of that map right before and right after the visit, the fewer first."""
        assert self.map is not None
        before = self._visit["before"][0]["largest"] if self._visit.get("before") else self.map["largest"]
        least, most = sorted((before, self.map["largest"]))
        return least, most

    @property
    def _visit(self) -> Visit:
        visits = cast(list[Visit], self.recording.truth["visits"])
        return visits[2 if self.view == "later" else 1]

    def diagnose(self) -> Diagnosis:
        recording = self.recording
        if self.view == "protobuf":
            return examine(recording.proto_snapshot(0), recording.proto_snapshot(1), None)[1]
        kept, diagnosis = examine(recording.snapshot(0), recording.snapshot(1), None)
        return examine(recording.snapshot(2), None, kept)[1] if self.view == "later" else diagnosis


@cache
def captures(home: Path = corpus.HERE) -> tuple[Capture, ...]:
    """Every recording of a corpus in every view it allows."""
    found: list[Capture] = []
    for folder in corpus.recorded(home):
        recording = Recording(folder)
        views: list[View] = ["window", "protobuf", *(["later"] if recording.visits > 2 else [])]  # type: ignore[list-item]
        found += [Capture(recording, view) for view in views]
    return tuple(found)
