"""The whole line, all of it real but Slack: a command typed, Redis, web, worker, a running Go service, the thread."""

from pathlib import Path

import pytest
from redis.asyncio import Redis

from bot.standin.app import Standin
from tests import go_services
from tests.bot import records
from tests.bot.town import Town, environment, process, web, when
from tests.redis_server import redis, redis_url
from tests.toolchains import CLASSIC, SWISS

__all__ = ["redis", "redis_url"]

pytestmark = [pytest.mark.go, pytest.mark.redis, pytest.mark.timeout(900)]


@pytest.mark.parametrize("version", [CLASSIC, SWISS])
async def test_a_command_typed_in_slack_names_the_line_of_a_running_service(
    redis: Redis,
    redis_url: str,
    version: str,
    tmp_path: Path,
) -> None:
    mark = go_services.marks("growth_storm")[0]
    with go_services.run("growth_storm", version) as service:
        async with Standin() as slack:
            town = Town(slack, environment(slack, redis_url, service.pprof, tmp_path, window_s=2))
            async with web(town), process(town, "worker"):
                await town.type("/mapstorm capture svc-orders")
                await records.until(when(lambda: len(town.thread()) == 3 and town.thread()[0].edited_at), within_s=60)
                await town.type("/mapstorm capture svc-orders")
                await records.until(when(lambda: len(town.thread()) == 6 and town.thread()[3].edited_at), within_s=60)
    root, reply, picture, _, again, _ = town.thread()
    assert reply.thread_ts == picture.thread_ts == root.ts
    assert "data_visualization" in {block["type"] for block in picture.content.blocks}
    line = f"{'/'.join(mark.file.split('/')[-3:])}:{mark.line}"
    assert line in root.content.text
    assert line in reply.content.text
    assert "make(map[string]V, n)" in reply.content.text
    assert "First capture" in reply.content.text
    assert "Same process" in again.content.text
