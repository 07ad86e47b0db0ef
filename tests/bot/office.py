"""An incident with its buttons in the stand-in for Slack, the real web app behind them, and a real Redis."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from redis.asyncio import Redis

from bot.render import message
from bot.standin.app import Standin
from bot.standin.rate import UNLIMITED
from bot.standin.records import Delivery
from bot.standin.serve import Server
from bot.standin.workspace import Workspace
from bot.wiring import House
from handlers.incident import Act, Incident
from handlers.incident_notes import IncidentRoot
from handlers.records import Thread
from handlers.step import Step
from tests.bot import slack as signed
from tests.bot.house import FakeHeaps, Spoken, house, with_tools
from tests.bot.notes import incident, service
from tests.fakes import FakePeople, FakeRotas

CHANNEL, ANA, BO = "C0ORDERS", "U0ANA", "U0BO"


@dataclass
class Office:
    """`root` is the ts of the incident's message; `house` and its fakes are what the web app works with."""

    slack: Standin
    house: House
    people: FakePeople
    spoken: Spoken
    incident: Incident
    root: str = ""

    async def stands(self) -> Incident:
        found = await self.house.tools.incidents.get(self.incident.id)
        assert found is not None
        return found

    async def click(self, act: Act, user: str = ANA) -> Delivery:
        return await self.slack.people.click(CHANNEL, user, self.root, f"incident.{act}")

    async def until(self, happened: Callable[[], object]) -> None:
        async with asyncio.timeout(10):
            while not happened():
                await self.slack.ws.changes.beyond(self.slack.ws.changes.version, 5)

    async def whisper(self) -> str:
        """The first thing that somebody alone is told."""
        await self.until(lambda: self.slack.ws.ephemerals)
        return self.slack.ws.ephemerals[0].content.text

    async def form(self, act: Act) -> str:
        """Opens a modal and waits until it is no longer empty: its id."""
        await self.click(act)
        return await self.opened()

    async def opened(self) -> str:
        await self.until(lambda: self.modal() and self.shown() != "⏳ One moment…")
        return str(self.modal().id)

    def modal(self) -> Any:
        """The one that is open."""
        return next(iter(self.slack.ws.modals), None)

    def shown(self) -> str:
        """What its first block says, if that is a text."""
        text: dict[str, str] = self.modal().view["blocks"][0].get("text", {})
        return text.get("text", "")


@asynccontextmanager
async def office(
    redis: Redis,
    redis_url: str,
    *,
    people: FakePeople | None = None,
    rotas: FakeRotas | None = None,
    in_redis: bool = True,
) -> AsyncIterator[Office]:
    """With an open incident of svc-orders and all buttons under it; kept `in_redis`, if that is there."""
    async with Standin(Workspace(), pace=UNLIMITED) as slack:
        spoken, people = Spoken(), people or FakePeople()
        here = with_tools(house(redis, redis_url, spoken, FakeHeaps(), api_url=slack.api_url), people=people)
        here = with_tools(here, rotas=rotas or FakeRotas())
        told = await kept(here) if in_redis else replace(incident(), channel=CHANNEL, version=1)
        server = Server(signed.app(here, slack.credentials.signing_secret), 0, lambda: None)
        slack.transport.bot_url = f"{await server.start()}/slack/events"
        try:
            made = Office(slack, here, people, spoken, told)
            said = message(IncidentRoot(service(), told, tuple(Act)))
            posted = await here.slack.chat_postMessage(channel=CHANNEL, text=said.text, blocks=said.blocks)
            made.root = str(posted["ts"])
            spoken.threads[Thread(CHANNEL, made.root)] = told.id
            yield made
        finally:
            await server.stop()


async def kept(here: House) -> Incident:
    """An open incident of svc-orders in Redis."""
    told = replace(incident(), channel=CHANNEL, version=1)
    assert await here.tools.incidents.commit(Step(None, told))
    return told
