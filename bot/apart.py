"""Lets a module of this package do its work in a process of its own, which is ended when it takes too long.

Why not a thread: a thread cannot be ended, and what computes without letting go of the interpreter makes captures and
acknowledgements wait. Knows processes, not what they do.
"""

import asyncio
import os
import sys
from pathlib import Path

import bot


async def run_apart(module: str, *arguments: str, content: bytes, deadline_s: float) -> tuple[int, bytes]:
    """Gives `content` to `python -m module` and takes its exit code (negative: a signal's) and what it writes.

    Raises TimeoutError.
    """
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", module, *arguments),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,  # a traceback may quote what was given
        env=_environment(),
    )
    try:
        async with asyncio.timeout(deadline_s):
            answer, _ = await child.communicate(content)
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    return child.returncode or 0, answer


def _environment() -> dict[str, str]:
    """This very package, and none of the secrets that this process was given."""
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONTZPATH", "LD_LIBRARY_PATH") if name in os.environ}
    return kept | {"PYTHONPATH": str(Path(bot.__file__).parents[1]), "PYTHONUTF8": "1"}
