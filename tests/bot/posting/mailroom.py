"""A channel, an outbox and as many posters as a test wants: real Redis, and the stand-in for Slack. Knows no test."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from redis.asyncio import Redis

from bot import render
from bot.chat import SlackChat, slack_client, slack_session
from bot.posting.entries import Lost
from bot.posting.outbox import PREFIX, RedisOutbox
from bot.posting.paces import Delays, Paces
from bot.posting.poster import Poster, posting
from bot.standin.app import Standin
from bot.standin.rate import UNLIMITED
from bot.standin.records import Message
from handlers.notes import Help, Slip
from handlers.posts import Reply, Root, Urgency

AT_ONCE = Paces(channel_ms=0, edits_ms=0, all_ms=0)
SOON = Delays(lease=2_000, first=20, settle=50, longest=100)
ROOT = Root("c1", "C0ORDERS", Help(), version=1)


@dataclass
class Town:
    """One outbox, and as many posters as a test wants."""

    redis: Redis
    slack: Standin
    chat: SlackChat
    outbox: RedisOutbox
    call_s: float = 1.0
    lost: list[Lost] = field(default_factory=list)

    def said(self) -> list[Message]:
        """All that is in the channel, without what was deleted."""
        return [message for message in self.slack.ws.messages["C0ORDERS"] if not message.deleted]

    @asynccontextmanager
    async def worker(self) -> AsyncIterator[None]:
        async def told(lost: Lost) -> None:
            self.lost.append(lost)

        async with posting(Poster(self.outbox, self.chat, render.mentioning, told, self.call_s)):
            yield

    async def done(self) -> bool:
        """Whether nothing waits any more."""
        return not await self.redis.exists(f"{PREFIX}lane:in:C0ORDERS", f"{PREFIX}lane:edits", f"{PREFIX}entries")

    async def met(self) -> bool:
        """Whether all the trouble there was to come has come."""
        return all(one["left"] == 0 for one in self.slack.trouble.told())


@pytest.fixture
async def town(redis: Redis) -> AsyncIterator[Town]:
    async with Standin(pace=UNLIMITED) as slack, slack_session() as session:
        chat = SlackChat(slack_client(slack.api_url, slack.credentials.token, session))
        yield Town(redis, slack, chat, RedisOutbox(redis, render.message, chat.permalink, AT_ONCE, SOON))


def reply(event: str, urgency: Urgency = Urgency.DIAGNOSIS, conversation: str = "c1") -> Reply:
    return Reply(conversation, event, Slip("bug", event), urgency)
