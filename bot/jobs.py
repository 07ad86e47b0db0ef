"""What becomes of a message: run it, try it later, or give it up and say so. Jobs are retried here and nowhere else.

Knows what may be tried how often; not what a capture does (`handlers/capture.py`), nor threads (`worker.py`).
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

import structlog
from redis import RedisError
from redis.asyncio import Redis

from analyzers.errors import MapstormError
from bot import codec
from bot.doctor import errand
from bot.incidents.codec import decode_group, decode_wake, encode_group
from bot.queue import ALERTS, CAPTURES, DOCTOR, REQUESTS, WAKES, Work
from bot.redis_client import key
from handlers import capture as story
from handlers.errors import Busy, OutageError, UnderWay
from handlers.incidents import receive, wakes
from handlers.ports import Tools
from handlers.records import Capture, Request

# Seconds before the second and the third try.
BACKOFF_S = (2.0, 15.0)
TRIES = 1 + len(BACKOFF_S)
WAITS, WAIT_S = 20, 2.0

# A message that kills its worker would go on for ever: dramatiq hands it to the next one each time.
KILLS = 4
KILLS_REMEMBERED_S = 3600
# Only its own start: a copy of a job that finds it under way must not forget how many workers that one has killed.
TAKE_BACK = "if redis.call('decr', KEYS[1]) <= 0 then redis.call('del', KEYS[1]) end"

log = structlog.get_logger()

# Puts work back on the queue, for so many seconds later; returns when the message at hand may be forgotten.
Again = Callable[[Work, float], Awaitable[None]]


class Dead(Exception):
    """Work that nobody will do: dramatiq keeps the message with the dead ones for a week."""


@dataclass(frozen=True, slots=True)
class Pauses:
    """Seconds between tries, and while an instance is busy."""

    backoff: tuple[float, ...] = BACKOFF_S
    wait: float = WAIT_S


class Jobs:
    """Runs messages on the event loop that the tools are bound to."""

    def __init__(self, tools: Tools, redis: Redis, again: Again, pauses: Pauses | None = None) -> None:
        self._tools = tools
        self._redis = redis
        self._take_back = redis.register_script(TAKE_BACK)
        self._again = again
        self._pauses = pauses or Pauses()
        self._running: set[asyncio.Future[None]] = set()

    async def run(self, work: Work) -> None:
        """Raises Dead when nobody will do this work."""
        if work.queue == REQUESTS:
            await self._request(work, codec.decode_request(work.body))
        elif work.queue == CAPTURES:
            await self._capture(work, codec.decode_capture(work.body))
        elif work.queue == ALERTS:
            group = decode_group(work.body)
            # Many messages say that this group has something: what one of them suffers is not counted against another.
            identity = f"alerts.{work.id}.{encode_group(group)}"
            await self._guarded(work, identity, lambda _: receive.work(self._tools, group))
        elif work.queue == WAKES:
            wake = decode_wake(work.body)
            identity = f"wake.{wake.incident}.{wake.reason}.{wake.at:.3f}"
            await self._guarded(work, identity, lambda _: wakes.woken(self._tools, wake))
        elif work.queue == DOCTOR:
            await errand.run(self._redis, self._tools, work.body)

    def hand_back(self) -> None:
        """Stops what is running; each job puts itself back on the queue for another worker."""
        for task in self._running:
            task.cancel()

    async def _request(self, work: Work, asked: Request) -> None:
        try:
            await self._guarded(work, asked.id, lambda _: story.request(self._tools, asked))
        except Dead as dead:
            await self._say_so(asked.id, story.request_gave_up(self._tools, asked, _known(dead)))
            raise

    async def _capture(self, work: Work, capture: Capture) -> None:
        try:
            await self._guarded(work, capture.id, lambda last_try: story.run(self._tools, capture, last_try=last_try))
        except Dead as dead:
            await self._say_so(capture.id, story.gave_up(self._tools, capture, _known(dead)))
            raise

    async def _guarded(self, work: Work, identity: str, run: Callable[[bool], Awaitable[None]]) -> None:
        if await self._killed_too_many(identity):
            log.error("gave up: killed its workers", job=identity, kills=KILLS)
            raise Dead(identity)
        last_try = work.tries + 1 >= TRIES or work.waits >= WAITS
        try:
            await self._interruptible(run(last_try))
        except asyncio.CancelledError:
            log.info("handed back", job=identity)
            await self._again(work, 0)
        except MapstormError as error:
            log.warning("failed", job=identity, reason=error.reason, detail=error.detail, tries=work.tries + 1)
            # What only needs Redis back, or a copy of itself to end, is never given up.
            passing = isinstance(error, OutageError | UnderWay) and error.retryable
            if not passing and (not error.retryable or last_try):
                raise Dead(identity) from error
            await self._later(work, error)
        except Exception as error:
            log.exception("bug", job=identity)
            raise Dead(identity) from error
        finally:
            await self._forget_start(identity)

    async def _later(self, work: Work, error: MapstormError) -> None:
        if isinstance(error, OutageError | UnderWay):
            await self._again(work, self._pauses.wait)
        elif isinstance(error, Busy):
            await self._again(replace(work, waits=work.waits + 1), self._pauses.wait)
        else:
            await self._again(replace(work, tries=work.tries + 1), self._pauses.backoff[work.tries])

    async def _interruptible(self, running: Awaitable[None]) -> None:
        """A task of its own, so that cancelling it leaves this job alive to put itself back."""
        task = asyncio.ensure_future(running)
        self._running.add(task)
        try:
            await task
        finally:
            self._running.discard(task)

    async def _say_so(self, identity: str, saying: Awaitable[None]) -> None:
        try:
            await saying
        except Exception:
            # What stopped the job may stop this as well; the message is kept with the dead ones.
            log.exception("nobody could be told", job=identity)

    async def _killed_too_many(self, identity: str) -> bool:
        """Counts starts; a job that ends in any way takes its own back, one whose worker dies cannot."""
        started = key("started", identity)
        try:
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.incr(started)
                pipe.expire(started, KILLS_REMEMBERED_S)
                count, _ = await pipe.execute()
        except (RedisError, OSError):
            return False
        return int(count) > KILLS

    async def _forget_start(self, identity: str) -> None:
        try:
            await self._take_back(keys=[key("started", identity)])
        except (RedisError, OSError):
            log.warning("start not forgotten", job=identity)


def _known(dead: Dead) -> MapstormError | None:
    """The error that ended the work, None where it was a fault of mapstorm's own."""
    return dead.__cause__ if isinstance(dead.__cause__, MapstormError) else None
