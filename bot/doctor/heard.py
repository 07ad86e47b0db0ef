"""When each webhook was last heard: noted while they come in, for the doctor. Knows origins and moments only."""

from collections.abc import Awaitable, Callable
from contextlib import suppress

from redis.asyncio import Redis

from bot.redis_client import key, redis_errors
from handlers.alert import Notification, Origin
from handlers.errors import OutageError

Take = Callable[[Notification], Awaitable[None]]


class Heard:
    """One small hash."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def note(self, origin: Origin, moment: float) -> None:
        """A notification was taken at `moment`, seconds since 1970. Raises OutageError."""
        with redis_errors():
            await self._redis.hset(key("heard"), origin.value, repr(moment))

    async def last(self) -> dict[str, float]:
        """When each origin was heard, of those that ever were. Raises OutageError."""
        with redis_errors():
            found = await self._redis.hgetall(key("heard"))
        return {_text(name): float(moment) for name, moment in found.items()}


def noting(take: Take, heard: Heard, now: Callable[[], float]) -> Take:
    """`take`, which raises what it raises; what it took is noted, and a note that is lost is no reason to refuse it."""

    async def taken(said: Notification) -> None:
        await take(said)
        with suppress(OutageError):
            await heard.note(said.origin, now())

    return taken


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
