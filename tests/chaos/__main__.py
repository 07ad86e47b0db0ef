"""`./mapstorm chaos`: a long run, and a table of what came of it. Ends with 1 if anything was lost or doubled.

Knows arguments and how a verdict is printed.
"""

import argparse
import asyncio
import json
import logging
import sys
import tempfile
from pathlib import Path

from tests.chaos.drill import Verdict, drill
from tests.chaos.plan import Plan

SHOWN = 20


def main() -> int:
    plan, as_json, logs = _arguments()
    logging.getLogger("uvicorn.error").addFilter(_is_no_cancellation)
    with tempfile.TemporaryDirectory(prefix="mapstorm-chaos-") as scratch:
        try:
            verdict = asyncio.run(drill(plan, logs or Path(scratch), _say))
        except KeyboardInterrupt:
            _say("stopped")
            return 130
    print(json.dumps(_as_json(plan, verdict), indent=2) if as_json else _table(plan, verdict))
    return 0 if verdict.fine else 1


def _is_no_cancellation(record: logging.LogRecord) -> bool:
    """Ctrl-C ends slow answers of the stand-in before their time; nobody wants to read the traceback of each."""
    return not (record.exc_info and isinstance(record.exc_info[1], asyncio.CancelledError))


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _arguments() -> tuple[Plan, bool, Path | None]:
    usual = Plan()
    parser = argparse.ArgumentParser(prog="mapstorm chaos", description=__doc__)
    parser.add_argument("--alerts", type=int, default=usual.alerts, help="at least so many (default: %(default)s)")
    parser.add_argument("--incidents", type=int, default=usual.incidents, help="default: %(default)s")
    parser.add_argument("--seed", type=int, default=usual.seed, help="default: %(default)s")
    parser.add_argument("--minutes", type=float, default=usual.minutes, help="of trouble (default: %(default)s)")
    parser.add_argument("--workers", type=int, default=usual.workers, help="default: %(default)s")
    parser.add_argument("--json", action="store_true", help="the same as JSON")
    parser.add_argument("--logs", type=Path, metavar="DIR", help="an empty folder that keeps logs and Redis's files")
    given = parser.parse_args()
    if given.logs and (not given.logs.is_dir() or any(given.logs.iterdir())):
        parser.error("--logs must be an empty folder")
    if min(given.alerts, given.incidents, given.workers) < 1 or given.minutes <= 0:
        parser.error("all of these must be more than nothing")
    return Plan(given.alerts, given.incidents, given.seed, given.minutes, given.workers), given.json, given.logs


def _as_json(plan: Plan, verdict: Verdict) -> dict[str, object]:
    return {"fine": verdict.fine, "plan": vars(plan), **verdict._asdict()}


def _table(plan: Plan, verdict: Verdict) -> str:
    lines = [f"{count:>8,}  {name}" for name, count in {**verdict.acts, **verdict.figures}.items()]
    faults = {"lost": verdict.lost, "doubled": verdict.doubled, "in a wrong state": verdict.wrong}
    lines += [f"{len(found):>8,}  {name}" for name, found in faults.items()]
    lines += [f"{sum(verdict.left.values()):>8,}  left in queue, inbox, outbox, agenda; dead; undelivered"]
    faults |= {"left": [f"{count} in {name}" for name, count in verdict.left.items() if count], "bug": verdict.bugs}
    for name, found in faults.items():
        lines += [f"{name}: {one}" for one in found[:SHOWN]]
        lines += [f"{name}: and {len(found) - SHOWN} more"] if len(found) > SHOWN else []
    lines.append(f"{'nothing lost, nothing doubled' if verdict.fine else 'FAILED'}, seed {plan.seed}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
