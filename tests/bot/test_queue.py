"""Enqueueing once, and that dramatiq finds what mapstorm put into its Redis."""

import asyncio

import pytest
from dramatiq import Message
from redis.asyncio import Redis

from bot import codec
from bot.queue import CAPTURES, NAMESPACE, QUEUES, REQUESTS, RedisQueue, Work, message
from bot.redis_client import connect
from bot.redis_server import free_port
from bot.worker import Broker
from handlers.errors import OutageError
from tests.bot import records

NOTHING = dict.fromkeys(QUEUES, 0)


@pytest.mark.redis
async def test_an_id_is_queued_once(redis: Redis) -> None:
    queue = RedisQueue(redis)
    await asyncio.gather(*(queue.request(records.request("r1")) for _ in range(20)))
    await asyncio.gather(*(queue.capture(records.capture("r1")) for _ in range(20)))
    await queue.request(records.request("r2"))
    assert await queue.depth() == NOTHING | {REQUESTS: 2, CAPTURES: 1}


@pytest.mark.redis
async def test_a_request_and_a_capture_may_share_an_id(redis: Redis) -> None:
    queue = RedisQueue(redis)
    await queue.request(records.request("r1.orders-0"))
    await queue.capture(records.capture("r1", "orders-0"))
    assert await queue.depth() == NOTHING | {REQUESTS: 1, CAPTURES: 1}


@pytest.mark.redis
async def test_dramatiq_finds_the_message_where_it_looks(redis: Redis, redis_url: str) -> None:
    """The layout is RedisBroker's own; this is the test that fails when a release of dramatiq changes it."""
    await RedisQueue(redis).capture(records.capture("r1"))
    broker = Broker(redis_url, 1)
    found = await asyncio.to_thread(next, broker.consume(CAPTURES, timeout=10))
    assert found is not None
    body, tries, waits = found.args
    assert codec.decode_capture(body) == records.capture("r1")
    assert (found.actor_name, tries, waits) == (CAPTURES, 0, 0)
    await asyncio.to_thread(broker.do_ack, CAPTURES, found.options["redis_message_id"])
    assert await RedisQueue(redis).depth() == NOTHING
    broker.client.close()


@pytest.mark.redis
async def test_dramatiqs_own_enqueue_leaves_the_same_traces(redis: Redis, redis_url: str) -> None:
    await RedisQueue(redis).capture(records.capture("r1"))
    ours = {name: await redis.type(name) for name in await redis.keys(f"{NAMESPACE}:captures*")}
    await redis.flushall()
    broker = Broker(redis_url, 1)
    await asyncio.to_thread(broker.enqueue, message(Work(CAPTURES, codec.encode_capture(records.capture()).decode())))
    theirs = {name: await redis.type(name) for name in await redis.keys(f"{NAMESPACE}:captures*")}
    assert ours == theirs
    broker.client.close()


def test_a_message_is_a_few_hundred_bytes() -> None:
    encoded = message(Work(CAPTURES, codec.encode_capture(records.capture()).decode())).encode()
    assert len(encoded) < 500
    assert Message.decode(encoded).args[1:] == (0, 0)


async def test_redis_away_is_an_outage() -> None:
    async with connect(f"redis://127.0.0.1:{free_port()}/0") as client:
        queue = RedisQueue(client)
        with pytest.raises(OutageError):
            await queue.request(records.request())
        with pytest.raises(OutageError):
            await queue.depth()
