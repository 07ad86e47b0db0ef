"""Buttons and modals of an incident, from the stand-in for Slack through real Bolt and back."""

import asyncio
from dataclasses import replace

import pytest
from redis.asyncio import Redis

from bot.redis_client import connect
from bot.redis_server import free_port
from bot.socket_mode import connected
from handlers.incident import Act, Event, Incident, State
from handlers.ports import Standing
from handlers.step import Step
from tests.bot import slack as signed
from tests.bot.house import FakeHeaps, Spoken, house
from tests.bot.office import ANA, BO, Office, kept, office
from tests.fakes import FakePeople

pytestmark = pytest.mark.redis


async def resolved_meanwhile(here: Office) -> Incident:
    before = await here.stands()
    after = replace(before, state=State.RESOLVED, resolved_at=1.7e9 + 600, version=before.version + 1)
    assert await here.house.tools.incidents.commit(Step(before, after))
    return after


async def test_a_click_changes_the_incident_before_it_is_acknowledged(redis: Redis, redis_url: str) -> None:
    async with office(redis, redis_url) as here:
        delivery = await here.click(Act.ACKNOWLEDGE)
        assert delivery.outcome == "acknowledged"
        stands = await here.stands()
        assert (stands.state, stands.owner) == (State.ACKNOWLEDGED, ANA)
        assert stands.timeline[-1].event is Event.ACKNOWLEDGED
        assert not here.slack.ws.ephemerals, "what was done stands in the thread"


async def test_a_click_on_a_stale_message_is_told_how_it_stands(redis: Redis, redis_url: str) -> None:
    async with office(redis, redis_url) as here:
        await here.click(Act.ACKNOWLEDGE)
        delivery = await here.click(Act.ACKNOWLEDGE, BO)
        assert delivery.outcome == "acknowledged"
        told = await here.whisper()
        assert told.startswith("*Nothing was changed*")
        assert f"Acknowledged by <@{ANA}>" in told
        assert here.slack.ws.ephemerals[0].user == BO
        assert (await here.stands()).owner == ANA


async def test_permission_is_asked_at_the_click(redis: Redis, redis_url: str) -> None:
    async with office(redis, redis_url) as here:
        here.people.standings[BO] = Standing.GUEST
        await here.click(Act.RESOLVE, BO)
        assert "Guests" in await here.whisper()
        assert (await here.stands()).state is State.OPEN


async def test_a_modal_from_the_click_to_the_change(redis: Redis, redis_url: str) -> None:
    async with office(redis, redis_url) as here:
        view_id = await here.form(Act.SNOOZE)
        await here.slack.people.submit(ANA, view_id, {"seconds": {"seconds": "7200"}})
        assert here.modal() is None, "it is closed"
        stands = await here.stands()
        assert stands.state is State.SNOOZED
        assert stands.snoozed_until is not None
        assert abs(stands.snoozed_until - stands.timeline[-1].at - 7200) < 1


class BrokenPeople(FakePeople):
    async def standing(self, user: str, team: str) -> Standing:
        raise ZeroDivisionError


async def test_a_bug_does_not_leave_a_modal_empty(redis: Redis, redis_url: str) -> None:
    async with office(redis, redis_url, people=BrokenPeople()) as here:
        await here.form(Act.SNOOZE)
        assert "this is a bug" in here.shown()


async def test_a_form_that_cannot_be_filled_in_says_why(redis: Redis, redis_url: str) -> None:
    async with office(redis, redis_url) as here:
        await here.form(Act.SILENCE)
        assert "no Alertmanager" in here.shown()
        assert "submit" not in here.modal().view


async def test_a_submission_that_is_refused_says_so_in_the_modal(redis: Redis, redis_url: str) -> None:
    async with office(redis, redis_url) as here:
        view_id = await here.form(Act.SNOOZE)
        await resolved_meanwhile(here)
        await here.slack.people.submit(ANA, view_id, {})
        assert here.shown().startswith("*Nothing was changed*")
        assert "Resolved" in here.shown()


class SlowPeople(FakePeople):
    """Says who somebody is when `gate` is open."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = asyncio.Event()
        self.gate.set()

    async def standing(self, user: str, team: str) -> Standing:
        await self.gate.wait()
        return await super().standing(user, team)


async def test_a_submission_that_takes_long_is_answered_later(redis: Redis, redis_url: str) -> None:
    people = SlowPeople()
    async with office(redis, redis_url, people=people) as here:
        view_id = await here.form(Act.SNOOZE)
        people.gate.clear()
        delivery = await here.slack.people.submit(ANA, view_id, {})
        assert delivery is not None
        assert delivery.outcome == "acknowledged"
        assert here.shown() == "⏳ One moment…"
        people.gate.set()
        await here.until(lambda: "Snoozed" in here.shown())
        assert (await here.stands()).state is State.SNOOZED


async def test_with_redis_away_a_click_is_answered_visibly() -> None:
    url = f"redis://127.0.0.1:{free_port()}/0"
    async with connect(url) as away, office(away, url, in_redis=False) as here:
        delivery = await here.click(Act.ACKNOWLEDGE)
        assert delivery.outcome == "acknowledged"
        assert "Redis is out of reach" in await here.whisper()
        await here.form(Act.SNOOZE)
        assert "Redis is out of reach" in here.shown()


async def test_over_socket_mode_it_is_the_same(redis: Redis, redis_url: str) -> None:
    async with office(redis, redis_url) as here:
        here.slack.transport.bot_url = None
        async with connected(signed.bolt(here.house), here.slack.credentials.app_token, here.slack.api_url):
            await here.until(lambda: here.slack.sockets.open)
            assert (await here.click(Act.ACKNOWLEDGE)).outcome == "acknowledged"
            await here.form(Act.SNOOZE)
        assert (await here.stands()).state is State.ACKNOWLEDGED


@pytest.mark.parametrize("value", ["", "k3m9x2ab", "k3m9x2ab.", "k3m9x2ab.x", "../etc", "K3.1", "a" * 99 + ".1", "é.1"])
async def test_a_button_with_another_value_is_that_of_no_incident(redis: Redis, redis_url: str, value: str) -> None:
    here = house(redis, redis_url, Spoken(), FakeHeaps())
    async with signed.client(signed.app(here)) as client:
        answer = await signed.send(client, signed.click("incident.acknowledge", value))
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize("values", [None, [], {"seconds": 3}, {"seconds": {"seconds": {"selected_option": None}}}])
async def test_a_form_with_other_fields_is_refused_in_the_modal(redis: Redis, redis_url: str, values: object) -> None:
    here = house(redis, redis_url, Spoken(), FakeHeaps())
    told = await kept(here)
    async with signed.client(signed.app(here)) as client:
        answer = (await signed.send(client, signed.submission("incident.snooze", told.id, values))).json()
    assert answer["response_action"] == "update"
    assert answer["view"]["private_metadata"] == told.id
    stands = await here.tools.incidents.get(told.id)
    assert stands == told


async def test_buttons_of_others_are_taken_note_of(redis: Redis, redis_url: str) -> None:
    here = house(redis, redis_url, Spoken(), FakeHeaps())
    async with signed.client(signed.app(here)) as client:
        assert (await signed.send(client, signed.click("incident.destroy", "k3m9x2ab.1"))).status_code == 200
