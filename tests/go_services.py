"""Real Go services under test: built with any toolchain, run on loopback, asked for the truth.

Knows the contract of tests/services (what a service prints, serves and marks in its source). Not what
mapstorm should say about it, beyond the verdict the author of the service wrote beside the line.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypedDict, cast

import httpx

from tests.toolchains import cache, environment, locked, toolchain

SERVICES = Path(__file__).parent / "services"
BENCH = "bench_records"
# A module without a program is a library that services replace.
LIBRARIES = tuple(
    sorted(path.parent.name for path in SERVICES.glob("*/go.mod") if not path.with_name("main.go").exists())
)
NAMES = tuple(sorted(path.parent.name for path in SERVICES.glob("*/main.go") if path.parent.name != BENCH))

_MARK = re.compile(r"// (culprit|also|site): (\w+)(?:, first (\w+))?(?: \(([\w.]+)\))?$")
_NOTE = re.compile(r"^// (later|cpu)$", re.MULTILINE)
_FIRST_SWISS = 24  # the minor release that made Swiss maps the default


class GoMap(TypedDict):
    """What a service knows about one of its maps; see testbed/truth.go."""

    name: str
    key: str
    value: str
    key_bytes: int
    value_bytes: int
    slot_bytes: int
    hint: int
    entries: int
    largest: int
    live: int
    builds: int


class Truth(TypedDict):
    """What /truth answers."""

    service: str
    go: str
    mem_profile_rate: int
    uptime_s: float
    maps: list[GoMap]


@dataclass(frozen=True)
class Mark:
    """A comment that says what happens on its line; the file is named as profiles name it."""

    role: Literal["culprit", "also", "site"]
    verdict: str
    file: str
    line: int
    first: str | None = None  # the remedy that should come first
    where: str | None = None  # a map family or a release such as 1.24, where it is true only there

    def holds(self, build: str) -> bool:
        """Whether this is true of a build such as 1.25.5-noswissmap."""
        return self.where in (None, family(build)) or f"{build}.".startswith(f"{self.where}.")


@dataclass(frozen=True)
class Service:
    """A service that runs now."""

    name: str
    address: str
    pid: int

    @property
    def pprof(self) -> str:
        return f"{self.address}/debug/pprof"

    def truth(self) -> Truth:
        return cast(Truth, httpx.get(f"{self.address}/truth", timeout=30, trust_env=False).raise_for_status().json())

    def ready(self) -> bool:
        return httpx.get(f"{self.address}/ready", timeout=30, trust_env=False).is_success

    def wait_ready(self, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while not self.ready():
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.name} was not ready after {seconds:.0f} s")
            time.sleep(0.05)


def module(name: str) -> str:
    """The module path of a service, such as example.com/svc-orders."""
    first = (SERVICES / name / "go.mod").read_text().split("\n", 1)[0]
    return first.removeprefix("module ")


def family(version: str) -> Literal["classic", "swiss"]:
    """The maps of a build: those of its release, unless its experiment says otherwise."""
    release, _, experiment = version.partition("-")
    swiss = int(release.split(".")[1]) >= _FIRST_SWISS and experiment != "noswissmap"
    return "swiss" if swiss else "classic"


def marks(name: str, version: str | None = None) -> list[Mark]:
    """The marked lines of a service and of the libraries that come with it, the culprit first.

    With a version, only those that are true of that build.
    """
    found = [mark for source in _sources(name) for mark in _marks_in(source) if version is None or mark.holds(version)]
    return sorted(found, key=lambda mark: ("culprit", "also", "site").index(mark.role))


def verdict(name: str, version: str | None = None) -> str:
    """What a diagnosis of this service must come to; with nothing to blame, that there is no map problem."""
    return next((mark.verdict for mark in marks(name, version) if mark.role == "culprit"), "no_map_problem")


def notes(name: str) -> set[str]:
    """What the source asks of whoever records it: `// later` a third visit, `// cpu` a CPU profile."""
    return {note for source in _sources(name) for note in _NOTE.findall(source.read_text())}


def build(name: str, version: str, *flags: str) -> Path:
    """The service's binary, built unless the same sources, toolchain and flags were built before.

    `version` is a release, or a release and a GOEXPERIMENT, such as 1.25.5-noswissmap.
    """
    release, _, experiment = version.partition("-")
    go = toolchain(release)
    digest = hashlib.sha256("\0".join((version, *flags)).encode())
    for source in _sources(name):
        digest.update(f"\0{source.relative_to(SERVICES)}\0".encode() + source.read_bytes())
    binary = cache() / "services" / version / f"{name}-{digest.hexdigest()[:16]}"
    if not binary.exists():
        with locked(binary):
            if not binary.exists():
                _compile(go, SERVICES / name, binary, flags, experiment)
    return binary


@contextmanager
def run(
    name: str,
    version: str,
    *arguments: str,
    flags: Sequence[str] = (),
    env: Mapping[str, str] | None = None,
) -> Iterator[Service]:
    """A running service, ready; it is ended by closing its stdin, and no other process is touched."""
    command = [str(build(name, version, *flags)), *arguments]
    with subprocess.Popen(  # noqa: S603 - a program built just now
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=dict(env or {}), text=True
    ) as process:
        try:
            assert process.stdout is not None
            greeting = process.stdout.readline().split()
            if greeting[:1] != ["listening"]:
                raise RuntimeError(f"{name} ended before it listened; exit code {process.wait(10)}")
            service = Service(name, f"http://{greeting[1]}", process.pid)
            service.wait_ready()
            yield service
        finally:
            _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.close()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()


def _sources(name: str) -> list[Path]:
    """Everything that goes into a build of the service, the libraries it replaces included."""
    modules = [name, *(library for library in LIBRARIES if f"../{library}" in _go_mod(name))]
    files = (path for each in modules for path in (SERVICES / each).rglob("*"))
    return sorted(path for path in files if path.name == "go.mod" or path.suffix == ".go")


def _go_mod(name: str) -> str:
    return (SERVICES / name / "go.mod").read_text()


def _marks_in(source: Path) -> Iterator[Mark]:
    folder = source.relative_to(SERVICES).parts[0]
    version = "@v0.0.0" if folder in LIBRARIES else ""
    file = f"{module(folder)}{version}/{source.relative_to(SERVICES / folder).as_posix()}"
    for number, text in enumerate(source.read_text().splitlines(), start=1):
        if match := _MARK.search(text):
            role = cast(Literal["culprit", "also", "site"], match[1])
            yield Mark(role, match[2], file, number, match[3], match[4])


def _compile(go: Path, source: Path, binary: Path, flags: Sequence[str], experiment: str) -> None:
    scratch = binary.with_name(f"{binary.name}.{os.getpid()}")
    outcome = subprocess.run(  # noqa: S603 - the toolchain the tests brought
        [str(go), "build", "-trimpath", "-buildvcs=false", *flags, "-o", str(scratch), "."],
        cwd=source,
        env=environment() | {"GOEXPERIMENT": experiment},
        capture_output=True,
        text=True,
        check=False,
    )
    if outcome.returncode != 0:
        raise RuntimeError(f"{go} could not build {source.name}:\n{outcome.stderr}")
    scratch.rename(binary)
