"""The port Snapshots in Redis: a sorted set of captures by time for each instance, one compressed value for each.

Owns its key names, its TTL and the cap. Not what is inside a snapshot.
"""

import asyncio
from collections.abc import Callable

import structlog
from redis.asyncio import Redis

from analyzers.finding import Diagnosis
from analyzers.snapshot import Snapshot
from bot.codec import Unreadable, decode_remembered, encode_remembered
from bot.redis_client import key, names, redis_errors
from bot.snapshot_codec import encode_snapshot, readable
from handlers.records import Capture, Remembered
from handlers.trend import line_of

TTL_S = 14 * 24 * 3600
KEPT_PER_INSTANCE = 50
# A busy shift of a service with many instances, for the handoff after it.
HISTORY = 300

log = structlog.get_logger()


class RedisSnapshots:
    """Snapshots that every worker sees."""

    def __init__(
        self, redis: Redis, now: Callable[[], float], *, ttl_s: int = TTL_S, kept: int = KEPT_PER_INSTANCE
    ) -> None:
        self._redis = redis
        self._now = now
        self._ttl_s = ttl_s
        self._kept = kept

    async def before(self, service: str, instance: str, moment: float) -> Snapshot | None:
        """The latest one that is still there and can be read, strictly older than `moment`."""
        index = key("snapshots", service, instance)
        with redis_errors():
            captures = names(await self._redis.zrevrangebyscore(index, f"({moment!r}", "-inf"))
            for capture in captures:
                data = await self._redis.get(_value(service, instance, capture))
                # In a thread: 50,000 lines take over half a second, and other captures share this loop.
                snapshot = await asyncio.to_thread(readable, data, capture) if isinstance(data, bytes) else None
                if snapshot is not None:
                    return snapshot
        return None

    async def put(self, capture: Capture, snapshot: Snapshot, diagnosis: Diagnosis) -> None:
        """Snapshot, index and history in one step, so that a history never names what is not there."""
        service, instance = capture.request.service, capture.instance
        index, history = key("snapshots", service, instance), key("history", service)
        at = {capture.id: snapshot.captured_at}
        oldest = self._now() - self._ttl_s
        value = await asyncio.to_thread(encode_snapshot, snapshot)
        line = encode_remembered(line_of(capture, diagnosis))
        with redis_errors():
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.set(_value(service, instance, capture.id), value, ex=self._ttl_s)
                pipe.zadd(index, at)
                pipe.zremrangebyscore(index, "-inf", oldest)
                pipe.expire(index, self._ttl_s)
                pipe.set(key("remembered", service, capture.id), line, ex=self._ttl_s)
                pipe.zadd(history, at)
                pipe.zremrangebyscore(history, "-inf", oldest)
                pipe.zremrangebyrank(history, 0, -HISTORY - 1)
                pipe.expire(history, self._ttl_s)
                await pipe.execute()
            await self._drop_beyond_cap(service, instance)

    async def history(self, service: str, most: int | None = None) -> tuple[Remembered, ...]:
        """At most 300."""
        with redis_errors():
            captures = names(await self._redis.zrevrange(key("history", service), 0, min(most or HISTORY, HISTORY) - 1))
            if not captures:
                return ()
            values = await self._redis.mget([key("remembered", service, capture) for capture in captures])
        lines = [_line(value) for value in values if value]
        return tuple(line for line in lines if line is not None)

    async def _drop_beyond_cap(self, service: str, instance: str) -> None:
        index = key("snapshots", service, instance)
        surplus = names(await self._redis.zrange(index, 0, -self._kept - 1))
        if surplus:
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.delete(*(_value(service, instance, capture) for capture in surplus))
                pipe.zrem(index, *surplus)
                await pipe.execute()


def _value(service: str, instance: str, capture_id: str) -> str:
    return key("snapshot", service, instance, capture_id)


def _line(data: bytes | str) -> Remembered | None:
    try:
        return decode_remembered(data)
    except Unreadable as error:
        log.warning("history unreadable", why=str(error))
        return None
