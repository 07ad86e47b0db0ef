"""Real toolchains and real services: what the facts about heap profiles promise is what a service serves."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import httpx
import pytest

from tests.go_services import BENCH, SERVICES, build, marks, run
from tests.profiles.record import leading_pcs
from tests.toolchains import CLASSIC, SWISS, VERSIONS, ToolchainError, environment, toolchain

pytestmark = [pytest.mark.go, pytest.mark.timeout(900)]  # the first run fetches Go and compiles its library


@pytest.mark.parametrize(
    ("version", "growth"),
    [
        (CLASSIC, {"runtime.makeBucketArray", "runtime.hashGrow", "runtime.mapassign_faststr"}),
        (
            SWISS,
            {"internal/runtime/maps.newTable", "internal/runtime/maps.(*table).split", "runtime.mapassign_faststr"},
        ),
    ],
)
def test_growth_frames_are_named_by_the_symbol_endpoint_only(version: str, growth: set[str]) -> None:
    with run("growth_storm", version) as service, httpx.Client(trust_env=False, timeout=60) as client:
        truth = service.truth()
        text = client.get(f"{service.pprof}/heap?debug=1&gc=1").text
        query = "+".join(f"{pc:#x}" for pc in leading_pcs([text]))
        names = {line.split(" ", 1)[1] for line in client.get(f"{service.pprof}/symbol?{query}").text.splitlines()}

    assert truth["go"] == f"go{version}"
    assert [each["entries"] for each in truth["maps"]] == [600_000]
    assert growth <= names
    assert not any(name in text for name in growth)
    [culprit] = marks("growth_storm")
    assert f"{culprit.file}:{culprit.line}\n" in text


def test_a_service_ends_when_its_stdin_closes() -> None:
    with run("idle", SWISS) as service:
        assert service.ready()
    with pytest.raises(httpx.ConnectError):
        service.ready()


def test_the_same_sources_are_built_once_and_flags_make_another_binary() -> None:
    binary = build("idle", SWISS)
    built = binary.stat().st_mtime_ns
    assert build("idle", SWISS) == binary
    assert binary.stat().st_mtime_ns == built
    assert build("idle", SWISS, "-ldflags=-s -w") != binary


def test_the_bench_program_has_the_records_it_was_asked_for() -> None:
    with run(BENCH, SWISS, "-records", "300") as service:
        text = httpx.get(f"{service.pprof}/heap?debug=1&gc=1", trust_env=False, timeout=60).text
    assert 300 <= text.count("] @ ") <= 400


def test_the_generated_packages_are_what_the_generator_writes(tmp_path: Path) -> None:
    copy = tmp_path / BENCH
    shutil.copytree(SERVICES / BENCH, copy)
    command = [str(toolchain(SWISS)), "run", "generate.go"]
    subprocess.run(command, cwd=copy, env=environment(), check=True)  # noqa: S603 - a program of ours
    for generated in (SERVICES / BENCH).glob("internal/*/steps.go"):
        assert (copy / generated.relative_to(SERVICES / BENCH)).read_text() == generated.read_text()


def test_an_unknown_toolchain_is_refused_with_those_there_are() -> None:
    assert {CLASSIC, SWISS} <= set(VERSIONS)
    with pytest.raises(ToolchainError, match=r"no toolchain 1\.2\.3; there are 1\.21\.13"):
        toolchain("1.2.3")
