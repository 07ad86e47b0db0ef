"""The port Turns in Redis: one capture at a time for each instance, whatever the number of workers.

Why a short life that is renewed: a worker that dies lets go within seconds, and its capture, tried again elsewhere,
takes the turn at once because it is the same capture.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import structlog
from redis import RedisError
from redis.asyncio import Redis

from bot.redis_client import key, redis_errors
from handlers.errors import Busy
from handlers.records import Capture

LIFE_MS = 10_000

# Taking and renewing are one: the turn is free, or it is this capture's own.
TAKE = """
local holder = redis.call('get', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('set', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
"""
RELEASE = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0"

log = structlog.get_logger()


class RedisTurns:
    """A lock for each instance, held by the id of a capture."""

    def __init__(self, redis: Redis, *, life_ms: int = LIFE_MS) -> None:
        self._life_ms = life_ms
        self._take = redis.register_script(TAKE)
        self._release = redis.register_script(RELEASE)

    @asynccontextmanager
    async def take(self, capture: Capture) -> AsyncIterator[None]:
        """Raises Busy while another capture holds the instance."""
        turn = key("turn", capture.request.service, capture.instance)
        with redis_errors():
            if not await self._take(keys=[turn], args=[capture.id, self._life_ms]):
                raise Busy
        renewal = asyncio.create_task(self._renew(turn, capture.id))
        try:
            yield
        finally:
            renewal.cancel()
            # The turn ends by itself when Redis is away; the capture's answer matters more.
            with suppress(RedisError, OSError):
                await self._release(keys=[turn], args=[capture.id])

    async def _renew(self, turn: str, holder: str) -> None:
        while True:
            await asyncio.sleep(self._life_ms / 3000)
            try:
                if not await self._take(keys=[turn], args=[holder, self._life_ms]):
                    log.warning("turn lost", capture=holder)
                    return
            except (RedisError, OSError):
                log.warning("turn not renewed", capture=holder)
