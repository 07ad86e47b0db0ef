"""From the signed command to the posted diagnosis, with every part real but Slack; against curl of the same URLs."""

import asyncio
import os
import shutil
import statistics
import subprocess
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import orjson

from analyzers.heaptext import read_heap_text
from analyzers.symbols import queries
from bot.redis_server import EmbeddedRedis
from bot.standin.app import Standin
from bot.standin.rate import UNLIMITED
from tests import go_services
from tests.toolchains import SWISS

RECORDS = 5_000
WINDOW_S = 2.0
RUNS = 5
CHANNEL, USER = "C0ORDERS", "U0ANA"


def rows(folder: Path) -> Iterator[str]:
    """Two figures and a ratio, line by line."""
    with go_services.run(go_services.BENCH, SWISS, "-records", str(RECORDS)) as service, EmbeddedRedis() as redis:
        curl = statistics.median(_curl(service.pprof, folder) for _ in range(RUNS))
        acks, answers = asyncio.run(_captures(service.pprof, redis.url, folder))
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


async def _captures(pprof: str, redis_url: str, folder: Path) -> tuple[list[float], list[float]]:
    config = folder / "services.json"
    service = {"name": "svc-bench", "instances": [pprof], "channel": CHANNEL, "window_s": WINDOW_S}
    config.write_bytes(orjson.dumps({"services": [service]}))  # JSON is YAML
    async with Standin(pace=UNLIMITED) as slack, AsyncExitStack() as stack:
        environment = {
            "PATH": os.environ["PATH"],
            "SLACK_BOT_TOKEN": slack.credentials.token,
            "SLACK_SIGNING_SECRET": slack.credentials.signing_secret,
            "SLACK_API_URL": slack.api_url,
            "REDIS_URL": redis_url,
            "MAPSTORM_CONFIG": str(config),
            "HOST": "127.0.0.1",
            "PORT": "0",
        }
        web = await stack.enter_async_context(_process("web", environment))
        await stack.enter_async_context(_process("worker", environment))
        assert web.stdout is not None
        address = (await web.stdout.readline()).decode().split()[2]
        slack.transport.bot_url = f"{address}/slack/events"
        answers = [await _answer(slack) for _ in range(RUNS + 1)][1:]  # the first one starts everything up
        acks = [delivery.ack_seconds for delivery in slack.ws.deliveries[1:] if delivery.ack_seconds is not None]
    return acks, answers


async def _answer(slack: Standin) -> float:
    """Seconds from the command to the reply in its thread."""
    before = len(_said(slack))
    start = time.perf_counter()
    await slack.people.type(CHANNEL, USER, "/mapstorm capture svc-bench")
    async with asyncio.timeout(60):
        while len(_said(slack)) < before + 2:
            await slack.ws.changes.beyond(slack.ws.changes.version, 1.0)
    return time.perf_counter() - start


def _said(slack: Standin) -> list[object]:
    return [message for message in slack.ws.messages[CHANNEL] if message.user == slack.ws.app.user_id]


@asynccontextmanager
async def _process(word: str, environment: dict[str, str]) -> AsyncIterator[Process]:
    started = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.cli", word, env=environment, stdout=PIPE, stderr=DEVNULL
    )
    try:
        yield started
    finally:
        if started.returncode is None:
            started.terminate()
        await started.wait()
