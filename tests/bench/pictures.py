"""What pictures cost: of the thread, of the page and its flame graph, of a browser that opens it; and what keeping a
capture costs the answer.

Seconds are the processor's, but for the browser's and the answer's. Ratios are to the reading that the diagnosis of the
same text needs, and to `go tool pprof -raw`, in the same run.
"""

import asyncio
import json
import os
import secrets
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

from bot.redis_server import EmbeddedRedis
from tests import go_services
from tests.bench import files, line
from tests.bench.processes import compared
from tests.scenes.browser import browser, chromium
from tests.toolchains import SWISS, environment, toolchain

TARGET_S, TARGET_MIB = 2.0, 2.0  # a page of the largest capture: interactive in, on the wire
LARGEST = max(files.RECORDS)
RUNS = 3
DRAWS_S = 8.0  # the flame graph is drawn after the answer, and the next command is nobody's haste
DRAWN = "document.querySelector('#flame g.frame') !== null"


def rows(folder: Path) -> Iterator[str]:
    """One paragraph for each size of a capture, then what keeping costs."""
    for records in files.RECORDS:
        yield from _drawn(records, files.capture(records, folder), folder / f"{records}.html")
    yield from _keeping(folder)


def _drawn(records: int, captured: files.Captured, page: Path) -> Iterator[str]:
    command = [sys.executable, "-P", "-m", "tests.bench.drawn", str(captured.text), str(captured.symbols), str(page)]
    environ = {**environment(), "PYTHONPATH": str(files.ROOT), "PATH": os.environ["PATH"]}
    found = [
        json.loads(subprocess.run(command, check=True, capture_output=True, env=environ).stdout)  # noqa: S603
        for _ in range(1 if records == LARGEST else RUNS)
    ]
    cost = {name: statistics.median(each[name] for each in found) for name in found[0]}
    raw = [str(toolchain(SWISS)), "tool", "pprof", "-raw", str(captured.proto)]
    pprof = compared({"raw": raw}, environ, RUNS)["raw"].busy
    graph = cost["stacks"] + cost["graph"] + cost["graph to JSON"]
    size = captured.text.stat().st_size / 2**20
    yield f"{records:,} records, {size:.0f} MiB of text"
    yield f"  PNG: {_ms(cost['PNG'])} (the first {_ms(cost['first PNG'])}), {_kib(cost['picture bytes'])}"
    yield (
        f"  flame graph: {graph:.2f} s (stacks {cost['stacks']:.2f}, tree {cost['graph']:.2f}, JSON"
        f" {cost['graph to JSON']:.2f}), {graph / cost['diagnosis']:.1f} times the reading that the diagnosis needs,"
        f" {graph / pprof:.2f} of go tool pprof -raw; {cost['nodes']:,.0f} frames"
    )
    yield f"  page: {_ms(cost['page'])} (the first {_ms(cost['first page'])})"
    yield f"  restored.pb.gz: {cost['restored']:.2f} s, {_kib(cost['restored bytes'])}"
    wire = cost["wire bytes"] / 2**20
    yield (
        f"  page on the wire: {wire:.2f} MiB, of it flame.json {_kib(cost['flame.json bytes'])};"
        f" target < {TARGET_MIB:.0f} MiB {'met' if wire < TARGET_MIB else 'MISSED'}"
    )
    yield f"  kept: {_kib(cost['kept bytes'])}, squeezed in {cost['squeezing']:.2f} s"
    yield f"  peak memory of all of it: {cost['peak bytes'] / 2**20:.0f} MiB"
    yield from _opened(page)


def _opened(page: Path) -> Iterator[str]:
    """From the first request until the flame graph is drawn and answers."""
    path = chromium()
    if path is None:
        yield "  in a browser: there is no chromium on PATH"
        return
    took = []
    with browser(path) as opened:
        for _ in range(RUNS):
            tab = opened.new_page(viewport={"width": 1300, "height": 900})
            start = time.perf_counter()
            tab.goto(page.as_uri(), wait_until="commit")
            tab.wait_for_function(DRAWN)
            took.append(time.perf_counter() - start)
            tab.close()
    median = statistics.median(took)
    met = "met" if median < TARGET_S else "MISSED"
    yield f"  interactive in chromium, as one file: {median:.2f} s, target < {TARGET_S:.0f} s {met}"


def _keeping(folder: Path) -> Iterator[str]:
    """Command to diagnosis with and without a place for reports; the picture and the graph follow the diagnosis."""
    keeping = {"MAPSTORM_URL": "http://127.0.0.1:3000", "MAPSTORM_LINK_SECRET": secrets.token_hex(32)}
    took: dict[bool, list[float]] = {False: [], True: []}
    for kept in (False, True, False, True):
        with (
            # One for each round: they end by themselves after two minutes.
            go_services.run(go_services.BENCH, SWISS, "-records", str(line.RECORDS)) as service,
            EmbeddedRedis() as redis,
            redirect_stdout(StringIO()),  # the processes' logs are for tests that fail
        ):
            given = keeping if kept else {}
            _, answers = asyncio.run(line.captures(service.pprof, redis.url, folder, RUNS, DRAWS_S, **given))
        took[kept] += [each - line.WINDOW_S for each in answers]
    plain, kept_s = statistics.median(took[False]), statistics.median(took[True])
    yield (
        f"keeping a capture of {line.RECORDS:,} records: command to diagnosis {kept_s:.2f} s instead of {plain:.2f} s,"
        f" ratio {kept_s / plain:.2f}"
    )


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"


def _kib(size: float) -> str:
    return f"{size / 1024:,.0f} KiB"
