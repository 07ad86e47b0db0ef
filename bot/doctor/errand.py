"""The services, asked by a worker for the web process, which has none of their secrets: a question on the queue, an
answer that is kept for a minute. Neither has an address or a secret in it.
"""

from uuid import uuid4

import orjson
import structlog
from redis.asyncio import Redis

from bot.doctor.services import services
from bot.queue import DOCTOR, RedisQueue, Work
from bot.redis_client import key, redis_errors
from handlers.doctor import WITHOUT, Check, Item, Topic, unasked
from handlers.errors import OutageError
from handlers.ports import Tools

# How long a worker lets an instance take, how long the web process waits for all, how often it looks.
VISIT_S, WAIT_S, LOOK_S = 2.0, 4.0, 0.1
KEPT_S = 60

log = structlog.get_logger()


async def ask(redis: Redis, queue: RedisQueue, tools: Tools) -> tuple[Check, ...]:
    """What a worker has found, or that none took the question. Raises OutageError."""
    identity = uuid4().hex
    with redis_errors():
        async with redis.pipeline(transaction=True) as pipe:
            queue.add(pipe, Work(DOCTOR, orjson.dumps([identity, tools.now()]).decode()))
            await pipe.execute()
        for _ in range(round(WAIT_S / LOOK_S)):
            found = await redis.get(key("doctor", identity))
            if found is not None:
                return (_decoded(found),)
            await tools.pause(LOOK_S)
    return unasked((Topic.SERVICES,), WITHOUT, "worker")


async def run(redis: Redis, tools: Tools, body: str) -> None:
    """The worker's part. A question that nobody waits for any more is dropped; nothing is ever tried again."""
    identity, asked_at = orjson.loads(body)
    if tools.now() - asked_at > WAIT_S:
        return
    try:
        (check,) = await services(tools.heaps, tools.registry.all(), VISIT_S)
        with redis_errors():
            await redis.set(key("doctor", identity), _encoded(check), ex=KEPT_S)
    except OutageError:
        log.warning("the doctor's question is not answered", why="redis")


def _encoded(check: Check) -> bytes:
    return orjson.dumps([check.total, [[item.name, item.reason, item.detail] for item in check.items]])


def _decoded(data: bytes | str) -> Check:
    total, told = orjson.loads(data)
    items = tuple(Item(str(name), str(reason), str(detail)) for name, reason, detail in told)
    return Check(Topic.SERVICES, not items, items=items, total=int(total))
