"""The programs of others that the alerting tests run: found, started on loopback, waited for, ended.

Knows no program in particular. A machine may run the same ones as services: nothing here ever asks those.
"""

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

from bot import children
from tests.alerting.receiver import eventually

TAIL_BYTES = 6000
# They take long to say goodbye to their peers, and their data is thrown away.
GOODBYE_S = 0.1


class Died(RuntimeError):
    """A program ended before it was ready; what it printed is in the message."""


def find(names: Sequence[str]) -> str:
    """The first of the names that is on PATH. `./mapstorm test` says beforehand what is missing."""
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        raise FileNotFoundError(f"none of {', '.join(names)} is on PATH")
    return found


@contextmanager
def running(command: Sequence[str], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A program while the block runs. What it printed is in `folder`, and its end is shown beside a failed test."""
    log = folder / "output.log"
    process = children.start(command, log)
    try:
        yield process
    finally:
        children.stop(process, patience_s=GOODBYE_S)
        print(f"--- {log}\n{_tail(log)}")


async def ready(url: str, process: subprocess.Popen[bytes], folder: Path) -> None:
    """Waits until the program answers 200 at `url`. Raises Died, TimeoutError."""

    async def answers() -> bool:
        if process.poll() is not None:
            raise Died(_tail(folder / "output.log"))
        try:
            return (await client.get(url)).is_success
        except httpx.TransportError:
            return False

    async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
        await eventually(answers, f"{url} answers")


def _tail(log: Path) -> str:
    return log.read_bytes()[-TAIL_BYTES:].decode(errors="replace")
