"""What is noted for the doctor while webhooks come in: when each was last heard, and alerts that meant no service.

Knows counts and one example; not what an alert is for, nor who asks.
"""

from typing import NamedTuple

import orjson
from redis.asyncio import Redis

from bot.redis_client import key, redis_errors
from handlers.alert import Alert, Origin

# Longer than alerts are repeated (4 h by default): what still comes stays told, what was mended is forgotten.
UNMATCHED_TTL_S = 24 * 3600
MOST_LABELS, LONGEST = 12, 100


class Unmatched(NamedTuple):
    """How many alerts meant no service, when the newest came (seconds since 1970) and its labels."""

    number: int
    at: float
    labels: dict[str, str]


class Memory:
    """A few small hashes."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def heard(self, origin: Origin, moment: float) -> None:
        """A webhook was taken. Raises OutageError."""
        with redis_errors():
            await self._redis.hset(key("heard"), origin.value, repr(moment))

    async def last_heard(self) -> dict[str, float]:
        """When each origin was heard, those that ever were. Raises OutageError."""
        with redis_errors():
            return {_text(name): float(moment) for name, moment in (await self._redis.hgetall(key("heard"))).items()}

    async def unmatched(self, alerts: tuple[Alert, ...], moment: float) -> None:
        """Counts them, and keeps the last one's labels. Raises OutageError."""
        if not alerts:
            return
        labels = dict(list(alerts[-1].labels.items())[:MOST_LABELS])
        shown = {name[:LONGEST]: value[:LONGEST] for name, value in labels.items()}
        with redis_errors():
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.hincrby(key("unmatched"), "count", len(alerts))
                pipe.hset(key("unmatched"), mapping={"at": repr(moment), "labels": orjson.dumps(shown)})
                pipe.expire(key("unmatched"), UNMATCHED_TTL_S)
                await pipe.execute()

    async def newest_unmatched(self) -> Unmatched | None:
        """None where every alert of the last day meant a service. Raises OutageError."""
        with redis_errors():
            count, at, labels = await self._redis.hmget(key("unmatched"), ["count", "at", "labels"])
        return Unmatched(int(count), float(at), orjson.loads(labels)) if count and at and labels else None


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
