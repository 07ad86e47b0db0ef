"""What people do with an incident, end to end: buttons, modals, commands and mentions on a thread of alerts."""

import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.standin.records import Message, Modal
from tests.alerting.chain import ANA, BO, GUEST, STRANGER, Chain, chain, fire
from tests.alerting.place import Place
from tests.alerting.receiver import eventually

pytestmark = [pytest.mark.redis, pytest.mark.alertmanager, pytest.mark.asyncio(loop_scope="module")]

# Nobody answers there: what is tried is who may act, and who is called.
GUARDED: dict[str, object] = {
    "name": "svc-guarded",
    "instances": [{"url": "http://127.0.0.1:9/debug/pprof", "name": "svc-guarded-0"}],
    "channel": "C0SVCGUARDED",
    "match": ['service="svc-guarded"'],
    "allow": {"user_groups": ["S0ONCALL"]},
    "mention": ["S0ONCALL"],
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Chain]:
    folder = tmp_path_factory.mktemp("chain")
    async with chain(folder, places=5, peers=1, services=[GUARDED]) as here, here.both():
        yield here


@pytest.fixture
def place(town: Chain) -> Place:
    return next(town.places)


async def alerted(town: Chain, place: Place) -> Message:
    """The root of an incident whose captures are told."""
    await fire(town.peers, place.labels())
    root = await place.opened()
    await place.stands("live heap")
    return root


async def click(town: Chain, place: Place, act: str, user: str = ANA) -> None:
    delivery = await town.slack.people.click(place.channel, user, place.roots()[0].ts, f"incident.{act}")
    assert delivery.outcome == "acknowledged"


async def whispered(town: Chain, place: Place, user: str, words: str) -> None:
    """Waits until somebody alone is told so."""

    def told() -> bool:
        mine = (each for each in town.slack.ws.ephemerals if (each.channel, each.user) == (place.channel, user))
        return any(words in each.content.text for each in mine)

    await eventually(told, f"{user} is told {words}")


async def form(town: Chain, place: Place, act: str) -> Modal:
    """The modal behind a button, once there is something to fill in."""
    await click(town, place, act)
    await eventually(lambda: any("submit" in each.view for each in town.slack.ws.modals), f"the form of {act}")
    return town.slack.ws.modals[0]


async def submit(town: Chain, modal: Modal, **chosen: str) -> None:
    """Fills in what is named; the rest stays as it is offered."""
    values = {name: {name: value} for name, value in chosen.items()}
    delivery = await town.slack.people.submit(ANA, modal.id, values)
    assert delivery is not None
    assert delivery.outcome == "acknowledged"
    await eventually(lambda: not town.slack.ws.modals, "the modal is closed")


async def test_acknowledge_snooze_and_resolve(town: Chain, place: Place) -> None:
    await alerted(town, place)
    await click(town, place, "acknowledge")
    await place.stands("🟡 *Acknowledged*")
    assert f"Acknowledged by <@{ANA}>" in place.root
    await click(town, place, "resolve", STRANGER)
    await whispered(town, place, STRANGER, "Only members of mapstorm's own workspace")
    await click(town, place, "resolve", GUEST)
    await whispered(town, place, GUEST, "Guests of this workspace may not do this.")
    await submit(town, await form(town, place, "snooze"), seconds="7200")
    await place.stands("💤 *Snoozed*")
    await click(town, place, "resolve", BO)
    await place.stands("✅ *Resolved*")
    assert f"Resolved by <@{BO}>" in place.root


async def test_a_click_on_what_is_stale_is_told_how_it_stands(town: Chain, place: Place) -> None:
    """Bo's screen still shows the button that Ana has pressed."""
    root = await alerted(town, place)
    shown = root.content
    await click(town, place, "acknowledge")
    await place.stands("🟡 *Acknowledged*")
    await town.quiet()
    root.content = shown
    await click(town, place, "acknowledge", BO)
    await whispered(town, place, BO, f"Acknowledged by <@{ANA}>")
    await town.quiet()
    assert len([text for text in place.replies() if "*Acknowledged*" in text]) == 1


async def test_two_captures_compared_from_the_modal(town: Chain, place: Place) -> None:
    await alerted(town, place)
    await click(town, place, "capture", BO)
    await place.diagnosed(3)
    modal = await form(town, place, "compare")
    await submit(town, modal, instance=f"{place.name}-0", against="previous")
    await eventually(lambda: bool(place.replies("compared")), "a comparison in the thread")
    await town.quiet()
    assert [len(place.replies("summary")), len(place.replies("compared"))] == [3, 1]


async def test_a_silence_is_made_and_ended_from_the_thread(town: Chain, place: Place) -> None:
    await alerted(town, place)
    await submit(town, await form(town, place, "silence"), seconds="3600", comment="a release is on its way")
    await place.stands("Silenced in Alertmanager")
    (silence,) = await silences(town, place)
    assert {matcher["name"]: matcher["value"] for matcher in silence["matchers"]} == {
        "alertname": "HeapGrows",
        "service": place.name,
    }
    assert silence["comment"].startswith("a release is on its way http")
    assert place.channel in silence["comment"], "a link to the thread"
    await click(town, place, "unsilence", BO)
    await place.told("The silence in Alertmanager was ended")
    assert await silences(town, place) == []


async def silences(town: Chain, place: Place) -> list[dict[str, object]]:
    """Those of a service that hold, as amtool tells them."""
    asked = "--output=json", "silence", "query", f"service={place.name}"
    found: list[dict[str, object]] = json.loads(await town.peers[0].amtool(*asked))
    return found


async def test_commands_and_mentions(town: Chain, place: Place) -> None:
    root = await alerted(town, place)
    people = town.slack.people
    await people.type(place.channel, ANA, f"/mapstorm incidents {place.name}")
    await whispered(town, place, ANA, "*1 open incident* of")
    await people.type(place.channel, GUEST, f"<@{town.slack.ws.app.user_id}> ack", thread_ts=root.ts)
    await whispered(town, place, GUEST, "Guests of this workspace may not do this.")
    await people.type(place.channel, BO, f"<@{town.slack.ws.app.user_id}> ack", thread_ts=root.ts)
    await place.stands(f"Acknowledged by <@{BO}>")
    await whispered(town, place, BO, "*Acknowledged*")
    await people.type(place.channel, ANA, "/mapstorm snooze 30m")
    await place.stands("💤 *Snoozed*")
    await people.type(place.channel, ANA, "/mapstorm resolve")
    await place.stands("✅ *Resolved*")
    await people.type(place.channel, BO, f"/mapstorm incidents {place.name}")
    await whispered(town, place, BO, "No open incident")


async def test_only_who_is_on_call_may_act_and_is_called_once(town: Chain) -> None:
    place = Place("svc-guarded", town.slack, town.gate)
    await fire(town.peers, place.labels())
    root = await place.opened()
    assert "<!subteam^S0ONCALL>" in json.dumps(root.content.blocks)
    await click(town, place, "acknowledge", BO)
    await whispered(town, place, BO, "The registry does not list you for this service")
    assert "*Firing*" in place.root
    await click(town, place, "acknowledge", ANA)
    await place.stands(f"Acknowledged by <@{ANA}>")
    assert "S0ONCALL" not in json.dumps(root.content.blocks), "an edit calls nobody"
