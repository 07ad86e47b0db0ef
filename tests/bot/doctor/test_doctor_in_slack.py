"""`/mapstorm doctor` typed into the stand-in, answered by mapstorm's two real processes."""

from collections.abc import AsyncIterator
from pathlib import Path

import orjson
import pytest
from redis.asyncio import Redis

from bot.queue import NAMESPACE
from bot.standin.app import Standin
from tests.bot import records
from tests.bot.pprof_server import SYMBOL, PprofServer, pprof_server, whole
from tests.bot.town import Town, environment, process, web, when

pytestmark = pytest.mark.redis

SECRET = "Bearer s3cret-of-the-service"  # noqa: S105


@pytest.fixture
async def service() -> AsyncIterator[PprofServer]:
    async with pprof_server() as server:
        server.answers = {SYMBOL: whole(b"num_symbols: 1\n")}
        yield server


@pytest.fixture
async def town(redis: Redis, redis_url: str, service: PprofServer, tmp_path: Path) -> AsyncIterator[Town]:
    async with Standin() as slack:
        town = Town(slack, environment(slack, redis_url, service.url, tmp_path))
        with_secret(Path(town.environ["MAPSTORM_CONFIG"]))
        yield town


def with_secret(config: Path) -> None:
    """The one service of the registry, with a secret and a channel's id."""
    known = orjson.loads(config.read_bytes())
    known["services"][0] |= {"auth_header_env": "ORDERS_AUTH", "channel": "C0ORDERS"}
    config.write_bytes(orjson.dumps(known))


def told(town: Town) -> list[str]:
    """What Ana alone was told."""
    return [one.content.text for one in town.slack.ws.ephemerals if one.user == "U0ANA"]


async def report(town: Town) -> str:
    await records.until(when(lambda: len(told(town)) == 2), within_s=20)
    return told(town)[1]


async def test_it_is_acknowledged_at_once_and_the_report_follows_to_the_asker_alone(
    town: Town, service: PprofServer, redis: Redis
) -> None:
    async def at_work() -> bool:
        return bool(await redis.zcard(f"{NAMESPACE}:__heartbeats__"))

    async with web(town):
        # Only the worker has the services' secrets.
        worker = Town(town.slack, town.environ | {"ORDERS_AUTH": SECRET})
        async with process(worker, "worker"):
            await records.until(at_work, within_s=20)
            await town.type("/mapstorm doctor")
            said = await report(town)
    assert told(town)[0].startswith("Examining")
    (delivery,) = town.slack.ws.deliveries
    assert delivery.outcome == "acknowledged"
    assert "✅ OK: *Services*: its only instance answers" in said
    assert "✅ OK: *Channels*: the bot is in its only one" in said
    assert "✅ OK: *Workers*: 1 at work" in said
    assert "✅ OK: *Durability*" in said
    assert [seen.headers["authorization"] for seen in service.seen] == [SECRET]
    for secret in (SECRET, town.slack.credentials.token, "127.0.0.1", "xoxb-"):
        assert secret not in said
    assert town.thread() == []


async def test_without_a_worker_the_web_process_says_so(town: Town) -> None:
    async with web(town):
        await town.type("/mapstorm doctor")
        said = await report(town)
    assert "❌ To do: *Workers*: none was heard of" in said
    assert "⚪ Not known: *Services* (no worker answered in time)" in said


async def test_where_the_bot_is_not_the_report_comes_as_a_direct_message(town: Town) -> None:
    town.slack.ws.channels["C0ORDERS"].members.discard(town.slack.ws.app.user_id)
    async with web(town):
        await town.type("/mapstorm doctor")
        direct = town.slack.ws.direct("U0ANA").id
        await records.until(when(lambda: town.slack.ws.messages[direct]), within_s=20)
    (message,) = town.slack.ws.messages[direct]
    assert "❌ To do: *Channels*: <#C0ORDERS>: the bot is not in it." in message.content.text
    assert len(told(town)) == 1


async def test_a_mention_is_answered_like_a_command(town: Town) -> None:
    async with web(town):
        await town.type("@mapstorm doctor")
        said = await report(town)
    assert told(town)[0].startswith("Examining")
    assert "✅ OK: *Slack token*: taken by workspace `Standin`" in said
    assert [delivery.outcome for delivery in town.slack.ws.deliveries] == ["acknowledged"]
