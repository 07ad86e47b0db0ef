"""`mapstorm doctor` as an operator runs it: a process of its own, between a stand-in for Slack, Redis and a service."""

import asyncio
import os
import sys
import time
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import orjson
import pytest
from redis.asyncio import Redis

from bot import render
from bot.manifest import SCOPES
from bot.posting.outbox import RedisOutbox
from bot.queue import NAMESPACE
from bot.redis_client import connect
from bot.redis_server import EmbeddedRedis, free_port
from bot.standin.app import Standin
from handlers.notes import Help
from handlers.posts import Root
from handlers.records import Thread
from tests.bot.pprof_server import SYMBOL, pprof_server, whole

pytestmark = pytest.mark.redis

ROOT = Path(__file__).parents[3]
SECRET = "Bearer s3cret-of-the-service"  # noqa: S105


class Ran(NamedTuple):
    code: int
    out: str
    err: str


async def run(*arguments: str, **environ: str) -> Ran:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error", **environ}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.cli", "doctor", *arguments), env=environment, stdout=PIPE, stderr=PIPE
    )
    out, err = await process.communicate()
    assert process.returncode is not None
    assert b"Traceback" not in err
    return Ran(process.returncode, out.decode(), err.decode())


@pytest.fixture
async def durable() -> AsyncIterator[tuple[str, Redis]]:
    with EmbeddedRedis() as server:
        async with connect(server.url) as client:
            await client.config_set("appendonly", "yes")
            yield server.url, client


async def test_all_green_is_exit_0_and_shows_no_secret(durable: tuple[str, Redis], tmp_path: Path) -> None:
    url, redis = durable
    async with Standin() as slack, pprof_server() as pprof:
        slack.ws.app = replace(slack.ws.app, scopes=(*SCOPES, "channels:history"))
        pprof.answers = {SYMBOL: whole(b"num_symbols: 1\n")}
        await redis.zadd(f"{NAMESPACE}:__heartbeats__", {"worker": time.time() * 1000})
        listed = {
            "name": "svc-orders",
            "instances": [{"url": pprof.url, "name": "orders-0"}],
            "channel": "C0ORDERS",
            "auth_header_env": "ORDERS_AUTH",
        }
        webhooks = {"generic": {"bearer_env": "GENERIC_TOKEN"}}
        config = tmp_path / "mapstorm.yaml"
        config.write_bytes(orjson.dumps({"services": [listed], "webhooks": webhooks}))
        environ = {
            "SLACK_BOT_TOKEN": slack.credentials.token,
            "SLACK_API_URL": slack.api_url,
            "REDIS_URL": url,
            "MAPSTORM_CONFIG": str(config),
            "ORDERS_AUTH": SECRET,
            "GENERIC_TOKEN": "a-token-of-enough-characters",
        }
        ran = await run(**environ)
        assert (ran.code, ran.err) == (0, ""), ran.out
        assert "generic never heard" in ran.out
        assert pprof.seen[0].headers["authorization"] == SECRET
        for secret in (SECRET, slack.credentials.token, environ["GENERIC_TOKEN"], "127.0.0.1"):
            assert secret not in ran.out
        without = await run(**{name: value for name, value in environ.items() if name != "GENERIC_TOKEN"})
        assert without.code == 1
        said = " ".join(without.out.split())
        assert "webhooks.generic.bearer_env: names a variable that this process has not" in said
        assert "GENERIC_TOKEN" in said
        assert "Set this variable where" in said
        assert said.count("❌ To do") == 1
        assert "Not known: Webhooks (needs what the registry lacks above)" in said
        assert "its only instance answers" in said, "all else is looked at"


async def test_without_anything_the_lines_say_what_is_missing() -> None:
    ran = await run()
    assert (ran.code, ran.err) == (1, "")
    for name in ("SLACK_BOT_TOKEN", "REDIS_URL", "MAPSTORM_CONFIG"):
        assert name in ran.out


async def test_what_is_there_and_wrong_is_wrong_usage() -> None:
    ran = await run(REDIS_URL="http://nowhere")
    assert (ran.code, ran.out) == (2, "")
    assert "REDIS_URL" in ran.err


async def test_what_was_not_delivered_is_put_back(durable: tuple[str, Redis]) -> None:
    url, redis = durable

    async def unlinked(_: Thread) -> None:
        return None

    outbox = RedisOutbox(redis, render.message, unlinked)
    await outbox.put(Root("inc1", "C0GONE", Help(), 1))
    claim = await outbox.claim()
    assert claim
    await outbox.lost(claim, "is_archived")
    before = await run(REDIS_URL=url)
    assert "is_archived" in before.out
    assert "--retry-undelivered" in before.out
    after = await run("--retry-undelivered", REDIS_URL=url)
    assert "1 " in after.err
    assert "is_archived" not in after.out
    again = await outbox.claim()
    assert again
    assert again.entry.id == claim.entry.id


@pytest.mark.parametrize(("environ", "code"), [({}, 2), ({"REDIS_URL": f"redis://127.0.0.1:{free_port()}/0"}, 1)])
async def test_nothing_can_be_put_back_without_redis(environ: dict[str, str], code: int) -> None:
    ran = await run("--retry-undelivered", **environ)
    assert ran.code == code
    assert "mapstorm doctor: " in ran.err
