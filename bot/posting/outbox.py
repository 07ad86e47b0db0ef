"""The port Outbox in Redis, and what the poster needs of it. Owns its keys; the steps themselves are in `scripts.py`.

Why entries are rendered when they are put: a worker of the next release may deliver them, and words belong to the
moment they tell of.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from redis.asyncio import Redis
from redis.asyncio.client import Pipeline

from bot.posting import scripts
from bot.posting.entries import ROOT, Claim, Entry, Lost, decode, encode
from bot.posting.paces import Delays, Paces
from bot.redis_client import key, redis_errors, text
from bot.render import Message
from handlers.notes import Note
from handlers.posts import Post, Reply, Root, Urgency
from handlers.records import Thread

PREFIX = key("outbox", "")
CONVERSATIONS = key("conversation", "")
EDITS = "edits"
NOWHERE = "nowhere"

# Longer than any incident is reopened, and than any job is repeated.
CONVERSATION_TTL_MS = 30 * 24 * 3600 * 1000
SAID_TTL_MS = 7 * 24 * 3600 * 1000
# New kinds of blocks are rolled out slowly: what Slack refuses today it may take tomorrow.
CHARTLESS_MS = 24 * 3600 * 1000

Renderer = Callable[[Note], Message]
Link = Callable[[Thread], Awaitable[str | None]]


class RedisOutbox:
    """What is to be said. `news` is set whenever this process has put something."""

    def __init__(
        self,
        redis: Redis,
        render: Renderer,
        link: Link,
        paces: Paces | None = None,
        delays: Delays | None = None,
    ) -> None:
        self._redis = redis
        self._render = render
        self._link = link
        self._paces = paces or Paces()
        self._delays = delays or Delays()
        self.news = asyncio.Event()
        self._scripts = {name: redis.register_script(text) for name, text in scripts.ALL.items()}

    @property
    def lease_s(self) -> float:
        """For how long a claim is nobody else's."""
        return self._delays.lease / 1000

    async def put(self, *posts: Post) -> None:
        with redis_errors():
            async with self._redis.pipeline(transaction=True) as pipe:
                await self.add(pipe, posts)
                await pipe.execute()
        self.news.set()

    async def add(self, pipe: Pipeline, posts: tuple[Post, ...]) -> None:
        """Puts them as part of a step that `pipe` will execute; roots first, a reply needs its conversation."""
        for root in (post for post in posts if isinstance(post, Root)):
            await self._add_root(pipe, root)
        for reply in (post for post in posts if isinstance(post, Reply)):
            await self._add_reply(pipe, reply)

    async def conversation(self, thread: Thread) -> str | None:
        with redis_errors():
            found = await self._redis.get(key("conversation-at", thread.channel, thread.ts))
        return text(found) or None

    async def where(self, conversation: str) -> Thread | None:
        """Where its root stands."""
        with redis_errors():
            channel, ts = await self._redis.hmget(CONVERSATIONS + conversation, ["channel", "ts"])
        return Thread(text(channel), text(ts)) if ts else None

    async def link(self, conversation: str) -> str | None:
        thread = await self.where(conversation)
        return await self._link(thread) if thread else None

    async def claim(self) -> Claim | None:
        """One entry to deliver now; its lane is nobody else's until the result is noted, or the lease runs out."""
        pace = self._paces
        arguments: list[str | int] = [
            PREFIX,
            CONVERSATIONS,
            EDITS,
            self._delays.lease,
            pace.channel_ms,
            pace.channel_burst,
        ]
        with redis_errors():
            arguments += [pace.edits_ms, pace.edits_burst, pace.all_ms, pace.all_burst, pace.all_burst - pace.all_kept]
            found = await self._scripts["CLAIM"](keys=[], args=arguments)
        if found is None:
            return None
        lane, lease, identity, reply, attempted, root, version, *where = found
        entry = _readable(text(identity), reply or root)
        to, channel, ts, lost = map(text, where)
        return Claim(text(lane), text(lease), entry, int(attempted or 0), int(version or 0), to, channel, ts, lost)

    async def posted(self, claim: Claim, thread: Thread) -> None:
        """The root is there. A newer one goes the way of edits."""
        arguments = [thread.channel, thread.ts, claim.version, CONVERSATION_TTL_MS, claim.entry.conversation, claim.to]
        at = key("conversation-at", thread.channel, thread.ts)
        await self._run("POSTED", claim, EDITS, *arguments, keys=[_conversation(claim), at])

    async def edited(self, claim: Claim) -> None:
        """The root stands as it was claimed; one that was put meanwhile is still to come."""
        await self._run("EDITED", claim, claim.version, keys=[_conversation(claim)])

    async def replied(self, claim: Claim) -> None:
        """Said."""
        await self._run("REPLIED", claim)

    async def later(self, claim: Claim, *, sent: bool, wait_ms: int | None = None) -> None:
        """Again in `wait_ms`, or ever later. `sent`: Slack may have it, so it must be looked for first."""
        growing = (self._delays.settle if sent else self._delays.first, self._delays.longest)
        delay, longest = growing if wait_ms is None else (wait_ms, 0)
        await self._run("LATER", claim, EDITS, delay, longest, 0 if sent else 1, "")

    async def hold(self, claim: Claim, code: str) -> None:
        """Slack wants to hear nothing for long: the lane rests, and the doctor says why."""
        await self._run("LATER", claim, EDITS, self._delays.held, 0, 1, code)

    async def instead(self, claim: Claim, entry: Entry, *, is_chartless: bool) -> None:
        """Slack has refused the entry: `entry` is to be said in its place. `is_chartless`: it was charts that were
        refused, and for a day none are sent."""
        await self._run("INSTEAD", claim, encode(entry), CHARTLESS_MS if is_chartless else 0)

    async def lost(self, claim: Claim, code: str) -> Lost:
        """Keeps what Slack will never take, for the doctor and another try by hand."""
        unseen = claim.entry.is_root and not claim.ts
        lost = Lost(claim.entry.id, claim.to, code, claim.entry.asker, unseen)
        record = orjson.dumps({"channel": claim.to, "code": code, "entry": encode(claim.entry).decode()})
        await self._run("LOST", claim, record, code, int(unseen), keys=[_conversation(claim)])
        return lost

    async def root_gone(self, claim: Claim) -> None:
        """Somebody deleted the root: it is posted anew, and what waits for it after it."""
        root = ROOT + claim.entry.conversation
        await self._run("ROOT_GONE", claim, root, EDITS, claim.ts, keys=[_conversation(claim)])

    async def channel_id(self, name: str) -> str:
        """The id Slack answered with when something was posted to `name`; an id is its own."""
        if not name.startswith("#"):
            return name
        with redis_errors():
            return text(await self._redis.hget(PREFIX + "channels", name))

    async def retry_undelivered(self) -> int:
        """Puts back what Slack would not take; how many."""
        count = 0
        with redis_errors():
            kept = await self._redis.hgetall(PREFIX + "undelivered")
            # Roots first: what is claimed before its root stands has no thread.
            for identity, data in sorted(kept.items(), key=lambda item: not text(item[0]).startswith(ROOT)):
                body = orjson.loads(data)["entry"]
                entry = decode(body)
                count += await self._scripts["RETRY"](
                    keys=[CONVERSATIONS + entry.conversation],
                    args=[PREFIX, identity, "" if entry.is_root else body, int(Urgency.STATE), EDITS],
                )
        self.news.set()
        return count

    async def _add_root(self, pipe: Pipeline, root: Root) -> None:
        identity = ROOT + root.conversation
        message, kind = self._render(root.note), event_type(root.note)
        entry = Entry(identity, root.conversation, message, kind, root.mention, root.asker, sought=root.sought)
        arguments: list[str | bytes | int] = [
            identity,
            root.version,
            encode(entry),
            CONVERSATION_TTL_MS,
            root.channel,
            f"in:{root.channel}",
        ]
        await self._scripts["PUT_ROOT"](
            keys=[CONVERSATIONS + root.conversation], args=[PREFIX, *arguments, EDITS, int(root.urgency)], client=pipe
        )

    async def _add_reply(self, pipe: Pipeline, reply: Reply) -> None:
        """And the whole of it as a file, where Slack's limits cut the message."""
        message, kind = self._render(reply.note), event_type(reply.note)
        broadcast, sought = reply.broadcast, reply.sought
        entry = Entry(reply.event, reply.conversation, message, kind, broadcast=broadcast, sought=sought)
        if message.picture and await self._is_chartless():
            entry = entry.uploaded
        await self._add_entry(pipe, entry, reply.urgency)
        if message.whole:
            file = Entry(f"{reply.event}.whole", reply.conversation, Message("", []), kind, file=message.whole)
            await self._add_entry(pipe, file, Urgency.PROGRESS)

    async def _add_entry(self, pipe: Pipeline, entry: Entry, urgency: Urgency) -> None:
        await self._scripts["PUT_REPLY"](
            keys=[key("said", entry.id), CONVERSATIONS + entry.conversation],
            args=[PREFIX, entry.id, encode(entry), SAID_TTL_MS, int(urgency), NOWHERE],
            client=pipe,
        )

    async def _is_chartless(self) -> bool:
        with redis_errors():
            return bool(await self._redis.exists(PREFIX + "chartless"))

    async def _run(self, script: str, claim: Claim, *arguments: Any, keys: list[str] | None = None) -> None:
        with redis_errors():
            await self._scripts[script](
                keys=keys or [], args=[PREFIX, claim.entry.id, claim.lane, claim.lease, *arguments]
            )


def event_type(note: Note) -> str:
    """StateChange -> mapstorm_state_change: what the metadata of a message calls it."""
    return "mapstorm_" + re.sub(r"(?<!^)(?=[A-Z])", "_", type(note).__name__).lower()


def _conversation(claim: Claim) -> str:
    return CONVERSATIONS + claim.entry.conversation


def _readable(identity: str, body: bytes | None) -> Entry:
    """What is no entry (of another release, or of a conversation that has expired) has no event type."""
    try:
        return decode(body or b"")
    except (ValueError, KeyError, TypeError):
        return Entry(identity, identity.removeprefix(ROOT), Message("", []), "")
