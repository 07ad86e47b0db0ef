"""Records the corpus: every service of tests/services under every build. README.md tells the format.

Knows which recordings there should be; how one is made is in tests/profiles/record.py.
"""

from __future__ import annotations

import argparse
import gzip
import re
import sys
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from tests import go_services
from tests.corpus import BUILDS, HERE
from tests.profiles.record import record

# Each service keeps up to a core busy, and what it shows must not depend on how long it waits for one.
AT_ONCE = 2
# Verdicts that only a comparison with an earlier capture proves.
COMPARED = {"unbounded_growth"}
_SAMPLED = re.compile(rb"^\d+: \d+ \[[1-9]", re.MULTILINE)


def main() -> int:
    parser = argparse.ArgumentParser(prog="mapstorm corpus", description="Record the services under every build.")
    parser.add_argument("--go", action="append", choices=BUILDS, metavar="BUILD", help=", ".join(BUILDS))
    parser.add_argument("--at", type=Path, default=HERE, metavar="FOLDER", help="somewhere else than tests/corpus")
    parser.add_argument("--missing", action="store_true", help="only what is not recorded yet")
    parser.add_argument("names", nargs="*", metavar="NAME", help="a folder of tests/services; default all")
    options = parser.parse_args()
    if unknown := set(options.names) - set(go_services.NAMES):
        parser.error(f"no such service: {', '.join(sorted(unknown))}; there are {', '.join(go_services.NAMES)}")
    wanted = [
        (name, version)
        for name in options.names or go_services.NAMES
        for version in options.go or BUILDS
        if not (options.missing and (options.at / version / name / "truth.json").exists())
    ]
    return 1 if any(_record_all(wanted, options.at)) else 0


def _record_all(wanted: list[tuple[str, str]], home: Path) -> list[bool]:
    """Whether each failed; one service that does not build keeps no other from being recorded."""
    failed = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        jobs = {
            pool.submit(_record, name, version, home / version / name): f"{version}/{name}" for name, version in wanted
        }
        for job in as_completed(jobs):
            error = job.exception()
            failed.append(error is not None)
            told = f"FAILED: {error}" if error else f"{job.result() / 1000:.0f} kB"
            print(f"{jobs[job]}: {told}", flush=True)
    return failed


def _record(name: str, version: str, folder: Path) -> int:
    verdicts = {mark.verdict for mark in go_services.marks(name, version)}
    later = bool(verdicts & COMPARED) or "later" in go_services.notes(name)
    size = record(name, version, folder, third=lambda *_: later)
    if not all(_SAMPLED.search(gzip.decompress(path.read_bytes())) for path in folder.glob("*.txt.gz")):
        raise RuntimeError("a visit showed no sample: this service allocates too little to be diagnosed")
    return size


if __name__ == "__main__":
    sys.exit(main())
