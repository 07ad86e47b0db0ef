"""The two real processes, from a command typed into the stand-in to the finished thread. One is killed on the way."""

import asyncio
import gzip
import os
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import orjson
import pytest
from redis.asyncio import Redis

from bot.standin.app import Standin
from bot.standin.records import Message
from tests.bot import records
from tests.bot.house import RECORDING
from tests.bot.pprof_server import HEAP, SYMBOL, PprofServer, chunked, pprof_server, stalled, whole

pytestmark = pytest.mark.redis


@dataclass
class Town:
    """Slack, a service and the environment that mapstorm's processes get."""

    slack: Standin
    service: PprofServer
    environ: dict[str, str]

    async def type(self, text: str) -> None:
        await self.slack.people.type("C0ORDERS", "U0ANA", text)

    def thread(self) -> list[Message]:
        messages = self.slack.ws.messages["C0ORDERS"]
        return [message for message in messages if message.user == self.slack.ws.app.user_id]


@pytest.fixture
async def town(redis: Redis, redis_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    async with Standin() as standin, pprof_server() as service:
        service.answers = {HEAP: recorded, f"POST {SYMBOL}": symbols(), f"GET {SYMBOL}": symbols()}
        config = tmp_path / "mapstorm.yaml"
        listed = {"name": "svc-orders", "instances": [service.url], "channel": "#orders", "window_s": 0}
        config.write_bytes(orjson.dumps({"services": [listed]}))  # JSON is YAML
        environ = {
            "PATH": os.environ["PATH"],
            "SLACK_BOT_TOKEN": standin.credentials.token,
            "SLACK_SIGNING_SECRET": standin.credentials.signing_secret,
            "SLACK_API_URL": standin.api_url,
            "REDIS_URL": redis_url,
            "MAPSTORM_CONFIG": str(config),
            "HOST": "127.0.0.1",
            "PORT": "0",
        }
        yield Town(standin, service, environ)


@asynccontextmanager
async def process(town: Town, word: str) -> AsyncIterator[Process]:
    """`mapstorm word`, stopped with SIGTERM at the end and expected to end well, unless it is dead by then."""
    started = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.cli", word, env=town.environ, stdout=PIPE, stderr=PIPE
    )
    try:
        yield started
    finally:
        if started.returncode is None:
            started.terminate()
        assert started.stderr is not None
        async with asyncio.timeout(15):
            logged = await started.stderr.read()
            code = await started.wait()
        print(logged.decode())  # shown by pytest when the test fails
    assert code in (0, -signal.SIGKILL)
    lines = [orjson.loads(line) for line in logged.splitlines()]
    assert [line for line in lines if line["level"] not in ("info", "warning")] == []


@asynccontextmanager
async def web(town: Town) -> AsyncIterator[str]:
    async with process(town, "web") as started:
        assert started.stdout is not None
        line = (await started.stdout.readline()).decode().split()
        assert line[:2] == ["listening", "on"]
        town.slack.transport.bot_url = f"{line[2]}/slack/events"
        yield line[2]


def when(condition: Callable[[], object]) -> Callable[[], Awaitable[bool]]:
    async def ask() -> bool:
        return bool(condition())

    return ask


async def recorded(writer: asyncio.StreamWriter) -> None:
    await chunked(gzip.decompress((RECORDING / "heap.txt.gz").read_bytes()))(writer)


def symbols() -> Callable[[asyncio.StreamWriter], Awaitable[None]]:
    return whole((RECORDING / "symbols.txt").read_bytes())


async def test_a_command_becomes_a_thread(town: Town) -> None:
    async with web(town), process(town, "worker"):
        await town.type("/mapstorm capture svc-orders")
        await records.until(when(lambda: len(town.thread()) == 2 and town.thread()[0].edited_at), within_s=20)
        root, reply = town.thread()
        (told,) = town.slack.ws.ephemerals
    assert reply.thread_ts == root.ts
    assert told.user == "U0ANA"
    (delivery,) = town.slack.ws.deliveries
    assert delivery.outcome == "acknowledged"
    assert delivery.ack_seconds is not None
    assert delivery.ack_seconds < 1


async def test_a_worker_killed_in_mid_capture_is_replaced_and_one_diagnosis_comes(town: Town) -> None:
    town.service.answers[HEAP] = stalled(b"heap profile: ")
    async with web(town):
        async with process(town, "worker") as first:
            await town.type("/mapstorm capture svc-orders")
            await records.until(when(lambda: town.service.seen), within_s=20)
            town.service.answers[HEAP] = recorded
            first.kill()
            await first.wait()
        assert len(town.thread()) == 1
        async with process(town, "worker"):
            await records.until(when(lambda: len(town.thread()) == 2 and town.thread()[0].edited_at), within_s=30)
    root, reply = town.thread()
    assert reply.thread_ts == root.ts
    assert root.edited_at


@pytest.mark.parametrize("word", ["web", "worker"])
async def test_a_missing_variable_stops_the_start_with_its_name(town: Town, word: str) -> None:
    del town.environ["SLACK_BOT_TOKEN"]
    started = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.cli", word, env=town.environ, stdout=DEVNULL, stderr=PIPE
    )
    _, said = await started.communicate()
    assert started.returncode == 2
    assert b"SLACK_BOT_TOKEN" in said
    assert b"Traceback" not in said


async def test_a_taken_port_stops_the_start_with_its_name(town: Town) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        town.environ["PORT"] = str(taken.getsockname()[1])
        started = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot.cli", "web", env=town.environ, stdout=DEVNULL, stderr=PIPE
        )
        _, said = await started.communicate()
    assert started.returncode == 2
    assert b"PORT" in said
    assert b"Traceback" not in said


async def test_socket_mode_needs_no_address_and_no_signing_secret(town: Town) -> None:
    town.environ["SLACK_APP_TOKEN"] = town.slack.credentials.app_token
    del town.environ["SLACK_SIGNING_SECRET"]
    async with process(town, "web") as started, process(town, "worker"):
        assert started.stdout is not None
        await started.stdout.readline()
        await records.until(when(lambda: town.slack.transport.via != "http"), within_s=10)
        await town.type("/mapstorm capture svc-orders")
        await records.until(when(lambda: len(town.thread()) == 2 and town.thread()[0].edited_at), within_s=20)
