"""Bolt's listeners: what Slack sends to what the handlers answer, acknowledged within three seconds.

The answer comes before the acknowledgement: a capture that was confirmed is on the queue. Knows Bolt, no HTTP.
"""

import hashlib
import logging
import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.chat import Renderer, slack_client
from bot.log import quiet
from handlers.answer import answer
from handlers.command import COMMANDS, plain
from handlers.notes import Note, Slip
from handlers.ports import Tools

# Told after each command: its name and how it was answered.
Count = Callable[[str, str], None]

EVERYTHING = re.compile("")


def bolt_app(tools: Tools, render: Renderer, token: str, api_url: str, count: Count) -> AsyncApp:
    """Bolt with one command. Its own verification is off because `signature.py` stands before it."""

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        # Without this Bolt asks auth.test before the acknowledgement: a slow Slack would miss its own three seconds.
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token=token)

    app = AsyncApp(
        name="mapstorm",
        logger=quiet("mapstorm.bolt", logging.ERROR),
        client=_tokenless(api_url),
        authorize=authorize,
        request_verification_enabled=False,
    )

    async def mapstorm(ack: AsyncAck, command: dict[str, Any]) -> None:
        note = await answer(tools, command.get("text") or "", asked_by=command["user_id"], request_id=_id(command))
        await ack(**_ephemeral(note, render))
        count(_name(command.get("text") or ""), _kind(note))

    async def take_note(ack: AsyncAck) -> None:
        await ack()

    app.command("/mapstorm")(mapstorm)
    # Nothing is listened for yet; a 404 would make Slack show an error, or switch events off.
    app.action(EVERYTHING)(take_note)
    app.event(EVERYTHING)(take_note)
    return app


def _tokenless(api_url: str) -> AsyncWebClient:
    # Bolt takes the token from authorize, and warns of one it finds in its client.
    return slack_client(api_url, None)


def _ephemeral(note: Note, render: Renderer) -> dict[str, Any]:
    message = render(note)
    return {"response_type": "ephemeral", "text": message.text, "blocks": message.blocks}


def _id(command: dict[str, Any]) -> str:
    """The same for every delivery of one command. Hashed, because for three seconds a trigger_id opens a dialog."""
    trigger = command.get("trigger_id")
    return hashlib.sha256(trigger.encode()).hexdigest()[:12] if trigger else uuid4().hex[:12]


def _name(text: str) -> str:
    word = next(iter(plain(text).lower().split()), "help")
    return word if word in COMMANDS else "other"


def _kind(note: Note) -> str:
    return note.reason if isinstance(note, Slip) else "answered"
