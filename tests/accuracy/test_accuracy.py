"""No figure over the recorded corpus is worse than it was, and what counts as worse is counted right."""

from pathlib import Path

import pytest

from tests import corpus, go_services
from tests.accuracy import floors, peers, table
from tests.accuracy.captures import captures
from tests.accuracy.figures import COLUMNS, Row, judgements, rows
from tests.accuracy.judge import judge, slot_bytes
from tests.go_services import GoMap


def test_no_figure_is_below_its_floor() -> None:
    assert floors.read(), "floors.json is missing: ./mapstorm accuracy --update-floors"
    assert floors.fallen(rows(judgements()), floors.read()) == []


def test_services_held_back_are_in_no_other_row() -> None:
    held = corpus.held_back()
    assert held <= set(go_services.NAMES)
    for row in rows(judgements()):
        names = {each.capture.name for each in row.judgements}
        assert names <= held if row.label.startswith("held back") else not names & held


def test_every_capture_is_counted_in_one_build_or_apart() -> None:
    counted = [row for row in rows(judgements()) if row.label.partition(",")[0] not in ("classic", "swiss")]
    windows = [each for row in counted for each in row.judgements if each.capture.view == "window"]
    assert len(windows) == len({id(each) for each in windows})
    assert {each.capture.recording.folder for each in windows} == {each.recording.folder for each in captures()}


def test_a_figure_that_falls_or_goes_or_an_error_that_rises_is_told(tmp_path: Path) -> None:
    row = next(row for row in rows(judgements()) if row.label == "classic")
    path = tmp_path / "floors.json"
    floors.write([row], path)
    assert floors.fallen([row], floors.read(path)) == []
    [gone] = {told.split(" is ")[1].split(",")[0] for told in floors.fallen([], floors.read(path))}
    assert gone == "gone"
    better = {"classic": {"verdict": 1.1, "median": -0.1}}
    assert [told.split(" is ")[0] for told in floors.fallen([row], better)] == ["classic: verdict", "classic: median"]


def test_wrong_answers_lower_every_share() -> None:
    judged = next(each for each in judgements() if each.line and each.slot and each.storms)
    worse = judged._replace(
        verdict=False, storms=(False, True), storm_found=False, line=False, slot=False, advice=False
    )
    figures = Row("both", [judged, worse]).figures()
    assert figures["verdict"] == figures["recall"] == figures["line"] == figures["slot"] == 0.5
    assert figures["precision"] == pytest.approx(2 / 3, abs=1e-4)
    assert figures.keys() == {column.name for column in COLUMNS}
    [good, bad] = table.services([judged, worse])
    assert "WRONG" not in good or not judged.right
    assert bad.startswith("!")
    assert "WRONG: verdict, storm_found, line, slot" in bad


@pytest.mark.go
@pytest.mark.timeout(900)
def test_pprof_names_the_function_or_the_map_but_never_both() -> None:
    capture = next(each for each in captures() if (each.name, each.build) == ("growth_storm", "1.23.9"))
    plain, all_frames = peers.answers([judge(capture)])
    assert (plain.culprit, plain.says_map) == (True, False)
    assert (all_frames.culprit, all_frames.says_map) == (False, True)
    assert all_frames.function == "runtime.makeBucketArray"


@pytest.mark.parametrize(
    ("key", "value", "struct", "family", "slot"),
    [
        (16, 8, 24, "swiss", 24),
        (4, 1, 8, "swiss", 8),
        (4, 1, 8, "classic", 5),
        (16, 200, 216, "swiss", 24),  # the value is kept behind a pointer
        (16, 200, 216, "classic", 24),
        (4, 136, 144, "swiss", 16),
    ],
)
def test_slot_bytes_are_those_of_the_table(key: int, value: int, struct: int, family: str, slot: int) -> None:
    truth = GoMap(
        name="m",
        key="K",
        value="V",
        key_bytes=key,
        value_bytes=value,
        slot_bytes=struct,
        hint=0,
        entries=1,
        largest=1,
        live=1,
        builds=1,
    )
    assert slot_bytes(truth, family) == slot
