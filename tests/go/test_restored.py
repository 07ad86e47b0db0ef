"""What `go tool pprof` makes of a restored profile: the totals of the original, and the runtime's frames in it."""

import re
import subprocess
from pathlib import Path

import pytest

from analyzers.errors import EmptyProfile
from analyzers.reading import wholeproto
from analyzers.reading.wholetext import read_whole
from analyzers.restored import restored
from tests.analyzers.protos import HEAP_TYPES, profilers_share, totals
from tests.analyzers.recordings import RECORDINGS, Recording
from tests.toolchains import SWISS, environment, toolchain

pytestmark = [pytest.mark.go, pytest.mark.timeout(900)]

_SAMPLE = re.compile(r"^ +(-?\d+) +(-?\d+) +(-?\d+) +(-?\d+): ([\d ]*)$", re.MULTILINE)
_LOCATION = re.compile(r"^ +(\d+): (0x[0-9a-f]+) ", re.MULTILINE)
_TOTAL = re.compile(r"^Showing nodes accounting for .* of (\d+)(?:B)? total$", re.MULTILINE)
_PROFILER = re.compile(rb"^#\t(0x[0-9a-f]+)\t+(?:runtime|net/http)/pprof\.", re.MULTILINE)
GROWTH = {"go1.23.9": "runtime.hashGrow", "go1.27.3": "internal/runtime/maps.(*table).split"}

every_recording = pytest.mark.parametrize("recording", RECORDINGS, ids=lambda recording: recording.id)
both_families = pytest.mark.parametrize("go", GROWTH)


def pprof(path: Path, *options: str) -> str:
    """One start of `go tool pprof`: a third of a second."""
    command = [str(toolchain(SWISS)), "tool", "pprof", *options, str(path)]
    return subprocess.run(command, env=environment(), capture_output=True, text=True, check=True).stdout  # noqa: S603


def sums(raw: str, leave_out: frozenset[int] = frozenset()) -> list[int]:
    """The four totals of `pprof -raw`, without stacks that run through an address to be left out."""
    addresses = {number: int(address, 16) for number, address in _LOCATION.findall(raw)}
    found = [0] * 4
    for *values, stack in _SAMPLE.findall(raw):
        if leave_out.isdisjoint(addresses[number] for number in stack.split()):
            found = [known + int(value) for known, value in zip(found, values, strict=True)]
    return found


def restore(recording: Recording, visit: int, folder: Path) -> Path:
    path = folder / "restored.pb.gz"
    stacks = read_whole([recording.raw_text(visit)], recording.names)
    path.write_bytes(restored(stacks, recording.moment(visit)))
    return path


@every_recording
def test_a_text_keeps_its_totals(recording: Recording, tmp_path: Path) -> None:
    """As pprof scales the text. It rounds each record down, and so do we, once those of one stack are added up."""
    original = tmp_path / "heap.txt"
    original.write_bytes(recording.raw_text(1))
    profilers = frozenset(int(address, 16) for address in _PROFILER.findall(recording.raw_text(1)))
    raw = pprof(original, "-raw", "-symbolize=none")
    found = sums(pprof(restore(recording, 1, tmp_path), "-raw"))
    assert found == [pytest.approx(total, abs=len(_SAMPLE.findall(raw))) for total in sums(raw, profilers)]
    assert min(found[:2]) > 0


@every_recording
def test_a_protobuf_keeps_its_totals(recording: Recording, tmp_path: Path) -> None:
    data = recording.raw_proto(1)
    try:
        stacks = wholeproto.read_whole(data)
    except EmptyProfile:
        return
    original, ours = tmp_path / "heap.pb.gz", tmp_path / "restored.pb.gz"
    original.write_bytes(data)
    ours.write_bytes(restored(stacks, recording.moment(1)))
    profilers = profilers_share(data)
    expected = [total - own for total, own in zip(sums(pprof(original, "-raw")), profilers, strict=True)]
    assert sums(pprof(ours, "-raw")) == expected


@both_families
def test_the_runtimes_frames_are_shown(recordings: dict[str, Recording], go: str, tmp_path: Path) -> None:
    path = restore(recordings[f"{go}-growth_storm"], 1, tmp_path)
    top = pprof(path, "-top", "-sample_index=alloc_space")
    assert GROWTH[go] in top
    assert "runtime.mapassign_faststr" in top
    below = pprof(path, "-top", "-sample_index=alloc_space", f"-show_from={re.escape(GROWTH[go])}$")
    assert GROWTH[go] in below
    assert "main.main" not in below


@both_families
def test_the_totals_that_pprof_prints_are_ours(recordings: dict[str, Recording], go: str, tmp_path: Path) -> None:
    path = restore(recordings[f"{go}-growth_storm"], 1, tmp_path)
    written = totals(path.read_bytes())
    for name in HEAP_TYPES:
        printed = pprof(path, "-top", "-unit=B", f"-sample_index={name}")
        found = _TOTAL.search(printed)
        assert found is not None, printed[:500]
        assert int(found[1]) == written[name] > 0
    assert "Type: inuse_space" in pprof(path, "-top")  # unless another is asked for


@both_families
def test_nothing_is_looked_up_and_nothing_is_missed(recordings: dict[str, Recording], go: str, tmp_path: Path) -> None:
    """pprof complains of binaries that it cannot find only where names are missing."""
    path = restore(recordings[f"{go}-growth_storm"], 1, tmp_path)
    command = [str(toolchain(SWISS)), "tool", "pprof", "-top", str(path)]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stderr == ""
    assert "unknown" not in done.stdout
