"""Lets a module of this package do its work in a process of its own, which is ended when it takes too long.

Why not a thread alone: a thread cannot be ended, and what computes without letting go of the interpreter makes
captures and acknowledgements wait. Why a thread waits for the process, and not the event loop: whoever is cancelled
while asyncio starts a process waits for its end for ever (Python 3.11), and a worker that is told to stop does not.
Knows processes, not what they do.
"""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import bot


async def run_apart(module: str, *arguments: str, content: bytes, deadline_s: float) -> tuple[int, bytes]:
    """Gives `content` to `python -m module` and takes its exit code (negative: a signal's) and what it writes.

    Raises TimeoutError, and OSError where no process can be had. Who is cancelled leaves the process to its deadline.
    """
    return await asyncio.to_thread(_run, [sys.executable, "-P", "-m", module, *arguments], content, deadline_s)


def _run(command: list[str], content: bytes, deadline_s: float) -> tuple[int, bytes]:
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and a module of this package
            command,
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a traceback may quote what was given
            env=_environment(),
            timeout=deadline_s,
            check=False,
        )
    except subprocess.TimeoutExpired as error:  # and ended by then
        raise TimeoutError from error
    return done.returncode, done.stdout


def _environment() -> dict[str, str]:
    """This very package, and none of the secrets that this process was given."""
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONTZPATH", "LD_LIBRARY_PATH") if name in os.environ}
    return kept | {"PYTHONPATH": str(Path(bot.__file__).parents[1]), "PYTHONUTF8": "1"}
