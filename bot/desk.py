"""What Bolt's listeners share: what they answer with, who it is that asks, and a word to them alone.

Why chat.postEphemeral and not the response_url of a payload: a request to Slack goes to Slack's registered address and
to none that came with it.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import aiohttp
import structlog
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.home_tab import HomeTab
from bot.once import Once
from bot.render import Message
from handlers.command import COMMANDS, plain
from handlers.notes import DoctorReport, Examining, Note, Slip
from handlers.ports import Tools
from handlers.records import Person

Payload = dict[str, Any]
# Told after each command and click: its name and how it was answered.
Count = Callable[[str, str], None]
# The doctor's rounds.
Examine = Callable[[], Awaitable[DoctorReport]]

# How much of Slack's three seconds work may use up before it is acknowledged.
PATIENCE_S = 2.0

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Desk:
    """`slack` has the bot's token; Bolt's own clients follow the proxy variables of the environment."""

    tools: Tools
    render: Callable[[Note], Message]
    slack: AsyncWebClient
    once: Once
    count: Count
    examine: Examine
    home: HomeTab
    patience_s: float = PATIENCE_S
    running: set[asyncio.Task[None]] = field(default_factory=set)

    async def whisper(self, to: Person, note: Note, thread_ts: str = "") -> bool:
        """To one person, in the channel where they are. What cannot be said is only logged."""
        said = self.render(note)
        where: Payload = {"channel": to.channel, "user": to.user} | ({"thread_ts": thread_ts} if thread_ts else {})
        try:
            await self.slack.chat_postEphemeral(**where, text=said.text, blocks=said.blocks)
        except (SlackClientError, aiohttp.ClientError, OSError) as error:
            log.warning("not whispered", note=type(note).__name__, why=type(error).__name__)
            return False
        return True

    def follow(self, to: Person, note: Note, thread_ts: str = "") -> None:
        """Lets the doctor look, if that is what `note` has promised; returns at once, because Slack waits."""
        if isinstance(note, Examining):
            looking = asyncio.create_task(self._examined(to, thread_ts))
            self.running.add(looking)
            looking.add_done_callback(self.running.discard)

    async def _examined(self, to: Person, thread_ts: str) -> None:
        report = await self.examine()
        # In a channel without the bot Slack takes no ephemeral message, but everybody can be written to.
        if not await self.whisper(to, report, thread_ts):
            await self._write(to.user, report)

    async def _write(self, user: str, note: Note) -> None:
        said = self.render(note)
        try:
            await self.slack.chat_postMessage(channel=user, text=said.text, blocks=said.blocks)
        except (SlackClientError, aiohttp.ClientError, OSError) as error:
            log.warning("not written", note=type(note).__name__, why=type(error).__name__)

    def counted(self, name: str, note: Note) -> None:
        """Counts one answer by the slip's reason, if it is one."""
        self.count(name, note.reason if isinstance(note, Slip) else "answered")


def command_name(text: str) -> str:
    """The first word as it is counted: one of the commands, or `other`."""
    word = next(iter(plain(text).lower().split()), "help")
    return word if word in COMMANDS else "other"


def identity_of(said: Payload) -> str:
    """The same for every delivery of one command or click. Hashed, because for three seconds a trigger_id opens a
    dialog."""
    trigger = said.get("trigger_id")
    return hashlib.sha256(trigger.encode()).hexdigest()[:12] if trigger else uuid4().hex[:12]


def clicker(body: Payload) -> Person:
    """Who pressed or submitted. In a shared channel the payload's team is ours, their own stands with the user."""
    user: Payload = body["user"]
    team = user.get("team_id") or (body.get("team") or {}).get("id") or ""
    return Person(str(user["id"]), str(team), str((body.get("channel") or {}).get("id", "")))
