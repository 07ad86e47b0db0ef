"""What Slack may deliver twice is done once: events by event_id, clicks and forms by trigger_id. Knows no handler.

Why not one SET NX: marked before the work, a crash in between loses what Slack would have repeated; marked after it,
two copies at once are both done. So a copy is first under way, for longer than any work here takes, and then done.
"""

import hashlib
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog
from redis.asyncio import Redis

from bot.redis_client import key, redis_errors
from handlers.errors import OutageError

# Slack repeats events for some minutes, and for a day where delayed events are switched on.
DONE_S = 25 * 3600
UNDERWAY_S = 30
UNDERWAY, DONE = b"underway", b"done"

T = TypeVar("T")

log = structlog.get_logger()


class Underway(Exception):
    """Another copy is at it, and it is not known yet whether that one ends well."""


class Once:
    """Marks in Redis, shared by all web processes."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def run(self, kind: str, identity: str, work: Callable[[], Awaitable[T]]) -> T | None:
        """What `work` gives; None where a copy of it was done before. Work that raises may be done again.

        Raises Underway, OutageError and what `work` raises.
        """
        # Hashed, because for three seconds a trigger_id opens a dialog.
        mark = key("once", kind, hashlib.sha256(identity.encode()).hexdigest()[:24])
        with redis_errors():
            if not await self._redis.set(mark, UNDERWAY, nx=True, ex=UNDERWAY_S):
                if await self._redis.get(mark) == DONE:
                    return None
                raise Underway
        try:
            result = await work()
        except BaseException:
            await self._mark(self._redis.delete(mark))
            raise
        await self._mark(self._redis.set(mark, DONE, ex=DONE_S))
        return result

    async def _mark(self, change: Awaitable[object]) -> None:
        """The work has ended, whatever becomes of the mark: at worst a copy is looked at again half a minute later."""
        try:
            with redis_errors():
                await change
        except OutageError:
            log.warning("mark not kept")
