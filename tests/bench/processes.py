"""Whole processes timed: wall clock, processor time and peak memory of runs that take turns. Knows no profile."""

import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Cost(NamedTuple):
    """Seconds of wall clock, seconds of processor (user and system), and the largest resident size in MiB."""

    seconds: float
    busy: float
    peak_mib: float


# Linux counts what a process was before its exec into its peak: this small one starts the commands, not the bench.
STARTER = """
import os, sys, time
start = time.perf_counter()
pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, 1, 0)])
_, status, usage = os.wait4(pid, 0)
print(time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss, os.waitstatus_to_exitcode(status))
"""


def cost(command: Sequence[str], environment: Mapping[str, str]) -> Cost:
    """One run; its output is thrown away, its failure is not."""
    done = subprocess.run(  # noqa: S603 - commands of the bench's own
        [sys.executable, "-I", "-S", "-c", STARTER, *command],
        capture_output=True,
        check=True,
        text=True,
        env=dict(environment),
    )
    seconds, busy, peak, code = done.stdout.split()
    if int(code):
        raise RuntimeError(f"{command[0]} ended with {code}: {done.stderr[-500:]}")
    return Cost(float(seconds), float(busy), int(peak) / 1024)


def compared(commands: Mapping[str, Sequence[str]], environment: Mapping[str, str], runs: int) -> dict[str, Cost]:
    """Of each command the median time, the least processor time, which a busy machine moves less, and the largest peak.

    They take turns, so that a busy minute hits all of them.
    """
    costs: dict[str, list[Cost]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            costs[name].append(cost(command, environment))
    return {
        name: Cost(
            statistics.median(each.seconds for each in found),
            min(each.busy for each in found),
            max(each.peak_mib for each in found),
        )
        for name, found in costs.items()
    }
