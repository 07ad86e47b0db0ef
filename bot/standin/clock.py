"""What time it is, and waiting for it: the real clock, and one that tests move by hand.

Why: Slack's rules are rules about time (3 s, 30 min, 1 a second); a test that moves the clock needs no sleep.
"""

import asyncio
import heapq
import itertools
import time
from typing import Protocol


class Clock(Protocol):
    def now(self) -> float: ...

    async def sleep(self, seconds: float) -> None: ...


class SystemClock:
    """Wall time at the start plus monotonic time since: it never runs backwards."""

    def __init__(self) -> None:
        self._offset = time.time() - time.monotonic()

    def now(self) -> float:
        return self._offset + time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class ManualClock:
    """Stands still until `advance`; whoever sleeps wakes when the hands pass their hour."""

    def __init__(self, start: float | None = None) -> None:
        self._now = time.time() if start is None else start
        self._order = itertools.count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._gone_to_sleep = asyncio.Event()

    def now(self) -> float:
        return self._now

    @property
    def alarms(self) -> list[float]:
        """In how many seconds those who sleep will wake."""
        return [at - self._now for at, _, woken in self._sleepers if not woken.done()]

    async def asleep(self, seconds: float) -> None:
        """Wait until somebody sleeps for that long: then it is safe to `advance`."""
        while seconds not in self.alarms:
            self._gone_to_sleep.clear()
            await self._gone_to_sleep.wait()

    async def sleep(self, seconds: float) -> None:
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._now + seconds, next(self._order), woken))
        self._gone_to_sleep.set()
        await woken

    def advance(self, seconds: float) -> None:
        self._now += seconds
        while self._sleepers and self._sleepers[0][0] <= self._now:
            _, _, woken = heapq.heappop(self._sleepers)
            if not woken.done():
                woken.set_result(None)
