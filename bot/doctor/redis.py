"""What Redis says of itself, and how the queue in it stands. Reads only.

Knows what mapstorm needs of Redis: a version, that nothing is dropped or forgotten, and workers that take the work.
"""

from collections.abc import Callable

import orjson
from redis.asyncio import Redis
from redis.exceptions import NoPermissionError

from bot.doctor.slack import skewed
from bot.queue import ALERTS, DOCTOR, NAMESPACE, RedisQueue
from bot.redis_client import redis_errors
from handlers.doctor import WITHOUT, Check, Item, Topic, unasked
from handlers.errors import OutageError

LEAST_VERSION = (6, 2)
# A worker is heard of several times a second; what is taken over from a dead one waits this long.
HEARTBEAT_S = 15.0
# Threads are opened within a second. What waits for a minute waits for a worker that is not there, or not enough.
LATE_S = 60.0
# Alerts that were given up wait for whoever mends it; what was mended is green again a day later.
GIVEN_UP_S = 24 * 3600.0

SERVER_TOPICS = (Topic.REDIS, Topic.DURABILITY, Topic.REDIS_CLOCK)
QUEUE_TOPICS = (Topic.WORKERS, Topic.QUEUE)


class RedisProbe:
    """`now` is this machine's clock, seconds since 1970."""

    def __init__(self, redis: Redis, queue: RedisQueue, now: Callable[[], float]) -> None:
        self._redis = redis
        self._queue = queue
        self._now = now

    async def server(self) -> tuple[Check, ...]:
        """Version, durability, clock."""
        began = self._now()
        try:
            with redis_errors():
                seconds, microseconds = await self._redis.time()
                theirs, ours = seconds + microseconds / 1e6, (began + self._now()) / 2
                told = await self._info()
        except OutageError:
            return Check(Topic.REDIS, False, "away"), *unasked((Topic.DURABILITY, Topic.REDIS_CLOCK), WITHOUT, "redis")
        clock = skewed(Topic.REDIS_CLOCK, ours - theirs)
        if told is None:
            return *unasked((Topic.REDIS, Topic.DURABILITY), "not_told"), clock
        return _version(str(told.get("redis_version", ""))), _durability(told), clock

    async def queue(self) -> tuple[Check, ...]:
        """How many workers were heard of, how much waits for them, and what they gave up. Raises OutageError."""
        depths = {name: depth for name, depth in (await self._queue.depth()).items() if name != DOCTOR}
        with redis_errors():
            since = (self._now() - HEARTBEAT_S) * 1000
            workers = int(await self._redis.zcount(f"{NAMESPACE}:__heartbeats__", since, "+inf"))
            ages = [await self._age(name) for name in depths]
            lately = (self._now() - GIVEN_UP_S) * 1000
            given_up = int(await self._redis.zcount(f"{NAMESPACE}:{ALERTS}.XQ", lately, "+inf"))
        oldest = max((age for age in ages if age is not None), default=None)
        reason = "late" if oldest is not None and oldest > LATE_S else "given_up" if given_up else ""
        told = tuple(Item(name, detail=str(depth)) for name, depth in depths.items() if depth)
        return (
            Check(Topic.WORKERS, workers > 0, "" if workers else "none", total=workers),
            Check(
                Topic.QUEUE,
                not reason,
                reason,
                str(given_up) if given_up else "",
                told,
                sum(depths.values()),
                oldest,
            ),
        )

    async def _info(self) -> dict[str, object] | None:
        """None where an ACL forbids it."""
        try:
            return dict(await self._redis.info())
        except NoPermissionError:
            return None

    async def _age(self, name: str) -> float | None:
        """Seconds since the oldest message was put that no worker has taken; None where none waits."""
        head = await self._redis.lindex(f"{NAMESPACE}:{name}", 0)
        body = await self._redis.hget(f"{NAMESPACE}:{name}.msgs", head) if head else None
        if body is None:
            return None
        put: int = orjson.loads(body)["message_timestamp"]
        return max(0.0, self._now() - put / 1000)


def _version(version: str) -> Check:
    numbers = tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
    well = numbers >= LEAST_VERSION
    return Check(Topic.REDIS, well, "" if well else "old", version)


def _durability(told: dict[str, object]) -> Check:
    """Whether what is confirmed survives a restart of Redis, and its memory running out."""
    policy = str(told.get("maxmemory_policy", "noeviction"))
    if told.get("aof_enabled") != 1:
        return Check(Topic.DURABILITY, False, "aof_off")
    if told.get("aof_last_write_status") != "ok":
        return Check(Topic.DURABILITY, False, "aof_fails")
    if policy != "noeviction" and told.get("maxmemory"):
        return Check(Topic.DURABILITY, False, "evicts", policy)
    return Check(Topic.DURABILITY, True)
