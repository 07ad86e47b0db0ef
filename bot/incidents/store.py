"""The port Incidents in Redis: one value for each incident, the newest of each group, which are open, and when
something happened last.

A step is one transaction (WATCH, MULTI): the incident, the head of its inbox, what is to be said, what is to be
captured and when to look again. A worker that dies has done all of it or nothing.
"""

import hashlib

from redis import WatchError
from redis.asyncio import Redis

from bot import codec, kept
from bot.codec import Unreadable
from bot.incidents.agenda import RedisAgenda
from bot.incidents.codec import decode_incident, decode_part, encode_group, encode_incident
from bot.incidents.inbox import inbox
from bot.posting.outbox import RedisOutbox
from bot.queue import REQUESTS, RedisQueue, Work
from bot.redis_client import key, names, redis_errors
from handlers.alert import Group
from handlers.incident import Incident, State
from handlers.step import Step

# As long as a thread is remembered (posting/outbox.py), so that a re-fire finds both or neither.
TTL_S = 30 * 24 * 3600
OPEN = key("incidents-open")
# By when something happened to them last.
LATEST, MOST = key("incidents-latest"), 500

# KEYS the open ones, then values; ARGV their ids. Asked anew, because one may have been changed meanwhile.
FORGET = """
for place, identity in ipairs(ARGV) do
  if redis.call('exists', KEYS[place + 1]) == 0 then redis.call('zrem', KEYS[1], identity) end
end
"""


class RedisIncidents:
    """What incidents there are."""

    def __init__(self, redis: Redis, outbox: RedisOutbox, queue: RedisQueue, agenda: RedisAgenda) -> None:
        self._redis = redis
        self._outbox = outbox
        self._queue = queue
        self._agenda = agenda
        self._forget = redis.register_script(FORGET)

    async def get(self, identity: str) -> Incident | None:
        with redis_errors():
            return _read(await self._redis.get(_value(identity)))

    async def latest(self, group: Group) -> Incident | None:
        with redis_errors():
            identity = await self._redis.get(_newest(group))
        return await self.get(names([identity])[0]) if identity else None

    async def open(self, service: str | None = None) -> tuple[Incident, ...]:
        with redis_errors():
            identities = names(await self._redis.zrevrange(OPEN, 0, -1))
            values = await self._redis.mget([_value(identity) for identity in identities]) if identities else []
            gone = [identity for identity, value in zip(identities, values, strict=True) if value is None]
            if gone:
                await self._forget(keys=[OPEN, *map(_value, gone)], args=gone)
        found = [incident for value in values if (incident := _listed(value))]
        return tuple(incident for incident in found if service in (None, incident.service))

    async def since(self, moment: float) -> tuple[Incident, ...]:
        with redis_errors():
            found = names(await self._redis.zrevrangebyscore(LATEST, "+inf", repr(moment), 0, MOST))
            values = await self._redis.mget([_value(identity) for identity in found]) if found else []
        return tuple(incident for value in values if (incident := _listed(value)))

    async def commit(self, step: Step) -> bool:
        after = step.after
        group = after.group
        with redis_errors():
            async with self._redis.pipeline(transaction=True) as pipe:
                await pipe.watch(_value(after.id), _newest(group), inbox(group))
                current = _read(await pipe.get(_value(after.id)))
                if (current and current.version) != (step.before and step.before.version):
                    return False
                if step.read is not None and not _is_head(await pipe.lindex(inbox(group), 0), step.read):
                    return False
                pipe.multi()  # type: ignore[no-untyped-call]
                pipe.set(_value(after.id), encode_incident(after), ex=TTL_S)
                # Not every time: a late change of an older incident must not hide the newest one.
                pipe.set(_newest(group), after.id, ex=TTL_S, nx=step.before is not None)
                pipe.expire(_newest(group), TTL_S)
                if after.state is State.RESOLVED:
                    pipe.zrem(OPEN, after.id)
                else:
                    pipe.zadd(OPEN, {after.id: after.opened_at})
                if after.timeline:  # else nobody has heard of it
                    pipe.zadd(LATEST, {after.id: after.timeline[-1].at})
                    pipe.zremrangebyscore(LATEST, "-inf", after.timeline[-1].at - TTL_S)
                if step.read is not None:
                    pipe.lpop(inbox(group))
                await self._outbox.add(pipe, step.posts)
                for request in step.requests:
                    self._queue.add(pipe, Work(REQUESTS, codec.encode_request(request).decode()))
                for wake in step.wakes:
                    self._agenda.add(pipe, wake)
                try:
                    await pipe.execute()
                except WatchError:
                    return False
        self._outbox.news.set()
        return True


def _value(identity: str) -> str:
    return key("incident", identity)


def _newest(group: Group) -> str:
    return key("incident-of", hashlib.sha256(encode_group(group).encode()).hexdigest()[:32])


def _is_head(data: bytes | str | None, token: str) -> bool:
    try:
        return data is not None and decode_part(data)[0] == token
    except Unreadable:
        return False


def _read(data: kept.Kept) -> Incident | None:
    return kept.one("incident", data, decode_incident)


def _listed(data: kept.Kept) -> Incident | None:
    return kept.listed("incident", data, decode_incident)
