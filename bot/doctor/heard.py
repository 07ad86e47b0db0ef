"""When each webhook was last heard: noted while they come in, for the doctor. Knows origins and moments only."""

from redis.asyncio import Redis

from bot.redis_client import key, redis_errors
from handlers.alert import Origin


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


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
