"""When each webhook was last heard and whether it refused anybody since: noted while they come in, for the doctor.
Knows origins, moments and counts only.

A delivery that is taken ends what was refused before it; what nobody refused again is forgotten in a day. Strangers can
cause the notes of refusals: a process writes one a second at most, each into the same three small hashes.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import NamedTuple

from redis.asyncio import Redis

from bot.redis_client import key, redis_errors, text
from handlers.alert import Notification, Origin
from handlers.errors import OutageError

EVERY_S = 1.0
KEPT_S = 24 * 3600

Take = Callable[[Notification], Awaitable[int]]


class Refusals(NamedTuple):
    """How many were refused, the first and the last when (seconds since 1970)."""

    times: int
    since: float
    last: float


class Heard:
    """One small hash, and one for each origin that refuses."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def note(self, origin: Origin, moment: float) -> None:
        """A notification was taken at `moment`, seconds since 1970. Raises OutageError."""
        with redis_errors():
            async with self._redis.pipeline(transaction=False) as pipe:
                pipe.hset(key("heard"), origin.value, repr(moment))
                pipe.delete(_refused(origin))
                await pipe.execute()

    async def refused(self, origin: Origin, told: Refusals) -> None:
        """These were refused, too. Raises OutageError."""
        name = _refused(origin)
        with redis_errors():
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.hincrby(name, "count", told.times)
                pipe.hsetnx(name, "since", repr(told.since))
                pipe.hset(name, "last", repr(told.last))
                pipe.expire(name, KEPT_S)
                await pipe.execute()

    async def last(self) -> dict[str, float]:
        """When each origin was heard, of those that ever were. Raises OutageError."""
        with redis_errors():
            found = await self._redis.hgetall(key("heard"))
        return {text(name): float(moment) for name, moment in found.items()}

    async def refusals(self, origin: Origin) -> Refusals | None:
        """What was refused since the last delivery that was taken. Raises OutageError."""
        with redis_errors():
            count, since, last = await self._redis.hmget(_refused(origin), ["count", "since", "last"])
            heard = await self._redis.hget(key("heard"), origin.value)
        if not count or not since or not last or (heard and float(heard) >= float(last)):
            return None
        return Refusals(int(count), float(since), float(last))


class Refusing:
    """Told of each refusal; `now` is seconds since 1970. A note that is lost is nobody's trouble."""

    def __init__(
        self,
        heard: Heard,
        now: Callable[[], float],
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._heard = heard
        self._now = now
        self._clock = clock
        self._pause = pause
        self._pending: dict[Origin, Refusals] = {}
        self._next = clock()
        self._waiting = False

    async def note(self, origin: Origin) -> None:
        """Counts it. Who comes first waits for the turn to write and takes along what was refused meanwhile."""
        now = self._now()
        before = self._pending.get(origin)
        self._pending[origin] = Refusals(before.times + 1, before.since, now) if before else Refusals(1, now, now)
        if self._waiting:
            return
        self._waiting = True
        try:
            await self._pause(max(0.0, self._next - self._clock()))
        finally:
            self._waiting = False
        self._next = self._clock() + EVERY_S
        pending, self._pending = self._pending, {}
        with suppress(OutageError):
            for one, told in pending.items():
                await self._heard.refused(one, told)


def noting(take: Take, heard: Heard, now: Callable[[], float]) -> Take:
    """The same as `take`; what it took is noted, and a note that is lost is no reason to refuse it."""

    async def taken(said: Notification) -> int:
        unmatched = await take(said)
        with suppress(OutageError):
            await heard.note(said.origin, now())
        return unmatched

    return taken


def _refused(origin: Origin) -> str:
    return key("refused", origin.value)
