"""From the signed command to the posted diagnosis, with every part real but Slack; against curl of the same URLs."""

import asyncio
import shutil
import statistics
import subprocess
import time
from collections.abc import Iterator
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

from analyzers.reading.heaptext import read_heap_text
from analyzers.reading.symbols import queries
from bot.redis_server import EmbeddedRedis
from bot.standin.app import Standin
from bot.standin.rate import UNLIMITED
from tests import go_services
from tests.bot.town import Town, environment, process, web
from tests.toolchains import SWISS

RECORDS = 5_000
WINDOW_S = 2.0
RUNS = 5
SAID = "confidence"  # what only a diagnosis says


def rows(folder: Path) -> Iterator[str]:
    """Two figures and a ratio, line by line."""
    with go_services.run(go_services.BENCH, SWISS, "-records", str(RECORDS)) as service, EmbeddedRedis() as redis:
        curl = statistics.median(_curl(service.pprof, folder) for _ in range(RUNS))
        with redirect_stdout(StringIO()):  # the processes' logs are for tests that fail
            acks, answers = asyncio.run(captures(service.pprof, redis.url, folder))
    took = statistics.median(answers) - WINDOW_S
    yield f"acknowledgement of a slash command: median {statistics.median(acks) * 1000:.0f} ms, worst of {len(acks)} "
    yield f"  {max(acks) * 1000:.0f} ms"
    yield f"command to diagnosis without the window, {RECORDS:,} records: {took:.2f} s"
    yield f"curl of the same URLs: {curl:.2f} s, ratio {took / curl:.2f}"


def _curl(pprof: str, folder: Path) -> float:
    """What a person would fetch by hand: text and protobuf, the names, and the text again."""
    program = shutil.which("curl")
    if program is None:
        raise SystemExit("mapstorm bench: curl is not on PATH")
    text = folder / "curl.txt"
    start = time.perf_counter()
    _fetch(program, f"{pprof}/heap?debug=1&gc=1", text)
    spent = time.perf_counter() - start
    pcs = read_heap_text([text.read_bytes()]).hidden_pcs()  # nobody's time: curl knows no PCs
    start = time.perf_counter()
    for query in queries(pcs):
        _fetch(program, f"{pprof}/symbol?{query}", folder / "curl.symbols")
    _fetch(program, f"{pprof}/heap", folder / "curl.pb.gz")
    _fetch(program, f"{pprof}/heap?debug=1&gc=1", text)
    return spent + time.perf_counter() - start


def _fetch(program: str, url: str, path: Path) -> None:
    subprocess.run([program, "-sSf", "--noproxy", "*", "-o", str(path), url], check=True)  # noqa: S603


async def captures(
    pprof: str, redis_url: str, folder: Path, runs: int = RUNS, apart_s: float = 0.0, **environ: str
) -> tuple[list[float], list[float]]:
    """Seconds of each acknowledgement, and from each command to its diagnosis. `environ` is added to that of web and
    worker; `apart_s` after each diagnosis, for what a worker does then."""
    async with Standin(pace=UNLIMITED) as slack:
        town = Town(slack, environment(slack, redis_url, pprof, folder, window_s=WINDOW_S) | environ)
        async with web(town), process(town, "worker"):
            answers = [await _answer(town, apart_s) for _ in range(runs + 1)][1:]  # the first one starts everything up
        acks = [delivery.ack_seconds for delivery in slack.ws.deliveries[1:] if delivery.ack_seconds is not None]
    return acks, answers


async def _answer(town: Town, apart_s: float) -> float:
    """Seconds from the command to the diagnosis in its thread; a picture may follow it."""
    before = _diagnoses(town)
    changes = town.slack.ws.changes
    start = time.perf_counter()
    await town.type("/mapstorm capture svc-orders")
    async with asyncio.timeout(60):
        while _diagnoses(town) == before:
            await changes.beyond(changes.version, 1.0)
    took = time.perf_counter() - start
    await asyncio.sleep(apart_s)
    return took


def _diagnoses(town: Town) -> int:
    return sum(message.thread_ts is not None and SAID in message.content.text for message in town.thread())
