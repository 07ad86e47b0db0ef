"""Real services under two toolchains, captured by the operator's shell: verdict and line as their author says."""

import time
from pathlib import Path

import pytest

from tests import go_services
from tests.go.answers import capture
from tests.toolchains import CLASSIC, SWISS

pytestmark = [pytest.mark.go, pytest.mark.timeout(900)]

FAMILY = {CLASSIC: "classic", SWISS: "swiss"}
# What every window shows, however slow the machine. The rest has recordings, and a map that only grows a test of its
# own below: between two of its doublings a first capture cannot tell it from one that has stopped growing.
BEHAVIOURS = ("growth_storm", "rebuild_churn", "no_map_problem")


@pytest.mark.parametrize("version", [CLASSIC, SWISS])
@pytest.mark.parametrize("name", BEHAVIOURS)
def test_a_running_service_is_diagnosed_as_its_author_says(name: str, version: str, tmp_path: Path) -> None:
    with go_services.run(name, version) as service:
        answer = capture(service.pprof, tmp_path)
        truth = service.truth()
    assert answer["verdict"] == go_services.verdict(name)
    assert answer["source"] == "text"
    assert answer["basis"] == "first"
    if answer["verdict"] == "no_map_problem":
        assert answer["findings"] == []
        return
    finding = answer["findings"][0]
    mark = go_services.marks(name)[0]
    assert (finding["culprit"]["file"], finding["culprit"]["line"]) == (mark.file, mark.line)
    assert finding["map"]["implementation"] == FAMILY[version]
    assert finding["map"]["slot_bytes"] == truth["maps"][0]["slot_bytes"]
    assert finding["map"]["entries"]["low"] <= truth["maps"][0]["largest"]


@pytest.mark.parametrize("version", [CLASSIC, SWISS])
def test_a_second_capture_is_compared_with_the_first(version: str, tmp_path: Path) -> None:
    with go_services.run("unbounded_growth", version) as service:
        capture(service.pprof, tmp_path)
        # Tables grow in steps: only when the map has twice the entries must its tables have grown.
        least = 2 * service.truth()["maps"][0]["entries"]
        deadline = time.monotonic() + 60
        while service.truth()["maps"][0]["entries"] < least:
            assert time.monotonic() < deadline
            time.sleep(0.2)
        second = capture(service.pprof, tmp_path)
    assert second["basis"] == "same_process"
    assert second["verdict"] == "unbounded_growth"
    assert second["confidence"] == "high"
