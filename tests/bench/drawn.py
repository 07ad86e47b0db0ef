"""One capture drawn in a process of its own: `python -m tests.bench.drawn TEXT SYMBOLS PAGE` prints seconds and bytes.

So that its peak memory is that of drawing alone. PAGE is where the report is left, as one file.
"""

import gzip
import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import TypeVar

from analyzers.examine import examine
from analyzers.merging import flame
from analyzers.restored import restored
from bot.pictures.picture import svg_of
from bot.pictures.png import png
from bot.reports import assets, flame_codec
from bot.reports.page import Served, html
from bot.shell.diagnose import read
from handlers.notes import CapturePicture
from handlers.paging import gathered
from handlers.records import Capture, Instance, Request, Service
from handlers.report import Raw, Report
from handlers.wholes import stacks
from tests.scenes.stage import packed, trend

RUNS = 5
KNOWN = Service("svc-bench", (Instance("bench-0", ""),), "C0BENCH")

T = TypeVar("T")


def main(text: Path, symbols: Path, page: Path) -> dict[str, float]:
    """Seconds, and bytes by what they are of."""
    found: dict[str, float] = {}

    def timed(name: str, work: Callable[[], T], runs: int = 1) -> T:
        took = []
        for _ in range(runs):
            start = time.perf_counter()
            made = work()
            took.append(time.perf_counter() - start)
        found[name] = median(took)
        return made

    snapshot = timed("diagnosis", lambda: read(str(text), str(symbols)))
    _, diagnosis = examine(snapshot, None, None)
    raw = timed("squeezing", lambda: Raw(text=packed(text.read_bytes()), symbols=symbols.read_bytes()))
    now = timed("stacks", lambda: stacks(raw))
    if now is None:
        raise SystemExit("the capture has no stacks")
    # Three readings, as a capture with a window and a base has them; the same ones, so the tree is not larger.
    drawn = timed("graph", lambda: flame(now, now, now))
    data = timed("graph to JSON", lambda: flame_codec.encode(drawn))
    profile = timed("restored", lambda: restored(now, diagnosis.captured_at))
    past = trend(diagnosis, instance="bench-0")
    note = CapturePicture(KNOWN, "bench-0", diagnosis, past)
    picture = timed("first PNG", lambda: png(svg_of(note)))
    timed("PNG", lambda: png(svg_of(note)), RUNS)
    request = Request("r1", KNOWN.name, ("bench-0",), diagnosis.captured_at, "")
    report = Report(Capture("r1.bench-0", request, "bench-0"), diagnosis)
    told = gathered(KNOWN, report, past[::-1], None)
    timed("first page", lambda: html(told, drawn, Served("token")))
    served = timed("page", lambda: html(told, drawn, Served("token")), RUNS)
    page.write_text(html(told, drawn))
    found["picture bytes"] = len(picture)
    found["flame.json bytes"] = _wire(data)
    found["wire bytes"] = sum(map(_wire, (served.encode(), assets.style().body, assets.script().body, data)))
    found["kept bytes"] = len(raw.text) + len(raw.symbols) + len(packed(data))
    found["restored bytes"] = len(profile)
    found["nodes"] = len(drawn.name)
    found["peak bytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return found


def _wire(data: bytes) -> int:
    """As a browser gets it."""
    return len(gzip.compress(data, 6))


if __name__ == "__main__":
    print(json.dumps(main(*map(Path, sys.argv[1:4]))))
