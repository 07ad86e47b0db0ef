"""A notification is in Redis before its sender hears 200, and while Redis is away he hears 503."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial

import httpx
import orjson
import pytest
from redis.asyncio import Redis
from starlette.applications import Starlette

from bot.incidents.inbox import RedisInbox
from bot.queue import ALERTS, RedisQueue
from bot.redis_client import connect
from bot.redis_server import free_port
from bot.webhooks.backlog import Backlog
from bot.webhooks.door import Answer, Behind
from bot.webhooks.routes import routes
from bot.webhooks.secrets import Webhooks
from handlers.alert import Group, Origin
from handlers.incidents import receive
from handlers.records import Comparison, Instance, Matcher, Service
from tests.bot.webhooks.street import BEARER, Inside, bearer
from tests.fakes import FakeRegistry, Fakes

ORDERS = Service(
    "svc-orders",
    (Instance("orders-0", "http://10.0.0.1/debug/pprof"),),
    "C0123ABCD",
    match=(Matcher("service", Comparison.EQUAL, "orders"),),
)
GROUP = Group(Origin.GENERIC, "", "orders", "svc-orders")
BODY = orjson.dumps({"service": "orders", "status": "firing", "fingerprint": "f0", "instance": "orders-0"})
STRANGE = orjson.dumps({"service": "another", "status": "firing", "fingerprint": "f1"})


@asynccontextmanager
async def webhooks(redis: Redis, inside: Inside, *, take_s: float = 60.0) -> AsyncIterator[httpx.AsyncClient]:
    """The doors as the web process builds them, on this Redis; `inside` counts the answers."""
    queue = RedisQueue(redis)
    tools = replace(Fakes().tools, registry=FakeRegistry(ORDERS), inbox=RedisInbox(redis, queue))
    behind = Behind(partial(receive.take, tools), Backlog(queue.depth).full, inside.count, take_s=take_s)
    app = Starlette(routes=routes(lambda: Webhooks(generic=BEARER), behind))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://mapstorm.test") as client:
        yield client


async def knock(client: httpx.AsyncClient, body: bytes = BODY) -> httpx.Response:
    return await client.post("/webhooks/generic", content=body, headers=bearer())


@pytest.mark.redis
async def test_what_was_answered_200_is_in_redis(redis: Redis) -> None:
    queue = RedisQueue(redis)
    inbox = RedisInbox(redis, queue)
    async with webhooks(redis, Inside()) as client:
        assert (await knock(client)).status_code == 200
        head = await inbox.head(GROUP)
        assert head
        assert head[1].notification.alerts[0].fingerprint == "f0"
        assert (await queue.depth())[ALERTS] == 1


@pytest.mark.redis
async def test_an_alert_that_means_nobody_is_taken_too(redis: Redis) -> None:
    inside, queue = Inside(), RedisQueue(redis)
    async with webhooks(redis, inside) as client:
        assert (await knock(client, STRANGE)).status_code == 200
    assert (await queue.depth())[ALERTS] == 0
    assert inside.answers == [(Origin.GENERIC, Answer.TAKEN)]


async def test_without_redis_nothing_is_answered_200() -> None:
    inside = Inside()
    async with connect(f"redis://127.0.0.1:{free_port()}/0") as away, webhooks(away, inside) as client:
        for body in (BODY, STRANGE):
            answer = await knock(client, body)
            assert (answer.status_code, answer.content) == (503, b"")
            assert answer.headers["retry-after"]
    assert inside.answers == [(Origin.GENERIC, Answer.AWAY)] * 2


async def test_a_redis_that_hangs_is_not_waited_for() -> None:
    """It takes connections and answers nothing; the deadline is the door's, not the client's."""
    inside = Inside()
    hanging = asyncio.Event()

    async def hang(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await hanging.wait()
        writer.close()

    async with await asyncio.start_server(hang, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with connect(f"redis://127.0.0.1:{port}/0") as redis, webhooks(redis, inside, take_s=0.05) as client:
            assert (await knock(client)).status_code == 503
        hanging.set()
    assert inside.answers == [(Origin.GENERIC, Answer.AWAY)]


@pytest.mark.redis
async def test_a_queue_too_deep_is_503_until_it_is_not(redis: Redis) -> None:
    clock, inside, queue = [0.0], Inside(), RedisQueue(redis)
    taken = partial(receive.take, replace(Fakes().tools, registry=FakeRegistry(ORDERS), inbox=RedisInbox(redis, queue)))
    behind = Behind(taken, Backlog(queue.depth, most=2, clock=lambda: clock[0]).full, inside.count)
    app = Starlette(routes=routes(lambda: Webhooks(generic=BEARER), behind))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://mapstorm.test") as client:
        for answered in (200, 200, 200, 503, 503):
            assert (await knock(client)).status_code == answered
            clock[0] += 1
        await redis.flushall()
        assert (await knock(client)).status_code == 200
