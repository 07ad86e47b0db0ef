"""The App Home, from the stand-in for Slack through real Bolt and back: opened, pressed, copied, and without Redis."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from redis.asyncio import Redis

from bot.home_tab import FRESH_S, HomeTab
from bot.redis_client import connect
from bot.redis_server import free_port
from bot.standin.fault import Detour
from bot.standin.records import Delivery
from handlers.handoff import HandoffState
from handlers.incident import Act, State
from handlers.notes import Slip
from handlers.ports import Standing
from handlers.records import Person
from handlers.step import HandoffStep
from tests.bot import slack as signed
from tests.bot.handoff_notes import handoff, rotation
from tests.bot.house import FakeHeaps, Spoken, house
from tests.bot.office import ANA, BO, CHANNEL, Office, office
from tests.fakes import FakeClock, FakeRotas

pytestmark = pytest.mark.redis


class Visitor:
    """Somebody in the home of an office with an open incident of svc-orders."""

    def __init__(self, here: Office, user: str) -> None:
        self.here, self.user = here, user

    async def comes(self) -> Delivery:
        delivery = await self.here.slack.people.come_home(self.user)
        assert delivery is not None
        await self.here.until(lambda: self.user in self.here.slack.ws.homes)
        return delivery

    async def presses(self, action_id: str) -> Delivery:
        """And waits until the home is another one."""
        before = self.here.slack.ws.homes[self.user]
        delivery = await self.here.slack.people.click_in_view(self.user, before.id, action_id, {})
        await self.here.until(lambda: self.here.slack.ws.homes[self.user].hash != before.hash)
        return delivery

    def sees(self) -> str:
        return json.dumps(self.here.slack.ws.homes[self.user].view["blocks"], ensure_ascii=False)

    def told(self) -> str:
        """What stands on top."""
        text: str = self.here.slack.ws.homes[self.user].view["blocks"][0]["text"]["text"]
        return text


@asynccontextmanager
async def visited(redis: Redis, redis_url: str, user: str = ANA, **more: FakeRotas) -> AsyncIterator[Visitor]:
    async with office(redis, redis_url, **more) as here:
        visitor = Visitor(here, user)
        await visitor.comes()
        yield visitor


async def test_who_opens_it_sees_it(redis: Redis, redis_url: str) -> None:
    async with office(redis, redis_url) as here:
        ana = Visitor(here, ANA)
        assert (await ana.comes()).outcome == "acknowledged"
        assert "*1 open incident* in 1 service" in ana.told()
        for button in ("home.refresh", "home.capture", "home.history", "incident.acknowledge", "incident.resolve"):
            assert button in ana.sees()


async def test_of_another_tab_nothing_is_published(redis: Redis, redis_url: str) -> None:
    async with office(redis, redis_url) as here:
        await here.slack.people.come_home(ANA, "messages")
        await Visitor(here, BO).comes()
        assert list(here.slack.ws.homes) == [BO]


async def test_a_guest_is_told_why_there_is_nothing(redis: Redis, redis_url: str) -> None:
    async with office(redis, redis_url) as here:
        here.people.standings[ANA] = Standing.GUEST
        ana = Visitor(here, ANA)
        await ana.comes()
        assert "Guests" in ana.sees()
        assert "svc-orders" not in ana.sees()


async def test_capture_does_what_the_command_does_and_says_so(redis: Redis, redis_url: str) -> None:
    async with visited(redis, redis_url) as ana:
        assert (await ana.presses("home.capture")).outcome == "acknowledged"
        assert ana.told().startswith("Capturing `svc-orders`")
        assert (await ana.here.house.queue.depth())["requests"] == 1


async def test_history_is_a_modal(redis: Redis, redis_url: str) -> None:
    async with visited(redis, redis_url) as ana:
        home = ana.here.slack.ws.homes[ANA]
        await ana.here.slack.people.click_in_view(ANA, home.id, "home.history", {})
        await ana.here.opened()
        assert ana.here.modal().view["title"]["text"] == "History"
        assert "There is no capture of `svc-orders` yet" in ana.here.shown()


async def test_acknowledge_is_done_and_told_in_the_home(redis: Redis, redis_url: str) -> None:
    async with visited(redis, redis_url) as ana:
        await ana.presses("incident.acknowledge")
        stands = await ana.here.stands()
        assert (stands.state, stands.owner) == (State.ACKNOWLEDGED, ANA)
        assert "Acknowledged" in ana.told()
        assert "incident.acknowledge" not in ana.sees()
        assert not ana.here.slack.ws.ephemerals


async def test_a_press_on_what_has_changed_is_told_how_it_stands(redis: Redis, redis_url: str) -> None:
    async with visited(redis, redis_url) as ana:
        await ana.here.click(Act.ACKNOWLEDGE, BO)
        await ana.presses("incident.acknowledge")
        assert ana.told().startswith("*Nothing was changed*")
        assert (await ana.here.stands()).owner == BO


async def test_permission_is_asked_at_the_press(redis: Redis, redis_url: str) -> None:
    async with visited(redis, redis_url) as ana:
        ana.here.people.standings[ANA] = Standing.GUEST
        await ana.presses("incident.resolve")
        assert "Guests" in ana.told()
        assert (await ana.here.stands()).state is State.OPEN


async def test_a_form_that_the_home_has_opened_ends_in_the_home(redis: Redis, redis_url: str) -> None:
    async with visited(redis, redis_url) as ana:
        before = ana.here.slack.ws.homes[ANA]
        await ana.here.slack.people.click_in_view(ANA, before.id, "incident.snooze", {})
        view_id = await ana.here.opened()
        await ana.here.slack.people.submit(ANA, view_id, {"seconds": {"seconds": "7200"}})
        await ana.here.until(lambda: ana.here.slack.ws.homes[ANA].hash != before.hash)
        assert ana.here.modal() is None
        assert "Snoozed" in ana.told()
        assert (await ana.here.stands()).state is State.SNOOZED


async def test_who_comes_takes_the_handoff_and_who_goes_has_no_button_for_it(redis: Redis, redis_url: str) -> None:
    turn = replace(rotation(), services=("svc-orders",))
    async with office(redis, redis_url, rotas=FakeRotas(rotations=(turn,))) as here:
        now = here.house.tools.now()
        found = replace(handoff(), channel=CHANNEL, at=now, drafted_at=now, until=now + 86_400)
        assert await here.house.tools.handoffs.commit(HandoffStep(None, found))
        ana, bo = Visitor(here, ANA), Visitor(here, BO)
        await ana.comes()
        await bo.comes()
        assert "Nobody has taken it yet" in ana.sees()
        assert "handoff.take" not in ana.sees()
        await bo.presses("handoff.take")
        taken = await here.house.tools.handoffs.get(found.id)
        assert taken is not None
        assert (taken.state, taken.taken_by) == (HandoffState.TAKEN, BO)
        assert bo.told().startswith("✅ *Taken over*")


async def test_a_copy_of_a_press_captures_once(redis: Redis, redis_url: str) -> None:
    async with visited(redis, redis_url) as ana:
        ana.here.slack.trouble.add(Detour(kind="interactive", copies=3))
        await ana.presses("home.capture")
        assert (await ana.here.house.queue.depth())["requests"] == 1
        assert ana.told().startswith("Capturing"), "a copy does not take the answer away"


async def test_without_redis_the_home_says_so_and_so_does_a_press() -> None:
    url = f"redis://127.0.0.1:{free_port()}/0"
    async with connect(url) as away, office(away, url, in_redis=False) as here:
        ana = Visitor(here, ANA)
        await ana.comes()
        assert "Redis is out of reach" in ana.sees()
        await ana.presses("home.refresh")
        assert "Redis is out of reach" in ana.sees()


async def test_a_home_that_slack_does_not_take_is_no_error(redis: Redis, redis_url: str) -> None:
    async with office(redis, redis_url) as here:
        here.slack.ws.app = replace(here.slack.ws.app, home_tab=False)
        await HomeTab(here.house.tools, here.house.slack).show(Person(ANA, "T0STANDIN", ""))
        assert not here.slack.ws.homes


async def test_opened_again_within_two_seconds_it_is_not_published_again(redis: Redis, redis_url: str) -> None:
    async with office(redis, redis_url) as here:
        clock = FakeClock()
        tab, ana = HomeTab(here.house.tools, here.house.slack, clock.now), Person(ANA, "T0STANDIN", "")

        async def shown(told: Slip | None = None) -> str:
            await (tab.show(ana, told) if told else tab.opened(ana))
            return here.slack.ws.homes[ANA].hash

        first = await shown()
        assert await shown() == first
        pressed = await shown(Slip("bug", ""))
        assert pressed != first, "an answer never waits"
        clock.time += FRESH_S
        assert await shown() != pressed


@pytest.mark.parametrize("value", ["", "../etc", "svc-orders", "a" * 99])
async def test_a_button_with_another_value_is_that_of_no_service(redis: Redis, redis_url: str, value: str) -> None:
    here = house(redis, redis_url, Spoken(), FakeHeaps())
    view = {"id": "V1", "type": "home", "private_metadata": ""}
    body = signed.click("home.capture", value, channel=None, container={"type": "view", "view_id": "V1"}, view=view)
    async with signed.client(signed.app(here)) as client:
        assert (await signed.send(client, body)).status_code == 200
    assert (await here.queue.depth())["requests"] == 0
