"""Every recording's answer word for word, as posted to Slack: reviewed as a diff, rewritten by --update-golden."""

from collections.abc import Callable
from typing import Any

import pytest

from analyzers.cpu import CPUProfile
from analyzers.errors import EmptyProfile
from analyzers.examine import examine
from analyzers.reading import cpuproto
from bot.render import FINE_PRINT, message
from handlers.notes import CaptureFailed, Note, Summary
from handlers.records import Instance, Service
from tests.analyzers.recordings import RECORDINGS, Recording

Golden = Callable[[str, str], None]
every_recording = pytest.mark.parametrize("recording", RECORDINGS, ids=lambda recording: recording.id)


def answer(recording: Recording, *visits: int, cpu: CPUProfile | None = None) -> Note:
    """What the thread gets: the last of `visits` with the one before as its window and the one before that as base."""
    name = str(recording.truth["service"])
    service = Service(name, (Instance("pod-0", ""),), "C0123ABCD")
    try:
        *base, first, second = (None, *(recording.snapshot(visit) for visit in visits))
        before = base[-1] if base else None
        assert first is not None
        return Summary(service, "pod-0", "r1.pod-0", examine(first, second, before, cpu=cpu)[1])
    except EmptyProfile as error:
        return CaptureFailed(service, "pod-0", "r1.pod-0", error.reason, error.detail)


def posted(note: Note) -> str:
    """The blocks' texts; fine print keeps its mark."""
    paragraphs = []
    for block in message(note).blocks:
        if block["type"] == "context":
            elements: Any = block["elements"]
            paragraphs.append(FINE_PRINT + elements[0]["text"])
        else:
            section: Any = block["text"]
            paragraphs.append(section["text"])
    return "\n\n".join(paragraphs) + "\n"


@every_recording
def test_a_first_capture(recording: Recording, golden: Golden) -> None:
    golden(recording.id, posted(answer(recording, 0, 1)))


@pytest.mark.parametrize(
    "recording", [each for each in RECORDINGS if each.visits > 2], ids=lambda recording: recording.id
)
def test_a_later_capture(recording: Recording, golden: Golden) -> None:
    golden(f"{recording.id}-later", posted(answer(recording, 0, 1, 2)))


@pytest.mark.parametrize(
    "recording",
    [each for each in RECORDINGS if (each.folder / "cpu.pb.gz").exists()],
    ids=lambda recording: recording.id,
)
def test_a_capture_with_a_cpu_profile(recording: Recording, golden: Golden) -> None:
    cpu = cpuproto.read((recording.folder / "cpu.pb.gz").read_bytes())
    golden(f"{recording.id}-cpu", posted(answer(recording, 0, 1, cpu=cpu)))
