"""A demo as a person starts it, in a process of its own that can be told from any other's. Knows no test."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.demo.process import clean_environment

ROOT = Path(__file__).parents[2]


@contextmanager
def demo(scratch: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A demo whose files and processes can be told from any other's: it runs in `scratch`."""
    with subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-P", "-m", "bot.cli", "demo", *arguments],
        cwd=scratch,
        env=clean_environment() | {"TMPDIR": str(scratch), "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def running(scratch: Path) -> dict[str, int]:
    """The demo's processes by their command lines, known by where they run: servers rewrite the rest of /proc."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if (folder / "cwd").readlink().is_relative_to(scratch):
                found[(folder / "cmdline").read_bytes().decode().replace("\0", " ").strip()] = int(folder.name)
        except OSError:  # ended while we looked, or not ours to look at
            continue
    return found


def read_until(process: subprocess.Popen[str], words: str) -> str:
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if words in line:
            return "".join(lines)
    raise AssertionError("".join(lines))
