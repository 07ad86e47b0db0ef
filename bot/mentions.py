"""`@mapstorm ...` typed in a channel or a thread: the same words as after the slash, and the answer to who asked alone.

Slack repeats an event that is not answered with 200, and is let do so while the work is not done. Knows the event's
text as Slack writes it, not what the words mean.
"""

import hashlib
import html
import re
from collections.abc import Awaitable, Callable

from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse

from bot.desk import Desk, Payload, command_name
from bot.once import Underway
from handlers.answer import answer
from handlers.errors import OutageError
from handlers.notes import Note, Slip
from handlers.records import Person, Thread

MENTION = re.compile(r"<@[UW][A-Z0-9]+(?:\|[^<>]*)?>")
LABELLED = re.compile(r"<[^<>|]*\|([^<>]*)>")
BARE = re.compile(r"<([^<>|]*)>")


def listen(app: AsyncApp, desk: Desk) -> None:
    """Adds the listener. It is a middleware, because Bolt acknowledges events before their listeners run."""

    async def heard(body: Payload, next: Callable[[], Awaitable[None]]) -> BoltResponse | None:  # noqa: A002 - Bolt's
        try:
            await _hear(desk, body)
        except (OutageError, Underway):
            return BoltResponse(status=500, body="")
        await next()
        return None

    async def take_note() -> None:
        """Acknowledged by Bolt."""

    app.event("app_mention", middleware=[heard])(take_note)


async def _hear(desk: Desk, body: Payload) -> None:
    event: Payload = body["event"]
    # Bots do not talk to each other, and what was corrected was heard already.
    whole = body.get("event_id") and event.get("user") and event.get("channel")
    if event.get("bot_id") or event.get("edited") or not whole:
        return
    who = Person(str(event["user"]), _team(body), str(event["channel"]))
    thread_ts, text, identity = str(event.get("thread_ts") or ""), typed(str(event.get("text"))), str(body["event_id"])

    async def work() -> Note:
        request_id = hashlib.sha256(identity.encode()).hexdigest()[:12]
        thread = Thread(who.channel, thread_ts) if thread_ts else None
        note = await answer(desk.tools, text, who=who, request_id=request_id, thread=thread)
        if isinstance(note, Slip) and note.reason == OutageError.reason:
            raise OutageError(note.detail)
        return note

    note = await desk.once.run("event", identity, work)
    if note is not None:
        desk.counted(command_name(text), note)
        await desk.whisper(who, note, thread_ts)
        desk.follow(who, note, thread_ts)


def typed(text: str) -> str:
    """What was typed, from what Slack makes of it: no mentions, labels in place of links, no entities."""
    return html.unescape(BARE.sub(r"\1", LABELLED.sub(r"\1", MENTION.sub(" ", text)))).strip()


def _team(body: Payload) -> str:
    """Of whoever typed it. In a shared channel the envelope's team is the one that the event was sent from."""
    event: Payload = body["event"]
    return str(event.get("user_team") or event.get("team") or body.get("team_id") or "")
