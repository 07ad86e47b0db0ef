"""What is to be looked at again, and when: a sorted set in Redis that each worker looks through.

Why not dramatiq's delays: a wake must be replaced by a later one, and it belongs to the step that planned it.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import orjson
import structlog
from redis.asyncio import Redis
from redis.asyncio.client import Pipeline

from bot.away import Away
from bot.incidents.codec import encode_wake
from bot.queue import NAMESPACE, WAKES, Work, message
from bot.redis_client import key, redis_errors
from handlers.errors import OutageError
from handlers.step import Wake

LOOK_S = 0.5
AT_ONCE = 100
AGENDA, BODIES = key("agenda"), key("agenda-bodies")

# Due wakes become jobs in one step: none is lost between the two, none becomes two.
DUE = """
local time = redis.call('time')
local now = time[1] + time[2] / 1e6
local due = redis.call('zrangebyscore', KEYS[1], '-inf', string.format('%.3f', now), 'LIMIT', 0, ARGV[1])
for _, name in ipairs(due) do
  local found = redis.call('hget', KEYS[2], name)
  if found then  -- what has none must not hold all others
    local body = cjson.decode(found)
    redis.call('hset', KEYS[4], body[1], body[2])
    redis.call('rpush', KEYS[3], body[1])
  end
  redis.call('zrem', KEYS[1], name)
  redis.call('hdel', KEYS[2], name)
end
return #due
"""

log = structlog.get_logger()


class RedisAgenda:
    """Wakes by incident and reason."""

    def __init__(self, redis: Redis) -> None:
        self._due = redis.register_script(DUE)

    def add(self, pipe: Pipeline, wake: Wake) -> None:
        """Puts it as part of a step that `pipe` will execute, in place of an earlier one."""
        name = f"{wake.incident}:{wake.reason}"
        sent = message(Work(WAKES, encode_wake(wake)))
        pipe.zadd(AGENDA, {name: wake.at})
        pipe.hset(BODIES, name, orjson.dumps([sent.options["redis_message_id"], sent.encode().decode()]))

    async def due(self) -> int:
        """Puts what is due onto the queue; how many. Raises OutageError."""
        waiting = f"{NAMESPACE}:{WAKES}"
        with redis_errors():
            return int(await self._due(keys=[AGENDA, BODIES, waiting, f"{waiting}.msgs"], args=[AT_ONCE]))


@asynccontextmanager
async def watching(agenda: RedisAgenda) -> AsyncIterator[None]:
    """Looks through the agenda while the block runs."""
    stop = asyncio.Event()
    running = asyncio.create_task(_watch(agenda, stop))
    try:
        yield
    finally:
        stop.set()
        await running


async def _watch(agenda: RedisAgenda, stop: asyncio.Event) -> None:
    away = Away("agenda")
    while not stop.is_set():
        try:
            await agenda.due()
            away.back()
        except OutageError as error:
            away.lost(str(error.__cause__))
        except Exception:
            log.exception("bug in the agenda")  # and look again: nobody else would notice that nothing becomes due
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_S):
                await stop.wait()
