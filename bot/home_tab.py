"""One person's App Home, published with views.publish. Knows when it need not be published; not what is pressed in it.

Why without `hash`: each view is made of what was true when its turn came, and one process publishes those of one
person one after the other. Of two processes the later view may be the older, by a second; the next one ends it.
"""

import asyncio
import time
from collections.abc import Callable
from weakref import WeakValueDictionary

import aiohttp
import structlog
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.home_view import view
from handlers.home import home
from handlers.notes import Note
from handlers.ports import Tools
from handlers.records import Person

# Slack tells of every time that somebody comes by, and takes some hundred views a minute.
FRESH_S = 2.0
REMEMBERED = 1_000

log = structlog.get_logger()


class HomeTab:
    """Publishes; what Slack does not take is only logged, as the home stays as it was."""

    def __init__(self, tools: Tools, slack: AsyncWebClient, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._tools = tools
        self._slack = slack
        self._monotonic = monotonic
        self._begun: dict[str, float] = {}
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def opened(self, who: Person) -> None:
        """Shows it, if it was not shown just now: of several times that somebody opens it within two seconds, once."""
        if self._monotonic() - self._begun.get(who.user, -FRESH_S) >= FRESH_S:
            await self.show(who)

    async def show(self, who: Person, told: Note | None = None) -> None:
        """Shows it as it is now, with what there is to tell on top."""
        turn = self._turns.setdefault(who.user, asyncio.Lock())
        self._began(who.user)
        async with turn:
            found = await home(self._tools, who)
            await self._publish(who.user, view(found, told))

    def _began(self, user: str) -> None:
        if len(self._begun) >= REMEMBERED:
            self._begun.clear()
        self._begun[user] = self._monotonic()

    async def _publish(self, user: str, made: dict[str, object]) -> None:
        try:
            await self._slack.api_call("views.publish", json={"user_id": user, "view": made})
        except (SlackClientError, aiohttp.ClientError, OSError) as error:
            log.warning("home not shown", why=str(getattr(error, "response", error))[:200])
