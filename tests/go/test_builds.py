"""How a service was built and how it samples must not matter: stripped, without inlining, at other rates."""

from pathlib import Path

import pytest

from tests import go_services
from tests.go.answers import capture
from tests.toolchains import CLASSIC, SWISS

pytestmark = [pytest.mark.go, pytest.mark.timeout(900)]

PLAIN = ("-ldflags=-s -w", "-gcflags=example.com/...=-l")


@pytest.mark.parametrize(
    ("version", "flags", "rate"),
    [(SWISS, PLAIN, 524_288), (SWISS, (), 65_536), (CLASSIC, (), 65_536)],
    ids=["stripped and not inlined", "swiss, eight times the samples", "classic, eight times the samples"],
)
def test_the_same_service_has_the_same_diagnosis(
    version: str, flags: tuple[str, ...], rate: int, tmp_path: Path
) -> None:
    environment = {"GODEBUG": f"memprofilerate={rate}"}
    with go_services.run("growth_storm", version, flags=flags, env=environment) as service:
        answer = capture(service.pprof, tmp_path)
        truth = service.truth()
    assert truth["mem_profile_rate"] == rate
    assert answer["verdict"] == "growth_storm"
    finding, mark, real = answer["findings"][0], go_services.marks("growth_storm")[0], truth["maps"][0]
    assert (finding["culprit"]["file"], finding["culprit"]["line"]) == (mark.file, mark.line)
    assert finding["map"]["slot_bytes"] == real["slot_bytes"]
    assert finding["map"]["entries"]["low"] <= real["largest"] <= finding["map"]["entries"]["high"]
