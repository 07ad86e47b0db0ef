"""A real Redis server for the tests of a session: `redis_url` is its address, `redis` a client on an empty database."""

from collections.abc import AsyncIterator, Iterator

import pytest
from redis.asyncio import Redis

from bot.redis_client import connect
from bot.redis_server import EmbeddedRedis


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    with EmbeddedRedis() as server:
        yield server.url


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with connect(redis_url) as client:
        await client.flushall()
        yield client
