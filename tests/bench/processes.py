"""Whole processes timed: wall clock and peak memory, medians of runs that take turns. Knows no profile."""

import os
import statistics
import subprocess
import time
from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Cost(NamedTuple):
    """Seconds of wall clock, and the largest resident size in MiB."""

    seconds: float
    peak_mib: float


def cost(command: Sequence[str], environment: Mapping[str, str]) -> Cost:
    """One run; its output is thrown away, its failure is not."""
    start = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603 - commands of the bench's own
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=dict(environment)
    )
    assert process.stderr is not None
    complaint = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stderr.close()
    if process.returncode:
        raise RuntimeError(f"{command[0]} ended with {process.returncode}: {complaint.decode(errors='replace')[-500:]}")
    return Cost(seconds, usage.ru_maxrss / 1024)


def compared(commands: Mapping[str, Sequence[str]], environment: Mapping[str, str], runs: int) -> dict[str, Cost]:
    """The median cost of each command. They take turns, so that a busy minute hits all of them."""
    costs: dict[str, list[Cost]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            costs[name].append(cost(command, environment))
    return {
        name: Cost(statistics.median(c.seconds for c in found), max(c.peak_mib for c in found))
        for name, found in costs.items()
    }
