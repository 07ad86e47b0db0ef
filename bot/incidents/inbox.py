"""The port Inbox in Redis: a list for each group, oldest first, and a job on the queue for each part of it.

The list holds what was said, the job only says that there is something: a second job finds nothing and ends.
"""

import hashlib
from uuid import uuid4

import orjson
import structlog
from redis.asyncio import Redis

from bot.codec import Unreadable
from bot.incidents.codec import decode_part, encode_group, encode_part
from bot.queue import ALERTS, RedisQueue, Work
from bot.redis_client import key, redis_errors
from handlers.alert import Alert, Group, Part

EXAMPLES = 20
STRANGE_TTL_S = 30 * 24 * 3600

# Takes the head away if it is still the one that was read.
DROP = """
local head = redis.call('lindex', KEYS[1], 0)
if head and string.find(head, ARGV[1], 1, true) then return redis.call('lpop', KEYS[1]) end
return nil
"""

log = structlog.get_logger()


class RedisInbox:
    """What alerts said and nobody has worked on yet."""

    def __init__(self, redis: Redis, queue: RedisQueue) -> None:
        self._redis = redis
        self._queue = queue
        self._drop = redis.register_script(DROP)

    async def put(self, parts: tuple[Part, ...]) -> None:
        with redis_errors():
            async with self._redis.pipeline(transaction=True) as pipe:
                for part in parts:
                    pipe.rpush(inbox(part.group), encode_part(uuid4().hex, part))
                    self._queue.add(pipe, Work(ALERTS, encode_group(part.group)))
                await pipe.execute()

    async def head(self, group: Group) -> tuple[str, Part] | None:
        """What cannot be read is another release's; it is put aside, so that the group goes on."""
        while True:
            with redis_errors():
                data = await self._redis.lindex(inbox(group), 0)
            if data is None:
                return None
            try:
                return decode_part(data)
            except Unreadable as error:
                log.error("notification unreadable, put aside", why=str(error))
                with redis_errors():
                    await self._redis.lmove(inbox(group), key("inbox-aside"), "LEFT", "RIGHT")

    async def drop(self, group: Group, token: str) -> None:
        with redis_errors():
            await self._drop(keys=[inbox(group)], args=[token])

    async def unmatched(self, alerts: tuple[Alert, ...], moment: float) -> None:
        if not alerts:
            return
        count, examples = key("unmatched"), key("unmatched-examples")
        told = [orjson.dumps([moment, alert.title, alert.labels]) for alert in alerts[:EXAMPLES]]
        with redis_errors():
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.incrby(count, len(alerts))
                pipe.lpush(examples, *told)
                pipe.ltrim(examples, 0, EXAMPLES - 1)
                pipe.expire(count, STRANGE_TTL_S)
                pipe.expire(examples, STRANGE_TTL_S)
                await pipe.execute()


def inbox(group: Group) -> str:
    """The key of a group's list. Hashed: a group key may be long."""
    return key("inbox", hashlib.sha256(encode_group(group).encode()).hexdigest()[:32])
