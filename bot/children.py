"""Child processes that do not outlive this one, and the sign that they should end.

Knows how Linux ties a child to its parent; elsewhere a child is stopped only by a parent that ends in order.
"""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

PR_SET_PDEATHSIG = 1
PATIENCE_S = 5.0


def start(command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
    """Starts a child in a group of its own (Ctrl-C is for the parent alone); what it prints is added to `log`.

    Call it from the main thread: Linux counts the end of the thread that started a child as its parent's death.
    """
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603 - commands of ours
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            start_new_session=True,
            preexec_fn=_tie(os.getpid()),
        )


def stop(*children: subprocess.Popen[bytes], patience_s: float = PATIENCE_S) -> None:
    """Ends children with all of their groups: asked first, killed when they take too long. Touches nothing else."""
    running = [child for child in children if child.poll() is None]
    for child in running:
        _signal(child, signal.SIGTERM)
    for child in running:
        try:
            child.wait(patience_s)
        except subprocess.TimeoutExpired:
            _signal(child, signal.SIGKILL)
            child.wait()


def _signal(child: subprocess.Popen[bytes], number: signal.Signals) -> None:
    # Ended in between: macOS calls a group of the dead forbidden.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, number)


def _tie(parent: int) -> Callable[[], None] | None:
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl  # looked up before the fork: after it only calls are safe

    def tie() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)  # the parent died in between and will send no signal

    return tie
