"""What Slack delivers twice, each copy signed anew: clicks, events and commands are done once."""

import asyncio

import pytest
from redis.asyncio import Redis

from bot.standin.fault import Detour
from handlers.incident import Act, Event
from tests.bot import slack as signed
from tests.bot.house import FakeHeaps, Spoken, house
from tests.bot.office import kept, office

pytestmark = pytest.mark.redis


async def test_rule_6_event_id_and_trigger_id_are_handled_once(redis: Redis, redis_url: str) -> None:
    here = house(redis, redis_url, Spoken(), FakeHeaps())
    told = await kept(here)
    bodies = [
        signed.click("incident.capture", f"{told.id}.1", "1.2.same"),
        signed.mention("capture svc-orders", "Ev0SAME"),
        signed.command("capture svc-orders", "1.2.typed"),
    ]
    async with signed.client(signed.app(here)) as client:
        for body in bodies:
            for copy in range(3):
                assert (await signed.send(client, body, copy)).status_code == 200
    stands = await here.tools.incidents.get(told.id)
    assert stands is not None
    assert [entry.event for entry in stands.timeline].count(Event.CAPTURED) == 1
    assert (await here.queue.depth())["requests"] == 3, "one of each"


async def test_two_copies_of_a_click_at_the_same_time_are_one(redis: Redis, redis_url: str) -> None:
    here = house(redis, redis_url, Spoken(), FakeHeaps())
    told = await kept(here)
    body = signed.click("incident.capture", f"{told.id}.1")
    async with signed.client(signed.app(here)) as client:
        answers = await asyncio.gather(*(signed.send(client, body, copy) for copy in range(5)))
    assert {answer.status_code for answer in answers} == {200}
    assert (await here.queue.depth())["requests"] == 1


async def test_a_copy_of_a_click_opens_no_second_modal(redis: Redis, redis_url: str) -> None:
    async with office(redis, redis_url) as here:
        here.slack.trouble.add(Detour(kind="interactive", copies=3))
        await here.form(Act.SNOOZE)
        assert len(here.slack.ws.modals) == 1
