"""The port Progress in Redis: what the captures of a request found and how each ended.

Owns its key names and its TTLs, which are longer than any job may be tried again.
"""

from collections.abc import Iterable

import structlog
from redis import RedisError
from redis.asyncio import Redis

from analyzers.finding import Diagnosis
from bot.codec import Unreadable, decode_outcome, encode_outcome
from bot.diagnosis_codec import decode_diagnosis, encode_diagnosis
from bot.redis_client import key, redis_errors
from handlers.records import Capture, Outcome, Request

TTL_S = 24 * 3600
DIAGNOSIS_TTL_S = 3600

log = structlog.get_logger()


class RedisProgress:
    """What a repeated job asks before it speaks."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def diagnosis(self, capture: Capture) -> Diagnosis | None:
        """None also for what cannot be read: another release is looking."""
        with redis_errors():
            data = await self._redis.get(key("diagnosis", capture.id))
        try:
            return decode_diagnosis(data) if isinstance(data, bytes) else None
        except Unreadable as error:
            log.warning("diagnosis unreadable", job=capture.id, why=str(error))
            return None

    async def diagnosed(self, capture: Capture, diagnosis: Diagnosis) -> None:
        try:
            await self._redis.set(key("diagnosis", capture.id), encode_diagnosis(diagnosis), ex=DIAGNOSIS_TTL_S)
        except (RedisError, OSError, ValueError) as error:
            log.warning("diagnosis not kept", job=capture.id, why=str(error))

    async def ended(self, capture: Capture, outcome: Outcome) -> None:
        outcomes = key("outcomes", capture.request.id)
        with redis_errors():
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.hsetnx(outcomes, capture.instance, encode_outcome(outcome))
                pipe.expire(outcomes, TTL_S)
                await pipe.execute()

    async def outcomes(self, request: Request) -> tuple[Outcome, ...]:
        with redis_errors():
            found = await self._redis.hgetall(key("outcomes", request.id))
        return _in_order(request, found.values())

    async def has_ended(self, capture: Capture) -> bool:
        with redis_errors():
            return bool(await self._redis.hexists(key("outcomes", capture.request.id), capture.instance))


def _in_order(request: Request, found: Iterable[bytes | str]) -> tuple[Outcome, ...]:
    outcomes = [outcome for data in found if (outcome := _outcome(data)) is not None]
    return tuple(sorted(outcomes, key=lambda outcome: _place(request.instances, outcome.instance)))


def _outcome(data: bytes | str) -> Outcome | None:
    try:
        return decode_outcome(data)
    except Unreadable as error:
        log.warning("outcome unreadable", why=str(error))
        return None


def _place(instances: tuple[str, ...], name: str) -> int:
    return instances.index(name) if name in instances else len(instances)
