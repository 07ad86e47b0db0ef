"""The port Handoffs in Redis: one value for each handoff, an index for each rotation, and what its thread was told.

A step is one transaction (WATCH, MULTI): the handoff and what is to be said of it, so that there is no moment at which
a handoff is said and not kept. What is said is kept as Markdown besides, because the thread in Slack cannot be relied
on to be read back: Slack lets most apps read next to nothing.
"""

from collections.abc import Callable

from redis import WatchError
from redis.asyncio import Redis

from bot import kept
from bot.handoffs.codec import decode_handoff, encode_handoff
from bot.handoffs.export import Export
from bot.posting.outbox import RedisOutbox
from bot.redis_client import key, names, redis_errors
from handlers.handoff import Handoff
from handlers.notes import Note
from handlers.posts import Reply
from handlers.rotation import Rotation
from handlers.step import HandoffStep

# As long as a thread is remembered (posting/outbox.py).
TTL_S = 30 * 24 * 3600
RECENT = 50


class RedisHandoffs:
    """What handoffs there are. `markdown` is what a note is in an export."""

    def __init__(self, redis: Redis, outbox: RedisOutbox, markdown: Callable[[Note], str], export: Export) -> None:
        self._redis = redis
        self._outbox = outbox
        self._markdown = markdown
        self._export = export

    async def get(self, identity: str) -> Handoff | None:
        with redis_errors():
            return _read(await self._redis.get(_value(identity)))

    async def recent(self, rotation: str) -> tuple[Handoff, ...]:
        with redis_errors():
            identities = names(await self._redis.zrevrange(_index(rotation), 0, RECENT - 1))
            values = await self._redis.mget([_value(identity) for identity in identities]) if identities else []
        return tuple(handoff for value in values if (handoff := _listed(value)))

    async def commit(self, step: HandoffStep) -> bool:
        after = step.after
        told = [self._markdown(post.note) for post in step.posts if isinstance(post, Reply)]
        with redis_errors():
            async with self._redis.pipeline(transaction=True) as pipe:
                await pipe.watch(_value(after.id))
                current = _read(await pipe.get(_value(after.id)))
                if (current and current.version) != (step.before and step.before.version):
                    return False
                pipe.multi()  # type: ignore[no-untyped-call]
                pipe.set(_value(after.id), encode_handoff(after), ex=TTL_S)
                pipe.zadd(_index(after.rotation), {after.id: after.at})
                pipe.zremrangebyscore(_index(after.rotation), "-inf", after.drafted_at - TTL_S)
                pipe.expire(_index(after.rotation), TTL_S)
                if told:
                    pipe.rpush(_told(after.id), *told)
                    pipe.expire(_told(after.id), TTL_S)
                await self._outbox.add(pipe, step.posts)
                try:
                    await pipe.execute()
                except WatchError:
                    return False
        self._outbox.news.set()
        return True

    async def export(self, handoff: Handoff, rotation: Rotation) -> None:
        with redis_errors():
            told = names(await self._redis.lrange(_told(handoff.id), 0, -1))
        await self._export(handoff, rotation, tuple(told), await self._outbox.where(handoff.id))


def _value(identity: str) -> str:
    return key("handoff", identity)


def _index(rotation: str) -> str:
    return key("handoffs-of", rotation)


def _told(identity: str) -> str:
    return key("handoff-told", identity)


def _read(data: kept.Kept) -> Handoff | None:
    return kept.one("handoff", data, decode_handoff)


def _listed(data: kept.Kept) -> Handoff | None:
    return kept.listed("handoff", data, decode_handoff)
