"""Totals of recorded protobufs, as `go tool pprof` reads them and as it adds them up."""

import re
import subprocess

import pytest

from analyzers.errors import EmptyProfile
from analyzers.reading import heapproto
from tests.analyzers.protos import HEAP_TYPES, profilers_share
from tests.analyzers.recordings import RECORDINGS, Recording
from tests.toolchains import SWISS, environment, toolchain

pytestmark = [pytest.mark.go, pytest.mark.timeout(900)]

_SAMPLE = re.compile(r"^ +(-?\d+) +(-?\d+) +(-?\d+) +(-?\d+): [\d ]*$", re.MULTILINE)
_TOTAL = re.compile(r"^Showing nodes accounting for .* of (\d+)B total$", re.MULTILINE)


def pprof(recording: Recording, visit: int, *options: str) -> str:
    """One start of `go tool pprof`: a third of a second."""
    path = recording.folder / recording.truth["visits"][visit]["proto"]
    command = [str(toolchain(SWISS)), "tool", "pprof", *options, str(path)]
    return subprocess.run(command, env=environment(), capture_output=True, text=True, check=True).stdout  # noqa: S603


def totals(recording: Recording, visit: int) -> list[float]:
    """Ours by sample type, with what the profiler itself allocated, which mapstorm leaves out."""
    data = recording.raw_proto(visit)
    try:
        records = heapproto.read(data).records
    except EmptyProfile:
        records = ()
    own = profilers_share(data)
    return [sum(each.usage[column] for each in records) + own[column] for column in range(len(HEAP_TYPES))]


every_recording = pytest.mark.parametrize("recording", RECORDINGS, ids=lambda recording: recording.id)


@every_recording
def test_every_sample_of_pprof_is_in_our_totals(recording: Recording) -> None:
    for visit in range(recording.visits):
        samples = _SAMPLE.findall(pprof(recording, visit, "-raw"))
        assert totals(recording, visit) == [sum(int(sample[at]) for sample in samples) for at in range(4)]


@every_recording
def test_the_total_that_pprof_prints_is_ours(recording: Recording) -> None:
    for column in (1, 3):
        printed = pprof(recording, 0, "-top", "-unit=B", f"-sample_index={HEAP_TYPES[column]}")
        found = _TOTAL.search(printed)
        assert found is not None, printed[:500]
        assert totals(recording, 0)[column] == int(found[1])
