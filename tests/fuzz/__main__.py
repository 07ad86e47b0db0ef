"""Feeds damaged profiles to the readers until time is up, and keeps what broke them.

    python -m tests.fuzz --seconds 60                  every target in turn; `guided.py` is led by coverage
    python -m tests.fuzz --target text --seed 4711     one input again

Memory is limited for the whole process and time for each input, so that a bomb is found like any other bug.
"""

import argparse
import resource
import signal
import sys
import time
import traceback
from collections import Counter
from pathlib import Path
from types import FrameType

from tests.fuzz.mutations import mutated
from tests.fuzz.targets import TARGETS

# An input of a few megabytes takes a tenth of a second and 150 MB.
MEMORY_BYTES = 1024**3
SECONDS_EACH = 10


class TooSlow(Exception):
    """One input took longer than SECONDS_EACH."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__.split("\n")[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--target", choices=TARGETS)
    parser.add_argument("--seed", type=int, help="this input only")
    parser.add_argument("--keep", type=Path, default=Path(), help="where to write inputs that broke something")
    options = parser.parse_args()
    limit()
    names = [options.target] if options.target else list(TARGETS)
    if options.seed is not None:
        return int(any(broken(name, options.seed, options.keep) for name in names))
    return search(names, options.seconds, options.keep)


def search(names: list[str], seconds: float, keep: Path) -> int:
    start = time.monotonic()
    fed: Counter[str] = Counter()
    bad: Counter[str] = Counter()
    first = seed = time.time_ns()
    while time.monotonic() - start < seconds:
        for name in names:
            fed[name] += 1
            bad[name] += broken(name, seed, keep)
        seed += 1
    for name in names:
        print(f"{name}: {fed[name]} inputs from seed {first}, {bad[name]} broke it")
    return int(bad.total() > 0)


def broken(name: str, seed: int, keep: Path) -> bool:
    """Whether the input of `seed` breaks a target; then it is kept, and told how to make it again."""
    target = TARGETS[name]
    data = mutated(name, target.seeds(), seed)
    signal.setitimer(signal.ITIMER_REAL, SECONDS_EACH)
    try:
        target.feed(data)
    except Exception:
        signal.setitimer(signal.ITIMER_REAL, 0)
        saved = keep / f"broken-{name}-{seed}"
        saved.write_bytes(data)
        print(f"{saved}: --target {name} --seed {seed}\n{traceback.format_exc()}", file=sys.stderr)
        return True
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return False


def limit() -> None:
    """More memory than the process may have is a MemoryError, more time a TooSlow."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    signal.signal(signal.SIGALRM, _too_slow)


def _too_slow(_signal: int, _frame: FrameType | None) -> None:
    raise TooSlow(f"more than {SECONDS_EACH} s")


if __name__ == "__main__":
    sys.exit(main())
