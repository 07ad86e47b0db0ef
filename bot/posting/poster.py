"""Empties the outbox: each worker takes what is due, speaks to Slack, and notes what became of it.

Why the look-up: after a time-out or a 5xx nobody knows whether Slack has the message. It is looked for by the id in
its metadata before it is sent again, so a root is never doubled. For the same reason no call begins that could outlast
the lease of its lane: another worker would look for what is still on its way.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Protocol, TypeVar

import structlog

from bot.away import Away
from bot.chat import TIMEOUT_S, Body, SlackChat
from bot.chat_errors import Fate, SlackRefused
from bot.posting.entries import Claim, Entry, Lost
from bot.posting.outbox import EDITS, RedisOutbox
from bot.posting.uploads import Instead, Uploads
from bot.render import Message
from handlers.errors import OutageError
from handlers.patience import MINUTES, patiently
from handlers.records import Thread

# How often a worker looks for what other processes have put.
LOOK_S = 0.1
AWAY_S = 1.0
AT_ONCE = 16
# Between Slack's clock, which stamps messages, and that of Redis, which stamps attempts.
SKEW_S = 120.0

log = structlog.get_logger()

T = TypeVar("T")
Mentioning = Callable[[Message, tuple[str, ...]], Message]
Result = Callable[[], Awaitable[None]]


class Told(Protocol):
    """Told of what Slack will never take; `handlers/undelivered.py`."""

    def __call__(self, lost: Lost) -> Awaitable[None]: ...


class Poster:
    """Delivers one claim after the other, several channels at once. A call of `chat` takes `call_s` seconds at most."""

    def __init__(
        self, outbox: RedisOutbox, chat: SlackChat, mentioning: Mentioning, told: Told, call_s: float = TIMEOUT_S
    ) -> None:
        self._outbox = outbox
        self._chat = chat
        self._uploads = Uploads(chat)
        self._mentioning = mentioning
        self._told = told
        self._slack_s = outbox.lease_s - call_s
        self._away = Away("outbox")

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`; what is on its way then is still delivered."""
        async with asyncio.TaskGroup() as group:
            room = asyncio.Semaphore(AT_ONCE)
            while not stop.is_set():
                await room.acquire()
                # From before the claim: a worker may stand still between Redis's answer and its own next step.
                last = asyncio.get_running_loop().time() + self._slack_s
                claim = await self._claim()
                if claim is None:
                    room.release()
                    continue
                group.create_task(self._deliver(claim, last)).add_done_callback(lambda _: room.release())

    async def _claim(self) -> Claim | None:
        """Waits a moment where there is nothing to do."""
        self._outbox.news.clear()
        wait = LOOK_S
        try:
            claim = await self._outbox.claim()
            self._away.back()
            if claim is not None:
                return claim
        except OutageError as error:
            self._away.lost(str(error.__cause__))
            wait = AWAY_S
        except Exception:
            log.exception("bug in the outbox")  # and look again: a worker that says nothing goes on with all else
            wait = AWAY_S
        with suppress(TimeoutError):
            async with asyncio.timeout(wait):
                await self._outbox.news.wait()
        return None

    async def _deliver(self, claim: Claim, last: float) -> None:
        """No call begins after `last`, by the event loop's clock."""
        try:
            result = await self._attempt(claim, last)
            # Until Redis takes it: what was said and not noted has to be looked for.
            await patiently(asyncio.sleep, result, MINUTES)
        except OutageError:
            log.error("said, but not noted", entry=claim.entry.id)
        except Exception:
            log.exception("bug", entry=claim.entry.id)

    async def _attempt(self, claim: Claim, last: float) -> Result:
        """Speaks, and gives what is to be noted."""
        entry = claim.entry
        if not entry.event_type:
            return partial(self._never, claim, "unreadable")
        if not claim.to or (not entry.is_root and not claim.ts):
            return partial(self._never, claim, claim.lost or "no_thread")
        try:
            there = await self._spoken(claim, last)
        except SlackRefused as error:
            return partial(self._refused, claim, error)
        except Instead as other:
            return partial(self._outbox.instead, claim, other.entry, is_chartless=other.is_chartless)
        if not entry.is_root:
            return partial(self._outbox.replied, claim)
        if claim.lane == EDITS:
            return partial(self._outbox.edited, claim)
        return partial(self._outbox.posted, claim, there)

    async def _spoken(self, claim: Claim, last: float) -> Thread:
        """Where the message stands. Raises SlackRefused, Instead."""
        entry, there = claim.entry, Thread(claim.channel, claim.ts)
        if entry.is_upload:
            await self._uploads.upload(claim, there, last)
            return there
        if claim.lane == EDITS:
            await self._edit(claim, there, last)
            return there
        since = _perhaps_said_since(claim)
        if since is not None and (found := await self._found(claim, since)):
            log.info("found what was sent before", entry=entry.id)
            return found
        return await self._post(claim, last)

    async def _found(self, claim: Claim, since: float) -> Thread | None:
        entry = claim.entry
        channel = claim.channel or await self._outbox.channel_id(claim.to)
        if not channel:
            log.warning("cannot look whether it was sent: give the registry channel ids", channel=claim.to)
            return None
        try:
            return await self._chat.find(channel, entry.id, since, "" if entry.is_root else claim.ts)
        except SlackRefused as refused:
            if refused.fate is Fate.GONE:  # with all that was said in it
                raise
            if refused.fate is not Fate.PERMANENT:
                # Nothing was sent this time, but before: the attempt stays noted.
                raise SlackRefused(refused.code, Fate.UNKNOWN, refused.wait_s) from refused
            log.warning("cannot look whether it was sent", entry=entry.id, code=refused.code)
            return None

    async def _post(self, claim: Claim, last: float) -> Thread:
        entry = claim.entry
        message = self._mentioning(entry.message, entry.mention)
        thread_ts = "" if entry.is_root else claim.ts
        channel = claim.to if entry.is_root else claim.channel

        async def send(message: Message) -> Thread:
            _in_time(claim, last)
            return await self._chat.post(
                channel, message, _metadata(entry), thread_ts=thread_ts, broadcast=entry.broadcast
            )

        return await _or_as_text(entry, message, send)

    async def _edit(self, claim: Claim, there: Thread, last: float) -> None:
        async def send(message: Message) -> None:
            _in_time(claim, last)
            await self._chat.edit(there, message, _metadata(claim.entry))

        await _or_as_text(claim.entry, claim.entry.message, send)

    async def _refused(self, claim: Claim, refused: SlackRefused) -> None:
        log.warning("not delivered", entry=claim.entry.id, code=refused.code, fate=refused.fate.value)
        match refused.fate:
            case Fate.UNSENT | Fate.UNKNOWN:
                wait_ms = None if refused.wait_s is None else int(refused.wait_s * 1000)
                await self._outbox.later(claim, sent=refused.fate is Fate.UNKNOWN, wait_ms=wait_ms)
            case Fate.HELD:
                await self._outbox.hold(claim, refused.code)
            case Fate.GONE if claim.ts:
                await self._outbox.root_gone(claim)
            case _:
                await self._never(claim, refused.code)

    async def _never(self, claim: Claim, code: str) -> None:
        log.error("undeliverable", entry=claim.entry.id, channel=claim.to, code=code)
        await self._told(await self._outbox.lost(claim, code))


def _perhaps_said_since(claim: Claim) -> float | None:
    """From when on Slack may have it (seconds since 1970), None where it surely has not."""
    entry = claim.entry
    if claim.attempted:
        return claim.attempted / 1000 - SKEW_S
    if entry.is_root:
        return entry.sought - SKEW_S if entry.sought else None
    # A thread that was there before what it tells was kept: Redis has forgotten the first time.
    return float(claim.ts) if float(claim.ts) < entry.sought else None


def _in_time(claim: Claim, last: float) -> None:
    """Raises SlackRefused after `last`, when a call may not begin any more; what was sent before stays noted."""
    if asyncio.get_running_loop().time() > last:
        raise SlackRefused("no_time_left", Fate.UNKNOWN if claim.attempted else Fate.UNSENT)


async def _or_as_text(entry: Entry, message: Message, send: Callable[[Message], Awaitable[T]]) -> T:
    """Once more without blocks where Slack refuses only them: new kinds are rolled out slowly. Raises SlackRefused;
    Instead where a picture can take the place of charts."""
    try:
        return await send(message)
    except SlackRefused as refused:
        if refused.fate is not Fate.BLOCKS:
            raise
        if message.picture:
            log.warning("charts refused, uploaded as a picture", entry=entry.id, code=refused.code)
            raise Instead(entry.uploaded, is_chartless=True) from refused
        log.error("blocks refused, sent as text", entry=entry.id, code=refused.code)
    try:
        return await send(Message(message.text, []))
    except SlackRefused as refused:
        fate = Fate.PERMANENT if refused.fate is Fate.BLOCKS else refused.fate
        raise SlackRefused(refused.code, fate, refused.wait_s) from refused


def _metadata(entry: Entry) -> Body:
    """What tells two posts of one event apart from two events."""
    return {"event_type": entry.event_type, "event_payload": {"id": entry.id}}


@asynccontextmanager
async def posting(poster: Poster) -> AsyncIterator[None]:
    """Delivers while the block runs, and finishes what is on its way at the end."""
    stop = asyncio.Event()
    running = asyncio.create_task(poster.run(stop))
    try:
        yield
    finally:
        stop.set()
        await running
