"""mapstorm's two real processes between a stand-in for Slack and a service. Knows no test."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import orjson

from bot.standin.app import Standin
from bot.standin.records import Message


@dataclass
class Town:
    """Slack, and the environment that mapstorm's processes get."""

    slack: Standin
    environ: dict[str, str]

    async def type(self, text: str) -> None:
        await self.slack.people.type("C0ORDERS", "U0ANA", text)

    def thread(self) -> list[Message]:
        messages = self.slack.ws.messages["C0ORDERS"]
        return [message for message in messages if message.user == self.slack.ws.app.user_id]


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
        yield await listening(town, started)


async def listening(town: Town, web: Process) -> str:
    """The address of a web process, once it listens; Slack sends its requests there from then on."""
    assert web.stdout is not None
    line = (await web.stdout.readline()).decode().split()
    assert line[:2] == ["listening", "on"]
    town.slack.transport.bot_url = f"{line[2]}/slack/events"
    return line[2]


def when(condition: Callable[[], object]) -> Callable[[], Awaitable[bool]]:
    async def ask() -> bool:
        return bool(condition())

    return ask


def environment(slack: Standin, redis_url: str, pprof: str, scratch: Path, window_s: float = 0) -> dict[str, str]:
    """What web and worker need to know: one service, svc-orders, with one instance."""
    listed = {"name": "svc-orders", "instances": [pprof], "channel": "#orders", "window_s": window_s}
    return surroundings(slack, redis_url, {"services": [listed]}, scratch)


def surroundings(slack: Standin, redis_url: str, registry: Mapping[str, object], scratch: Path) -> dict[str, str]:
    """The same with a whole registry."""
    config = scratch / "mapstorm.yaml"
    config.write_bytes(orjson.dumps(registry))  # JSON is YAML
    return {
        "PATH": os.environ["PATH"],
        "SLACK_BOT_TOKEN": slack.credentials.token,
        "SLACK_SIGNING_SECRET": slack.credentials.signing_secret,
        "SLACK_API_URL": slack.api_url,
        "REDIS_URL": redis_url,
        "MAPSTORM_CONFIG": str(config),
        "HOST": "127.0.0.1",
        "PORT": "0",
    }
