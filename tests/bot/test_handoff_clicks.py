"""Buttons and modals of a handoff, from the stand-in for Slack through real Bolt and back."""

from dataclasses import replace

import pytest
from redis.asyncio import Redis

from bot.render import message
from bot.standin.records import Delivery
from handlers.handoff import Handoff, HandoffAct, HandoffState
from handlers.handoff_notes import HandoffRoot
from handlers.incident import Event
from handlers.ports import Standing
from handlers.rotation import Rotation
from handlers.step import HandoffStep
from tests.bot import handoff_notes
from tests.bot.office import ANA, BO, CHANNEL, Office, office
from tests.fakes import FakeRotas

pytestmark = pytest.mark.redis

ROTATION: Rotation = replace(handoff_notes.rotation(), services=("svc-orders",))
HANDOFF: Handoff = replace(handoff_notes.handoff(), channel=CHANNEL)


class Desk:
    """Ana hands over to Bo, in the channel of an open incident of svc-orders."""

    def __init__(self, here: Office, root: str) -> None:
        self.here, self.root = here, root

    async def click(self, act: HandoffAct, user: str) -> Delivery:
        return await self.here.slack.people.click(CHANNEL, user, self.root, f"handoff.{act}")

    async def stands(self) -> Handoff:
        found = await self.here.house.tools.handoffs.get(HANDOFF.id)
        assert found is not None
        return found


async def handing_over(here: Office) -> Desk:
    assert await here.house.tools.handoffs.commit(HandoffStep(None, HANDOFF))
    said = message(HandoffRoot(HANDOFF, ROTATION))
    posted = await here.house.slack.chat_postMessage(channel=CHANNEL, text=said.text, blocks=said.blocks)
    return Desk(here, str(posted["ts"]))


async def test_who_comes_has_it_with_one_click_and_the_second_is_told_how_it_stands(
    redis: Redis, redis_url: str
) -> None:
    async with office(redis, redis_url, rotas=FakeRotas(rotations=(ROTATION,))) as here:
        desk = await handing_over(here)
        assert (await desk.click(HandoffAct.TAKE, BO)).outcome == "acknowledged"
        assert ((await desk.stands()).state, (await desk.stands()).taken_by) == (HandoffState.TAKEN, BO)
        assert not here.slack.ws.ephemerals, "what was done stands in the thread"
        assert (await here.stands()).owner == BO
        await desk.click(HandoffAct.TAKE, ANA)
        told = await here.whisper()
        assert told.startswith("*Nothing was changed*: “I have it”")
        assert f"Taken over by <@{BO}>" in told


async def test_what_only_ana_knows_comes_back_from_the_modal(redis: Redis, redis_url: str) -> None:
    async with office(redis, redis_url, rotas=FakeRotas(rotations=(ROTATION,))) as here:
        desk = await handing_over(here)
        await desk.click(HandoffAct.ADD, ANA)
        view_id = await here.opened()
        about = [block["block_id"] for block in here.modal().view["blocks"]]
        assert about == [f"about.{here.incident.id}", "about."]
        typed = {about[0]: {about[0]: "Next: <!channel> restart\norders-1"}, "about.": {"about.": "quiet at 3"}}
        await here.slack.people.submit(ANA, view_id, typed)
        assert here.modal() is None, "it is closed"
        added = [(one.by, one.incident, one.text) for one in (await desk.stands()).added]
        assert added == [(ANA, here.incident.id, "Next: <!channel> restart\norders-1"), (ANA, "", "quiet at 3")]
        assert (await here.stands()).timeline[-1].event is Event.NOTED


async def test_not_me_passes_it_on(redis: Redis, redis_url: str) -> None:
    async with office(redis, redis_url, rotas=FakeRotas(rotations=(ROTATION,))) as here:
        desk = await handing_over(here)
        await desk.click(HandoffAct.NOT_ME, BO)
        view_id = await here.opened()
        await here.slack.people.submit(BO, view_id, {"who": {"who": ANA}})
        assert [member.slack for member in (await desk.stands()).incoming] == [ANA]


async def test_an_empty_form_adds_nothing_and_says_so(redis: Redis, redis_url: str) -> None:
    async with office(redis, redis_url, rotas=FakeRotas(rotations=(ROTATION,))) as here:
        desk = await handing_over(here)
        await desk.click(HandoffAct.ADD, ANA)
        await here.slack.people.submit(ANA, await here.opened(), {})
        assert here.shown().startswith("*Nothing was changed*")
        assert (await desk.stands()).version == HANDOFF.version


async def test_guests_take_nothing_over(redis: Redis, redis_url: str) -> None:
    async with office(redis, redis_url, rotas=FakeRotas(rotations=(ROTATION,))) as here:
        desk = await handing_over(here)
        here.people.standings[BO] = Standing.GUEST
        await desk.click(HandoffAct.TAKE, BO)
        assert "Guests" in await here.whisper()
        assert (await desk.stands()).state is HandoffState.DRAFTED
