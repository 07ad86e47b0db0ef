"""What the tests of the outside share: a real Redis, emptied before each test."""

from collections.abc import AsyncIterator, Iterator

import pytest
from redis.asyncio import Redis

from bot.redis_client import connect
from tests.redis_server import RedisServer, redis_server


@pytest.fixture(scope="session")
def server() -> Iterator[RedisServer]:
    with redis_server() as running:
        yield running


@pytest.fixture
def redis_url(server: RedisServer) -> str:
    return server.url


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    client = connect(redis_url)
    await client.flushall()
    yield client
    await client.aclose()
