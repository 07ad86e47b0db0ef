"""The port Turns in Redis: who may go on where only one may, whatever the number of workers.

Why a short life that is renewed: a worker that dies lets go within seconds. Why a holder is a run and not a capture: a
worker that merely stood still for a while is alive, and its capture has a second copy by then. Of the two one goes on.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from uuid import uuid4

import structlog
from redis import RedisError
from redis.asyncio import Redis

from bot.redis_client import key, redis_errors
from handlers.errors import Busy, OutageError, UnderWay
from handlers.records import Capture

# Less than what the queue waits before it gives a dead worker's message to another one (HEARTBEAT_TIMEOUT_MS).
LIFE_MS = 10_000

# Taking and renewing are one: the turn is free, or it is this run's own.
TAKE = """
local holder = redis.call('get', KEYS[1])
if holder and holder ~= ARGV[1] then return holder end
redis.call('set', KEYS[1], ARGV[1], 'PX', ARGV[2])
return nil
"""
RELEASE = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0"

log = structlog.get_logger()


class RedisTurns:
    """Locks, each held by one run of one job."""

    def __init__(self, redis: Redis, *, life_ms: int = LIFE_MS) -> None:
        self._redis = redis
        self._life_ms = life_ms

    @asynccontextmanager
    async def take(self, capture: Capture) -> AsyncIterator[None]:
        """Raises Busy while another run holds the instance, UnderWay while it is one of the same capture."""
        name = key("turn", capture.request.service, capture.instance)
        turn = _Turn(self._redis, name, capture.id, self._life_ms)
        holder = await turn.holder()
        if holder is not None:
            raise UnderWay if holder.rpartition(" ")[0] == capture.id else Busy
        async with turn.kept():
            yield


class _Turn:
    """One run's hold on one key."""

    def __init__(self, redis: Redis, name: str, capture: str, life_ms: int) -> None:
        self._take = redis.register_script(TAKE)
        self._release = redis.register_script(RELEASE)
        self._name = name
        self._life_ms = life_ms
        self._run = f"{capture} {uuid4().hex}"

    async def holder(self) -> str | None:
        """Takes the turn, or makes sure of it; who has it if it is not ours. Raises OutageError."""
        with redis_errors():
            other = await self._take(keys=[self._name], args=[self._run, self._life_ms])
        return None if other is None else str(other, "utf-8", "replace")

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Renews the turn while the block runs, then gives it back."""
        over = asyncio.Event()
        renewal = asyncio.create_task(self._renew(over))
        try:
            yield
        finally:
            # Asked to end and awaited, not cancelled: redis-py sends with asyncio.wait_for, which before Python 3.12
            # swallows a cancellation that comes together with its result (python/cpython#86296). Such a renewal would
            # go on for ever, and nobody else could take the turn.
            over.set()
            await renewal
            # The turn ends by itself when Redis is away; the capture's answer matters more.
            with suppress(RedisError, OSError):
                await self._release(keys=[self._name], args=[self._run])

    async def _renew(self, over: asyncio.Event) -> None:
        while not await _set_within(over, self._life_ms / 3000):
            try:
                if await self.holder() is not None:
                    log.warning("turn lost", turn=self._name)
                    return
            except OutageError:
                log.warning("turn not renewed", turn=self._name)


async def _set_within(event: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True
