"""A build's text once, then its protobuf alone: real services of both families, also where code lies elsewhere."""

from pathlib import Path
from typing import Any

import pytest

from tests import go_services
from tests.go.answers import capture
from tests.toolchains import CLASSIC, SWISS

pytestmark = [pytest.mark.go, pytest.mark.timeout(900)]

WITH_ID = "-ldflags=-B=gobuildid"  # Go 1.24 and later write a build id of their own
PIE = "-buildmode=pie"
WINDOW_S = 1  # what these services are told for has happened before


def told(answer: dict[str, Any]) -> dict[str, Any]:
    """What the first finding says of its map; what it holds may have moved on meanwhile."""
    finding = answer["findings"][0]
    known = {name: finding["map"][name] for name in ("implementation", "key_kind", "slot_bytes", "hinted")}
    return {**known, "rule": finding["rule"], "site": finding["site"], "culprit": finding["culprit"]}


@pytest.mark.parametrize(("version", "flags"), [(CLASSIC, (WITH_ID,)), (CLASSIC, (WITH_ID, PIE)), (SWISS, ())])
@pytest.mark.parametrize("name", ["growth_storm", "many_small_maps"])
def test_a_protobuf_says_what_the_text_of_its_build_said(
    name: str, version: str, flags: tuple[str, ...], tmp_path: Path
) -> None:
    with go_services.run(name, version, flags=flags) as service:
        first, second = (capture(service.pprof, tmp_path, "--source", "auto", window_s=WINDOW_S) for _ in range(2))
        compared = capture(service.pprof, tmp_path, "--source", "text", window_s=WINDOW_S)
    assert [first["source"], second["source"], compared["source"]] == ["text", "protobuf", "text"]
    assert [first["basis"], second["basis"], compared["basis"]] == ["first", "same_process", "same_process"]
    assert told(second) == told(first)
    assert second["confidence"] == first["confidence"]
    assert second["gc"]["cycles_per_minute"] is None
    assert first["gc"]["cycles_per_minute"] is not None


def test_the_next_process_of_a_build_is_known(tmp_path: Path) -> None:
    """Its code lies elsewhere."""
    answers = []
    for _ in range(2):
        with go_services.run("growth_storm", CLASSIC, flags=(WITH_ID, PIE)) as service:
            answers.append(capture(service.pprof, tmp_path, "--source", "auto", window_s=WINDOW_S))
    assert [answer["source"] for answer in answers] == ["text", "protobuf"]
    assert told(answers[0]) == told(answers[1])


def test_without_a_build_id_the_text_is_read_each_time(tmp_path: Path) -> None:
    with go_services.run("growth_storm", CLASSIC) as service:
        answers = [capture(service.pprof, tmp_path, "--source", "auto", window_s=WINDOW_S) for _ in range(2)]
    assert [answer["source"] for answer in answers] == ["text", "text"]
    assert answers[1]["basis"] == "same_process"


def test_from_sizes_alone_confidence_is_lower(tmp_path: Path) -> None:
    with go_services.run("growth_storm", CLASSIC) as service:
        sized, text = (
            capture(service.pprof, tmp_path / way, "--source", way, window_s=WINDOW_S) for way in ("protobuf", "text")
        )
    assert (sized["source"], text["source"]) == ("protobuf", "text")
    assert sized["verdict"] == text["verdict"] == "growth_storm"
    assert (sized["confidence"], text["confidence"]) == ("medium", "high")
