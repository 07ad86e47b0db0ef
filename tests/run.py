"""`./mapstorm test [--without browser,alertmanager,go,redis] [pytest arguments]`: all checks, all tests, one verdict.

Knows the steps and how to add them up; what they need is in `needs.py`, what they check in pyproject.toml.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.needs import bring

ROOT = Path(__file__).parents[1]
CHECKS = {
    "format": ("-m", "ruff", "format", "--check", "--quiet", "."),
    "lint": ("-m", "ruff", "check", "--quiet", "."),
    "types": ("-m", "mypy", "--no-error-summary"),
    # By its function: its script holds the path at which the environment was made.
    "imports": ("-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-logo"),
}
# Quick ones first; a test with two marks runs with the later kind. Toolchains come over the network.
KINDS = ("fast", "redis", "go", "alertmanager", "browser")
MARKS = {"redis": "redis", "go": "(go or network)", "alertmanager": "alertmanager", "browser": "browser"}
NO_TESTS = 5  # pytest's code: nothing of this kind among the tests asked for
# Somebody's own settings must not reach the tests; the cache is no setting of mapstorm's.
FOREIGN = ("SLACK_", "REDIS_", "MAPSTORM_", "PYTEST_")


@dataclass
class Step:
    """One line of the closing report."""

    name: str
    ok: bool
    seconds: float
    counts: Counter[str] = field(default_factory=Counter)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="mapstorm test", description="All checks and all tests.")
    parser.add_argument("--without", default="", metavar="KIND,...", help="leave out: redis, go, alertmanager, browser")
    options, given = parser.parse_known_args(arguments)
    without = {kind for kind in options.without.split(",") if kind}
    if unknown := without - set(MARKS):
        parser.error(f"--without knows {', '.join(MARKS)}, not {', '.join(sorted(unknown))}")
    kinds = [kind for kind in KINDS if kind not in without]
    if lacking := bring(frozenset(kinds)):
        names = ",".join(sorted({line.rpartition("(")[2].rstrip(")") for line in lacking} | without))
        print(f"mapstorm test: missing {'; '.join(lacking)}. Install, or add --without {names}", file=sys.stderr)
        return 3
    start = time.monotonic()
    steps = [*_checks(), *(_pytest(kind, without, given) for kind in kinds)]
    return _report(steps, without, time.monotonic() - start)


def _checks() -> Iterator[Step]:
    for name, arguments in CHECKS.items():
        code, seconds = _python(name, *arguments)
        yield Step(name, code == 0, seconds)


def _pytest(kind: str, without: set[str], given: list[str]) -> Step:
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch) / "report.xml"
        code, seconds = _python(
            kind, "-m", "pytest", "-rs", "-m", _selection(kind, without), f"--junit-xml={report}", *given
        )
        counts = _count(report)
    return Step(kind, code == 0 or (code == NO_TESTS and bool(given)), seconds, counts)


def _selection(kind: str, without: set[str]) -> str:
    """Which marks make a test this kind and no later one, so that every test runs exactly once."""
    others = {*KINDS[KINDS.index(kind) + 1 :], *without} - {kind}
    wanted = [MARKS[kind]] if kind in MARKS else []
    return " and ".join([*wanted, *(f"not {MARKS[other]}" for other in MARKS if other in others)])


def _count(report: Path) -> Counter[str]:
    if not report.exists():
        return Counter()
    suite = ET.parse(report).getroot().find("testsuite")  # noqa: S314 - written by our own pytest
    if suite is None:
        return Counter()
    failed, skipped = int(suite.get("failures", 0)) + int(suite.get("errors", 0)), int(suite.get("skipped", 0))
    return Counter(failed=failed, passed=int(suite.get("tests", 0)) - failed - skipped, skipped=skipped)


def _python(name: str, *arguments: str) -> tuple[int, float]:
    print(f"== {name}", flush=True)
    environment = {key: value for key, value in os.environ.items() if not key.startswith(FOREIGN)}
    if cache := os.environ.get("MAPSTORM_CACHE"):
        environment["MAPSTORM_CACHE"] = cache
    start = time.monotonic()
    code = subprocess.run(  # noqa: S603 - our own tools
        [sys.executable, "-P", *arguments],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        check=False,
    ).returncode
    return code, time.monotonic() - start


def _report(steps: list[Step], without: set[str], seconds: float) -> int:
    print()
    for step in steps:
        print(f"{'ok    ' if step.ok else 'FAILED'} {step.name:12} {step.seconds:6.1f} s  {_told(step.counts)}")
    if without:
        print(f"left out: {', '.join(sorted(without))}")
    if failed := [step.name for step in steps if not step.ok]:
        print(f"failed: {', '.join(failed)}")
    print(f"{_told(sum((step.counts for step in steps), Counter[str](passed=0))) or 'no tests'} in {seconds:.1f}s")
    return 0 if all(step.ok for step in steps) else 1


def _told(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items() if count)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
