"""Bolt with mapstorm's listeners: the slash command here, mentions, clicks and the home in files of their own.

The answer comes before the acknowledgement, within three seconds: a capture that was confirmed is on the queue, what
was acknowledged is changed. Knows Bolt, no HTTP.
"""

import logging
import re
from collections.abc import Callable
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot import clicks, home, mentions
from bot.chat import slack_client
from bot.desk import Count, Desk, Examine, command_name, identity_of
from bot.home_tab import HomeTab
from bot.log import quiet
from bot.once import Once
from bot.render import Message
from bot.subjects import SUBJECTS
from handlers.answer import answer
from handlers.notes import Note
from handlers.ports import Tools
from handlers.records import Person

EVERYTHING = re.compile("")


def bolt_app(
    tools: Tools,
    render: Callable[[Note], Message],
    slack: AsyncWebClient,
    once: Once,
    count: Count,
    examine: Examine,
) -> AsyncApp:
    """Bolt for one workspace, that of the token of `slack`. Its own verification is off because `signature.py` stands
    before it."""

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        # Without this Bolt asks auth.test before the acknowledgement: a slow Slack would miss its own three seconds.
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token=slack.token)

    app = AsyncApp(
        name="mapstorm",
        logger=quiet("mapstorm.bolt", logging.ERROR),
        client=_tokenless(slack.base_url),
        authorize=authorize,
        request_verification_enabled=False,
    )
    desk = Desk(tools, render, slack, once, count, examine, HomeTab(tools, slack))

    async def mapstorm(ack: AsyncAck, command: dict[str, Any]) -> None:
        text = command.get("text") or ""
        who = Person(command["user_id"], command.get("team_id") or "", command.get("channel_id") or "")
        note = await answer(tools, text, who=who, request_id=identity_of(command))
        await ack(**_ephemeral(render(note)))
        desk.counted(command_name(text), note)
        desk.follow(who, note)

    async def take_note(ack: AsyncAck) -> None:
        await ack()

    app.command("/mapstorm")(mapstorm)
    for subject in SUBJECTS:
        clicks.listen(app, desk, subject)
    mentions.listen(app, desk)
    home.listen(app, desk)
    # Not listened for; a 404 would make Slack show an error, or switch events off.
    app.action(EVERYTHING)(take_note)
    app.event(EVERYTHING)(take_note)
    return app


def _tokenless(api_url: str) -> AsyncWebClient:
    # Bolt takes the token from authorize, and warns of one it finds in its client.
    return slack_client(api_url, None)


def _ephemeral(message: Message) -> dict[str, Any]:
    return {"response_type": "ephemeral", "text": message.text, "blocks": message.blocks}
