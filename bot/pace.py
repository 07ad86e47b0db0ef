"""How fast mapstorm speaks: one message a second and channel, kept by all workers together through Redis.

Slack allows short bursts (docs.slack.dev/apis/web-api/rate-limits). Without Redis nobody waits: Slack's own 429 is
honoured in `chat.py`.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog
from redis import RedisError
from redis.asyncio import Redis

from bot.redis_client import key
from handlers.errors import OutageError


@dataclass(frozen=True, slots=True)
class Allowance:
    """One every `interval_ms`, after a burst. Nobody waits longer than `longest_ms`."""

    interval_ms: int
    burst: int
    longest_ms: int = 30_000


# For each channel. Ten minutes: an answer may wait for those of hundreds of instances before it.
POSTS = Allowance(1_000, 3, longest_ms=600_000)
EDITS = Allowance(1_200, 20)  # chat.update is Tier 3: 50 a minute for the whole workspace

# A virtual clock for each channel, ahead of the real one by what has been promised (GCRA). Numbers are written with
# %.0f: Lua's own way would round milliseconds since 1970 to fourteen digits.
RESERVE = """
local time = redis.call('time')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local interval, burst, longest = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local promised = math.max(now, tonumber(redis.call('get', KEYS[1]) or '0'))
local wait = math.max(0, promised - (burst - 1) * interval - now)
if wait > longest then return -1 end
redis.call('set', KEYS[1], string.format('%.0f', promised + interval), 'PX', promised + interval - now)
return wait
"""

log = structlog.get_logger()


class Pace:
    """Waits until one more message may go out."""

    def __init__(self, redis: Redis, pause: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._reserve = redis.register_script(RESERVE)
        self._pause = pause

    async def wait(self, name: str, allowance: Allowance) -> None:
        """Raises OutageError where the channel has too much before it."""
        arguments = [allowance.interval_ms, allowance.burst, allowance.longest_ms]
        try:
            wait_ms = int(await self._reserve(keys=[key("pace", name)], args=arguments))
        except (RedisError, OSError):
            log.warning("speaking without a pace", channel=name)
            return
        if wait_ms < 0:
            raise OutageError("slack_too_many_messages")
        if wait_ms:
            await self._pause(wait_ms / 1000)
