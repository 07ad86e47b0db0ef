"""The port Rotas: who is on call, whichever process asks. Knows what is fresh and whom Slack knows.

What a calendar said is kept in Redis for a day, as spans: reading one is the dangerous and expensive part, and of a
calendar nothing else is worth keeping. The key is a hash, because the address is a secret.

Why an answer waits a second and a half at most: Slack waits three. The reading goes on, and who asks again has it.
"""

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable

from redis.asyncio import Redis

from bot.oncall.apart import failure, read_apart
from bot.oncall.calendars import Calendars
from bot.oncall.codec import (
    Copy,
    Trouble,
    Unreadable,
    decode_copy,
    decode_trouble,
    encode_copy,
    encode_trouble,
)
from bot.people import SlackPeople
from bot.redis_client import key, redis_errors
from handlers.errors import CalendarError, CalendarPending, EndlessCalendar
from handlers.oncall.naming import in_table
from handlers.oncall.shifts import shifts
from handlers.oncall.written import turns
from handlers.rotation import Calendar, Member, Rota, Rotation, Span, UserGroup, Written

FRESH_S = 300.0
# For who has just changed the calendar and says so: no more often than its host can bear.
ANEW_S = 10.0
KEPT_S = 86_400
# A calendar that cannot be read is not asked again by every process and every question.
RETRY_S = 60
# What keeps a core busy until it is ended is as it was, most likely, a minute later.
ENDLESS_S = 600
BACK_S, AHEAD_S = 40 * 86_400.0, 100 * 86_400.0
PATIENCE_S = 1.5

Read = Callable[[bytes, str, float, float, float], Awaitable[Copy]]
_State = tuple[Copy | None, Trouble | None]


class RedisRotas:
    """The port Rotas. `rotations` are the registry's; `read` is the child process."""

    def __init__(
        self,
        redis: Redis,
        rotations: Callable[[], tuple[Rotation, ...]],
        people: SlackPeople,
        *,
        calendars: Calendars | None = None,
        read: Read = read_apart,
        now: Callable[[], float] = time.time,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._redis = redis
        self._rotations = rotations
        self._people = people
        self._calendars = calendars or Calendars()
        self._read = read
        self._now = now
        self._patience_s = patience_s
        self._under_way: dict[str, asyncio.Task[_State]] = {}
        self._one_core = asyncio.Semaphore(1)

    def all(self) -> tuple[Rotation, ...]:
        return self._rotations()

    async def read(self, rotation: Rotation, since: float, until: float, *, anew: bool = False) -> Rota:
        match rotation.source:
            case Written() as written:
                return Rota(shifts(turns(written, rotation.time_zone, since, until), since, until), self._now())
            case UserGroup(group):
                everybody = tuple(Member(user, slack=user) for user in await self._people.members(group))
                return Rota(shifts([Span(since, until, everybody)], since, until), self._now())
            case Calendar() as calendar:
                fresh_s = ANEW_S if anew else FRESH_S
                return await self._calendar(calendar, rotation.time_zone, since, until, fresh_s)

    async def known(self, rotation: Rotation, members: tuple[Member, ...]) -> tuple[Member, ...]:
        return tuple(await asyncio.gather(*(self._known(rotation, member) for member in members)))

    async def _known(self, rotation: Rotation, member: Member) -> Member:
        user = member.slack or in_table(rotation.people, member)
        if not user and member.email:
            user = await self._people.by_email(member.email)
        return member._replace(slack=user)

    async def _calendar(self, calendar: Calendar, time_zone: str, since: float, until: float, fresh_s: float) -> Rota:
        name = _digest(calendar, time_zone)
        copy, trouble = await self._kept(name)
        if trouble is None and (copy is None or self._now() - copy.read_at >= fresh_s):
            copy, trouble = await self._patiently(name, calendar, time_zone, (copy, trouble))
        if copy is None:
            raise failure(trouble) if trouble else CalendarPending
        begin, end = max(since, copy.since), min(until, copy.until)
        return Rota(shifts(copy.spans, begin, end), copy.read_at, *(trouble or ()))

    async def _patiently(self, name: str, calendar: Calendar, time_zone: str, known: _State) -> _State:
        """What the reading says, or what is known as long as it goes on; one at a time for a calendar."""
        task = self._under_way.get(name)
        if task is None:
            task = self._under_way[name] = asyncio.create_task(self._refresh(name, calendar, time_zone, known[0]))
            task.add_done_callback(lambda done: self._ended(name, done))
        done, _ = await asyncio.wait({task}, timeout=self._patience_s)
        return task.result() if done else known

    def _ended(self, name: str, done: asyncio.Task[_State]) -> None:
        self._under_way.pop(name, None)
        if not done.cancelled():
            done.exception()  # whoever asked has it; nobody may have waited so long

    async def _refresh(self, name: str, calendar: Calendar, time_zone: str, last: Copy | None) -> _State:
        now = self._now()
        try:
            content = await self._calendars.fetch(calendar)
            async with self._one_core:
                copy = await self._read(content, time_zone, now, now - BACK_S, now + AHEAD_S)
        except CalendarError as error:
            trouble, retry_s = Trouble(error.reason, error.detail), RETRY_S
            if isinstance(error, EndlessCalendar):
                retry_s = ENDLESS_S
            with redis_errors():
                await self._redis.set(key("oncall", "trouble", name), encode_trouble(trouble), ex=retry_s)
            return last, trouble
        with redis_errors():
            await self._redis.set(key("oncall", "calendar", name), encode_copy(copy), ex=KEPT_S)
        return copy, None

    async def _kept(self, name: str) -> _State:
        with redis_errors():
            copy, trouble = await self._redis.mget(key("oncall", "calendar", name), key("oncall", "trouble", name))
        try:
            return (decode_copy(copy) if copy else None), (decode_trouble(trouble) if trouble else None)
        except Unreadable:
            return None, None


def _digest(calendar: Calendar, time_zone: str) -> str:
    where = calendar.address or f"file:{calendar.file}"
    return hashlib.sha256(f"{where}\n{time_zone}".encode()).hexdigest()
