"""Every recording, here and in tests/corpus, is whole, true of the sources as they are, and holds nothing of the
machine that made it."""

from __future__ import annotations

import gzip
import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests import corpus, go_services
from tests.profiles.anonymous import top_fields
from tests.profiles.record import NAMES, leading_pcs
from tests.toolchains import CLASSIC, SWISS

HERE = Path(__file__).parent
RECORDINGS = sorted(path.parent for path in HERE.glob("go*/*/truth.json"))
VERDICTS = {
    "growth_storm",
    "rebuild_churn",
    "unbounded_growth",
    "large_map_retained",
    "many_small_maps",
    "slice_growth",
    "oversized_hint",
    "clone_storm",
    "churn_inflation",
    "no_map_problem",
}
OPTIONAL = {"cpu.pb.gz"}

recordings = pytest.mark.parametrize(
    "folder", [*RECORDINGS, *corpus.recorded()], ids=lambda folder: f"{folder.parent.name}-{folder.name}"
)


def truth_of(folder: Path) -> dict[str, Any]:
    truth: dict[str, Any] = json.loads((folder / "truth.json").read_text())
    return truth


def unpacked(folder: Path, kind: str) -> list[bytes]:
    return [gzip.decompress((folder / visit[kind]).read_bytes()) for visit in truth_of(folder)["visits"]]


def test_every_service_is_recorded_under_both_map_families() -> None:
    expected = {HERE / f"go{version}" / name for version in (CLASSIC, SWISS) for name in NAMES}
    assert expected <= set(RECORDINGS)


@pytest.mark.parametrize("home", [HERE, corpus.HERE], ids=["profiles", "corpus"])
def test_recordings_stay_small(home: Path) -> None:
    assert sum(path.stat().st_size for path in home.rglob("*") if path.is_file()) < 10_000_000


@recordings
def test_a_recording_has_the_files_its_truth_names_and_no_others(folder: Path) -> None:
    visits = truth_of(folder)["visits"]
    named = {visit[kind] for visit in visits for kind in ("text", "proto")}
    assert {path.name for path in folder.iterdir()} - OPTIONAL == named | {"symbols.txt", "truth.json"}
    assert [visit["visit"] for visit in visits] in ([1, 2], [1, 2, 3])
    assert all(early["seconds"] < late["seconds"] for early, late in pairwise(visits))


@recordings
def test_the_truth_is_about_this_program_and_its_source_as_it_is_now(folder: Path) -> None:
    truth = truth_of(folder)
    build = folder.parent.name.removeprefix("go")
    release, _, experiment = build.partition("-")
    marks = [(mark["role"], mark["verdict"], mark["file"], mark["line"]) for mark in truth["marks"]]
    assert marks == [(mark.role, mark.verdict, mark.file, mark.line) for mark in go_services.marks(folder.name, build)]
    assert truth["name"] == folder.name
    assert truth["go_version"] == f"go{release}"
    assert truth["verdict"] == go_services.verdict(folder.name, build)
    assert truth["verdict"] in VERDICTS
    assert (truth["culprit"] is None) == (truth["verdict"] == "no_map_problem")
    for visit in truth["visits"]:
        assert visit["truth"]["go"] == f"go{release}" + (f" X:{experiment}" if experiment else "")
        assert visit["truth"]["mem_profile_rate"] == truth["rate"]
        for each in visit["truth"]["maps"]:
            assert each.keys() == go_services.GoMap.__annotations__.keys()


@recordings
def test_the_line_to_blame_is_in_the_profile(folder: Path) -> None:
    culprit = truth_of(folder)["culprit"]
    assert culprit is None or culprit["function"]


@recordings
def test_every_hidden_frame_has_a_name(folder: Path) -> None:
    head, *lines = (folder / "symbols.txt").read_text().splitlines()
    assert head == "num_symbols: 1"
    named = [int(line.split(" ", 1)[0], 16) for line in lines]
    assert named == leading_pcs(text.decode() for text in unpacked(folder, "text"))


@recordings
def test_nothing_of_the_recording_machine_is_inside(folder: Path) -> None:
    binary = f"/app/{truth_of(folder)['service']}".encode()
    for text in unpacked(folder, "text"):
        assert not re.search(rb"\s/\w", text)
    cpu = [gzip.decompress(path.read_bytes()) for path in folder.glob("cpu.pb.gz")]
    for proto in [*unpacked(folder, "proto"), *cpu]:
        absolute = {text for _, _, text in top_fields(proto) if text.startswith(b"/")}
        assert absolute == {binary}
    assert "/" not in re.sub(r"example\.com/\S+|internal/runtime/\S+", "", (folder / "symbols.txt").read_text())
    for packed in folder.glob("*.gz"):
        assert packed.read_bytes()[3:8] == bytes(5), "gzip with a file name or a time"
