"""What the asker alone gets to read: dialogs, asserted on notes and not on words."""

from dataclasses import replace

import pytest

from analyzers.errors import MapstormError
from handlers import claims
from handlers.answer import answer, chosen
from handlers.claims import CLAIMS
from handlers.errors import OutageError, UnknownInstance
from handlers.incident import Act, Event, Incident, State
from handlers.incident_notes import Acted, IncidentList, StandsSo
from handlers.notes import Accepted, ClaimList, Explanation, Forgotten, Help, History, Note, ServiceList, Slip
from handlers.ports import Standing
from handlers.records import Allow, Capture, Person, Remembered, Request, Thread
from handlers.report import Raw, Report
from tests.bot.records import diagnosis
from tests.fakes import ORDERS, FakeReports, Fakes
from tests.handlers.incidents.story import SERVICE, Story, firing

ANA = Person("U024BE7LH", "T0001", ORDERS.channel)


async def ask(fakes: Fakes, text: str, who: Person = ANA, thread: Thread | None = None) -> Note:
    return await answer(fakes.tools, text, who=who, request_id="r1", thread=thread)


@pytest.mark.parametrize(
    ("they_say", "we_note"),
    [
        ("", Help()),
        ("help", Help()),
        ("services", ServiceList((ORDERS,))),
        ("capture svc-orders", Accepted(ORDERS, ("orders-0",))),
        ("capture svc-orders orders-1", Accepted(ORDERS, ("orders-1",))),
        ("capture svc-orders all", Accepted(ORDERS, ("orders-0", "orders-1"))),
        ("capture svc-orders ALL", Accepted(ORDERS, ("orders-0", "orders-1"))),
        ("capture svc-ordres", Slip("unknown_service", "svc-ordres", ("svc-orders",))),
        ("capture payments", Slip("unknown_service", "payments")),
        ("capture svc-orders orders-2", Slip("unknown_instance", "orders-2", ("orders-1", "orders-0"))),
        ("capture svc-orders xyz", Slip("unknown_instance", "xyz", ("orders-0", "orders-1"))),
        ("capture", Slip("wrong_usage", "capture")),
        ("history svc-orders", History(ORDERS, ())),
        ("forget", Slip("wrong_usage", "forget")),
        ("forget r1.orders-0", Slip("unknown_capture", "r1.orders-0")),
        ("history nobody", Slip("unknown_service", "nobody")),
        ("captrue svc-orders", Slip("unknown_command", "captrue", ("capture",))),
        ("explain", ClaimList(CLAIMS)),
        ("explain evacuate", Explanation(claims.find("evacuate"))),
        ("explain “ok == false”", Explanation(claims.find("ok"))),
        ("explain SYNC MAP", Explanation(claims.find("sync.Map"))),
        ("explain evacuat", Slip("unknown_claim", "evacuat", ("evacuate",))),
        ("explain the weather", Slip("unknown_claim", "the weather")),
    ],
)
async def test_a_dialog(fakes: Fakes, they_say: str, we_note: Note) -> None:
    said = await ask(fakes, they_say)
    if isinstance(said, Slip) and isinstance(we_note, Slip):
        assert set(said.nearest) == set(we_note.nearest)
        said, we_note = said._replace(nearest=()), we_note._replace(nearest=())
    assert said == we_note
    assert (fakes.queue.requests != {}) is isinstance(we_note, Accepted)


async def test_a_capture_is_on_the_queue_before_it_is_confirmed(fakes: Fakes) -> None:
    await ask(fakes, "capture svc-orders all")
    (request,) = fakes.queue.requests.values()
    assert (request.service, request.instances) == ("svc-orders", ("orders-0", "orders-1"))
    assert (request.asked_by, request.requested_at) == ("U024BE7LH", fakes.clock.time)


async def test_the_same_command_delivered_twice_is_one_request(fakes: Fakes) -> None:
    await ask(fakes, "capture svc-orders")
    fakes.clock.time += 3
    await ask(fakes, "capture svc-orders")
    assert len(fakes.queue.requests) == 1


@pytest.mark.parametrize("error", [OutageError("redis"), MapstormError("odd")])
async def test_an_outage_is_told_and_not_confirmed(fakes: Fakes, error: MapstormError) -> None:
    fakes.queue.fails = error
    assert await ask(fakes, "capture svc-orders") == Slip(error.reason, error.detail)


async def test_history_lists_what_was_remembered(fakes: Fakes) -> None:
    fakes.snapshots.lines = (Remembered(1.0, "orders-0", "growth_storm", "catalog.go:64", 1e6),)
    assert await ask(fakes, "history svc-orders") == History(ORDERS, fakes.snapshots.lines, is_drawn=True)


KEPT = Capture("r1.orders-1", Request("r1", "svc-orders", ("orders-1",), 1000.0, "U0BEN"), "orders-1")


async def kept(fakes: Fakes) -> None:
    await fakes.reports.put(ORDERS, Report(KEPT, diagnosis()), Raw(b"text"))


async def test_a_capture_is_forgotten_once(fakes: Fakes) -> None:
    await kept(fakes)
    assert await ask(fakes, "forget r1.orders-1") == Forgotten(ORDERS, "orders-1", "r1.orders-1")
    assert fakes.reports.kept == fakes.reports.bytes == {}
    assert await ask(fakes, "forget r1.orders-1") == Slip("unknown_capture", "r1.orders-1")
    assert fakes.outbox.puts == []


async def test_a_capture_is_forgotten_by_those_who_may_capture_its_service(fakes: Fakes) -> None:
    await kept(fakes)
    fakes.registry.services["svc-orders"] = replace(ORDERS, allow=Allow(("U0BEN",), ()))
    assert await ask(fakes, "forget r1.orders-1") == Slip("not_allowed", "svc-orders")
    assert fakes.reports.kept.keys() == {"r1.orders-1"}
    fakes.registry.services["svc-orders"] = replace(ORDERS, allow=Allow((ANA.user,), ()))
    assert isinstance(await ask(fakes, "forget r1.orders-1"), Forgotten)


@pytest.mark.parametrize("standing", [Standing.GUEST, Standing.STRANGER])
async def test_others_are_not_even_told_whether_it_is_there(fakes: Fakes, standing: Standing) -> None:
    await kept(fakes)
    fakes.people.standings = {ANA.user: standing}
    for name in ("r1.orders-1", "r9.nothing"):
        assert await ask(fakes, f"forget {name}") == Slip(standing.value, "")
    assert fakes.reports.kept.keys() == {"r1.orders-1"}


async def test_what_is_kept_of_a_service_that_is_gone_can_be_forgotten(fakes: Fakes) -> None:
    await kept(fakes)
    fakes.registry.services.clear()
    assert isinstance(await ask(fakes, "forget r1.orders-1"), Forgotten)


class FromAnotherRelease(FakeReports):
    """Cannot read what was found."""

    async def get(self, capture_id: str) -> Report | None:
        return None

    async def capture(self, capture_id: str) -> Capture | None:
        return self.kept[capture_id].capture if capture_id in self.kept else None


async def test_what_another_release_kept_can_be_forgotten(fakes: Fakes) -> None:
    await kept(fakes)
    reports = FromAnotherRelease(fakes.reports.kept, fakes.reports.bytes)
    said = await answer(replace(fakes.tools, reports=reports), "forget r1.orders-1", who=ANA, request_id="r9")
    assert said == Forgotten(ORDERS, "orders-1", "r1.orders-1")
    assert reports.kept == {}


async def test_an_outage_forgets_nothing_and_says_so(fakes: Fakes) -> None:
    fakes.reports.fails = OutageError("redis")
    assert await ask(fakes, "forget r1.orders-1") == Slip("outage", "redis")


def test_an_instance_is_chosen_by_its_name_however_it_is_typed() -> None:
    assert chosen(ORDERS, None) == ("orders-0",)
    assert chosen(ORDERS, "ORDERS-1") == ("orders-1",)
    with pytest.raises(UnknownInstance):
        chosen(ORDERS, "orders")


# Who asks

ASKED = ("help", "services", "explain", "history svc-orders", "incidents", "capture svc-orders", "ack", "resolve")


@pytest.mark.parametrize(("standing", "heard"), [(Standing.GUEST, 3), (Standing.STRANGER, 1), (Standing.MEMBER, 6)])
async def test_help_is_for_everybody_what_is_true_for_guests_and_the_rest_for_members(
    fakes: Fakes, standing: Standing, heard: int
) -> None:
    fakes.people.standings = {ANA.user: standing}
    said = [await ask(fakes, text) for text in ASKED]
    refused = Slip("nothing_open", "") if standing is Standing.MEMBER else Slip(standing.value, "")
    assert said[heard:] == [refused] * (len(ASKED) - heard)
    assert not any(isinstance(note, Slip) for note in said[:heard])
    assert (fakes.queue.requests != {}) is (standing is Standing.MEMBER)


async def test_a_capture_is_for_those_whom_the_registry_lists(fakes: Fakes) -> None:
    fakes.registry.services["svc-orders"] = replace(ORDERS, allow=Allow(("U0BEN",), ("S0ORDERS",)))
    assert await ask(fakes, "capture svc-orders") == Slip("not_allowed", "svc-orders")
    assert fakes.queue.requests == {}
    fakes.people.groups = {"S0ORDERS": {ANA.user}}
    assert isinstance(await ask(fakes, "capture svc-orders"), Accepted)


async def test_where_nobody_says_who_asks_only_help_is_given(fakes: Fakes) -> None:
    fakes.people.fails = OutageError("slack")
    assert [await ask(fakes, text) for text in ASKED] == [Help(), *[Slip("outage", "slack")] * (len(ASKED) - 1)]


# Incidents


@pytest.fixture
async def story() -> Story:
    story = Story()
    await story.hear(firing("orders-0", story.begin))
    return story


async def other(story: Story, channel: str) -> Incident:
    """One more that is open, of another group."""
    known = await story.incident()
    group = known.group._replace(group_key="another")
    made = replace(known, id="another2", group=group, channel=channel, opened_at=known.opened_at + 1)
    story.fakes.incidents.kept[made.id] = made
    return made


async def test_open_incidents_are_listed_with_their_threads(story: Story) -> None:
    known, newer = await story.incident(), await other(story, "C0ELSE")
    linked = (known, f"https://slack.example.com/{known.id}")
    assert await ask(story.fakes, "incidents") == IncidentList(None, ((newer, None), linked))
    assert await ask(story.fakes, "incidents svc-orders") == IncidentList(SERVICE, ((newer, None), linked))
    assert isinstance(await ask(story.fakes, "incidents svc-ordres"), Slip)
    await ask(story.fakes, f"resolve {known.id}")
    assert await ask(story.fakes, "incidents") == IncidentList(None, ((newer, None),))


@pytest.mark.parametrize(
    ("text", "state"),
    [("ack", State.ACKNOWLEDGED), ("snooze 2h", State.SNOOZED), ("resolve", State.RESOLVED)],
)
async def test_the_only_incident_of_the_channel_is_meant(story: Story, text: str, state: State) -> None:
    await other(story, "C0ELSE")
    said = await ask(story.fakes, text)
    incident = await story.incident()
    assert said == Acted(incident, incident.timeline[-1])
    assert (incident.state, incident.timeline[-1].who) == (state, ANA.user)
    if state is State.SNOOZED:
        assert incident.snoozed_until == story.fakes.clock.time + 7200


async def test_in_a_thread_its_incident_is_meant(story: Story) -> None:
    newer = await other(story, ORDERS.channel)
    thread = Thread(ORDERS.channel, "1700000000.000100")
    story.fakes.outbox.threads[thread] = newer.id
    assert isinstance(await ask(story.fakes, "ack", thread=thread), Acted)
    assert story.fakes.incidents.kept[newer.id].state is State.ACKNOWLEDGED
    assert (await story.incident()).state is State.OPEN


async def test_in_the_thread_of_a_capture_the_channels_incident_is_meant(story: Story) -> None:
    thread = Thread(ORDERS.channel, "1700000000.000100")
    story.fakes.outbox.threads[thread] = "r77"
    assert isinstance(await ask(story.fakes, "ack", thread=thread), Acted)


async def test_in_an_incidents_thread_a_capture_is_its_capture_again(story: Story) -> None:
    known, thread = await story.incident(), Thread(ORDERS.channel, "1700000000.000100")
    assert await ask(story.fakes, "capture") == Slip("wrong_usage", "capture")
    assert await ask(story.fakes, "capture", thread=thread) == Slip("wrong_usage", "capture")
    story.fakes.outbox.threads[thread] = known.id
    said = await ask(story.fakes, "capture", thread=thread)
    incident = await story.incident()
    assert said == Acted(incident, incident.timeline[-1])
    assert (incident.timeline[-1].event, incident.timeline[-1].detail) == (Event.CAPTURED, "orders-0")
    assert incident.requests == known.requests + 1


async def test_of_several_the_ids_are_told(story: Story) -> None:
    known, newer = await story.incident(), await other(story, ORDERS.channel)
    assert await ask(story.fakes, "ack") == Slip("several_open", "", (newer.id, known.id))
    assert isinstance(await ask(story.fakes, f"ack {known.id.upper()}"), Acted)


async def test_a_channel_that_is_registered_by_its_name_has_its_ids_told(story: Story) -> None:
    known = await story.incident()
    story.fakes.incidents.kept[known.id] = replace(known, channel="#orders")
    assert await ask(story.fakes, "ack") == Slip("nothing_open", "", (known.id,))
    assert isinstance(await ask(story.fakes, f"ack {known.id}"), Acted)


async def test_the_same_act_again_is_told_how_it_stands(story: Story) -> None:
    await ask(story.fakes, "ack")
    incident = await story.incident()
    assert await ask(story.fakes, "ack") == StandsSo(incident, Act.ACKNOWLEDGE)
    assert await ask(story.fakes, "ack nosuchid") == Slip("unknown_incident", "nosuchid", (incident.id,))
    assert await ask(story.fakes, "snooze 9999d") == Slip("bad_span", "")
