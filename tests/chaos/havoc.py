"""What goes wrong in a chaos run, and when: processes killed, Redis stopped, a Slack that fails by chance.

Knows nothing of what should come of it. The same seed chooses the same acts; when they hit is up to the machine.

Slow answers: shorter than mapstorm waits before Slack has stored the message, longer after it. A Slack that stores a
message long after its caller has given up and looked for it would get it twice, and nobody could know.
"""

import asyncio
import signal
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random

from bot.standin.fault import Fault, Kind
from tests.chaos.stage import Stage

FAULTS = (
    Fault(Kind.RATE_LIMITED, times=None, chance=0.03, seconds=1.0),
    Fault(Kind.REFUSED, times=None, chance=0.02, code="ratelimited"),
    Fault(Kind.OUTAGE, times=None, chance=0.02, status=503),
    Fault(Kind.OUTAGE, times=None, chance=0.02, status=500, after=True),
    Fault(Kind.REFUSED, times=None, chance=0.01, code="internal_error", after=True),
    Fault(Kind.CUT, times=None, chance=0.02),
    Fault(Kind.CUT, times=None, chance=0.02, after=True),
    Fault(Kind.SLOW, times=None, chance=0.01, seconds=2.0),
    Fault(Kind.SLOW, times=None, chance=0.004, seconds=10.0, after=True),
)
PAUSE_S = (1.0, 5.0)
# Up to longer than a worker's leases, so that it wakes up to find its work done by another.
STILL_S = (5.0, 22.0)
DOWN_S = (0.0, 3.0)


class Havoc:
    """`done` counts the acts by name. `stills`: workers also stand still for a while, which takes time."""

    def __init__(self, stage: Stage, seed: int, *, stills: bool) -> None:
        self._stage = stage
        self._random = Random(seed)  # noqa: S311 - havoc, no secret
        self._stills = stills
        self.done: Counter[str] = Counter()

    @asynccontextmanager
    async def raging(self) -> AsyncIterator[None]:
        """While the block runs. Afterwards everything is up again, and Slack as good as ever."""
        trouble = self._stage.slack.trouble
        trouble.clear(self._random.randrange(2**32))
        trouble.add(*FAULTS)
        over = asyncio.Event()
        raging = asyncio.create_task(self._rage(over))
        try:
            yield
            over.set()
            await raging
        finally:
            raging.cancel()
            for one in trouble.told():
                what = one["code"] or (one["status"] if one["kind"] is Kind.OUTAGE else "")
                words = ("Slack", one["kind"], what, "after storing" if one["after"] else "before storing")
                self.done[" ".join(str(word) for word in words if word)] += one["met"]
            trouble.clear()

    async def _rage(self, over: asyncio.Event) -> None:
        acts = [self._worker, self._worker, self._worker, self._all_workers, self._web, self._redis, self._redis]
        acts += [self._still] if self._stills else []
        while not await _set_within(over, self._random.uniform(*PAUSE_S)):
            await self._random.choice(acts)()
            self._stage.look()

    async def _worker(self) -> None:
        self.done["worker killed"] += 1
        await self._without(self._random.choice(self._stage.workers))

    async def _all_workers(self) -> None:
        self.done["all workers killed"] += 1
        await self._without(*self._stage.workers)

    async def _still(self) -> None:
        self.done["worker stood still"] += 1
        name = self._random.choice(self._stage.workers)
        self._stage.freeze(name)
        try:
            await asyncio.sleep(self._random.uniform(*STILL_S))
        finally:
            self._stage.thaw(name)

    async def _web(self) -> None:
        self.done["web killed"] += 1
        await self._without("web")

    async def _redis(self) -> None:
        how = self._random.choice((signal.SIGTERM, signal.SIGKILL))
        self.done[f"Redis stopped by {how.name}"] += 1
        await self._stage.redis.stop(how)
        try:
            await self._down()
        finally:
            await self._stage.redis.start()

    async def _without(self, *names: str) -> None:
        for name in names:
            self._stage.kill(name)
        try:
            await self._down()
        finally:
            for name in names:
                self._stage.start(name)

    async def _down(self) -> None:
        await asyncio.sleep(self._random.uniform(*DOWN_S))


async def _set_within(event: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True
