"""The port KnownLeaves in Redis: one compressed value for each build. Owns its key names and its TTL.

Why by build and not by service: the instances of a service, and services of one binary, learn from one another.
"""

import asyncio

from redis.asyncio import Redis

from analyzers.leaves import Leaves
from bot.leaves_codec import encode_leaves, recalled
from bot.redis_client import key, redis_errors

# As long as snapshots are kept: a build that nobody captured for two weeks is hardly deployed any more.
TTL_S = 14 * 24 * 3600


class RedisLeaves:
    """What every worker knows."""

    def __init__(self, redis: Redis, *, ttl_s: int = TTL_S) -> None:
        self._redis = redis
        self._ttl_s = ttl_s

    async def of(self, build_id: str) -> Leaves | None:
        """A build that is asked for is in use: it is kept on."""
        with redis_errors():
            data = await self._redis.getex(key("leaves", build_id), ex=self._ttl_s)
        return await asyncio.to_thread(recalled, data, build_id) if isinstance(data, bytes) else None

    async def learned(self, leaves: Leaves) -> None:
        data = await asyncio.to_thread(encode_leaves, leaves)
        with redis_errors():
            await self._redis.set(key("leaves", leaves.build_id), data, ex=self._ttl_s)
