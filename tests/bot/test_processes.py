"""The two real processes, from a command typed into the stand-in to the finished thread. One is killed on the way."""

import asyncio
import gzip
import socket
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from redis.asyncio import Redis

from bot.queue import RedisQueue
from bot.standin.app import Standin
from tests.bot import records
from tests.bot.house import RECORDING
from tests.bot.pprof_server import HEAP, SYMBOL, PprofServer, chunked, pprof_server, stalled, whole
from tests.bot.town import Town, environment, process, web, when

pytestmark = pytest.mark.redis


@pytest.fixture
async def service() -> AsyncIterator[PprofServer]:
    async with pprof_server() as server:
        server.answers = {HEAP: recorded, f"POST {SYMBOL}": symbols(), f"GET {SYMBOL}": symbols()}
        yield server


@pytest.fixture
async def town(redis: Redis, redis_url: str, service: PprofServer, tmp_path: Path) -> AsyncIterator[Town]:
    async with Standin() as slack:
        yield Town(slack, environment(slack, redis_url, service.url, tmp_path))


async def recorded(writer: asyncio.StreamWriter) -> None:
    await chunked(gzip.decompress((RECORDING / "heap.txt.gz").read_bytes()))(writer)


def symbols() -> Callable[[asyncio.StreamWriter], Awaitable[None]]:
    return whole((RECORDING / "symbols.txt").read_bytes())


async def test_a_command_becomes_a_thread(town: Town) -> None:
    async with web(town), process(town, "worker"):
        await town.type("/mapstorm capture svc-orders")
        await records.until(when(lambda: len(town.thread()) == 3 and town.thread()[0].edited_at), within_s=20)
        root, reply, _ = town.thread()
        (told,) = town.slack.ws.ephemerals
    assert reply.thread_ts == root.ts
    assert told.user == "U0ANA"
    (delivery,) = town.slack.ws.deliveries
    assert delivery.outcome == "acknowledged"
    assert delivery.ack_seconds is not None
    assert delivery.ack_seconds < 1


async def test_a_worker_killed_in_mid_capture_is_replaced_with_one_diagnosis(
    town: Town, service: PprofServer, redis: Redis
) -> None:
    service.answers[HEAP] = stalled(b"heap profile: ")
    async with web(town):
        async with process(town, "worker") as first:
            await town.type("/mapstorm capture svc-orders")
            await records.until(when(lambda: service.seen), within_s=20)
            service.answers[HEAP] = recorded
            first.kill()
            await first.wait()
        assert len(town.thread()) == 1
        async with process(town, "worker"):
            await records.until(when(lambda: len(town.thread()) == 3 and town.thread()[0].edited_at), within_s=30)
            await records.until(lambda: idle(redis), within_s=30)
    root, reply, picture = town.thread()
    assert reply.thread_ts == picture.thread_ts == root.ts
    assert root.edited_at


async def idle(redis: Redis) -> bool:
    """Whether nothing is left that could still speak."""
    return not any((await RedisQueue(redis).depth()).values())


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
        await records.until(when(lambda: len(town.thread()) == 3 and town.thread()[0].edited_at), within_s=20)
