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
from analyzers.finding import Diagnosis
from analyzers.flame import Flame
from analyzers.merging import flame
from analyzers.restored import restored
from bot.pictures.picture import svg_of
from bot.pictures.png import png
from bot.reports import assets, flame_codec
from bot.reports.page import Served, html
from bot.shell.diagnose import read
from handlers.notes import CapturePicture
from handlers.paging import Page, gathered
from handlers.records import Capture, Instance, Request, Service
from handlers.report import Raw, Report
from handlers.wholes import stacks
from tests.scenes.stage import packed, trend

RUNS = 5
KNOWN = Service("svc-bench", (Instance("bench-0", ""),), "C0BENCH")

T = TypeVar("T")


class Stopwatch:
    """Seconds of processor, which a busy machine moves less than those of a clock, and bytes, by what they are of."""

    def __init__(self) -> None:
        self.found: dict[str, float] = {}

    def time(self, name: str, work: Callable[[], T], runs: int = 1) -> T:
        """What `work` makes; the median of `runs` counts."""
        took = []
        for _ in range(runs):
            start = time.process_time()
            made = work()
            took.append(time.process_time() - start)
        self.found[name] = median(took)
        return made


def main(text: Path, symbols: Path, page: Path) -> dict[str, float]:
    """All that is measured of one capture."""
    watch = Stopwatch()
    snapshot = watch.time("diagnosis", lambda: read(str(text), str(symbols)))
    _, diagnosis = examine(snapshot, None, None)
    raw = watch.time("squeezing", lambda: Raw(text=packed(text.read_bytes()), symbols=symbols.read_bytes()))
    drawn, data = _graph(watch, raw, diagnosis.captured_at)
    watch.found["kept bytes"] = len(raw.text) + len(raw.symbols) + len(packed(data))
    page.write_text(html(_pictured(watch, diagnosis, drawn, data), drawn))
    watch.found["peak bytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return watch.found


def _graph(watch: Stopwatch, raw: Raw, moment: float) -> tuple[Flame, bytes]:
    now = watch.time("stacks", lambda: stacks(raw))
    if now is None:
        raise SystemExit("the capture has no stacks")
    # Three readings, as a capture with a window and a base has them; the same ones, so the tree is not larger.
    drawn = watch.time("graph", lambda: flame(now, now, now))
    data = watch.time("graph to JSON", lambda: flame_codec.encode(drawn))
    watch.found["restored bytes"] = len(watch.time("restored", lambda: restored(now, moment)))
    watch.found["nodes"] = len(drawn.name)
    return drawn, data


def _pictured(watch: Stopwatch, diagnosis: Diagnosis, drawn: Flame, data: bytes) -> Page:
    past = trend(diagnosis, instance="bench-0")
    note = CapturePicture(KNOWN, "bench-0", diagnosis, past)
    watch.found["picture bytes"] = len(watch.time("first PNG", lambda: png(svg_of(note))))
    watch.time("PNG", lambda: png(svg_of(note)), RUNS)
    request = Request("r1", KNOWN.name, ("bench-0",), diagnosis.captured_at, "")
    told = gathered(KNOWN, Report(Capture("r1.bench-0", request, "bench-0"), diagnosis), past[::-1], None)
    watch.time("first page", lambda: html(told, drawn, Served("token")))
    served = watch.time("page", lambda: html(told, drawn, Served("token")), RUNS)
    watch.found["flame.json bytes"] = _wire(data)
    watch.found["wire bytes"] = sum(map(_wire, (served.encode(), assets.style().body, assets.script().body, data)))
    return told


def _wire(data: bytes) -> int:
    """As a browser gets it."""
    return len(gzip.compress(data, 6))


if __name__ == "__main__":
    print(json.dumps(main(*map(Path, sys.argv[1:4]))))
