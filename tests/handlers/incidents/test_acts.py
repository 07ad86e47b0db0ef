"""What people do: who may, what a stale click is answered, what each act leaves behind."""

from dataclasses import replace

import pytest

from analyzers.errors import MapstormError
from analyzers.examine import examine
from handlers.alert import Notification, Origin
from handlers.errors import OutageError
from handlers.incident import HOUR_AGO, PREVIOUS, WEEK_AGO, Act, Event, Filled, Incident, State
from handlers.incident_notes import Acted, Compared, CompareForm, SilenceForm, SnoozeForm, StandsSo
from handlers.incidents import receive
from handlers.incidents.acts import act, form
from handlers.incidents.offered import acts_of
from handlers.notes import Slip
from handlers.ports import Standing
from handlers.records import Allow, Capture, Person, Remembered, Request, Trigger
from tests.analyzers.recordings import Recording
from tests.handlers.incidents.story import ANA, BEN, SERVICE, Story, firing, over, told

A = "orders-0"
EVERY = tuple(Act)


@pytest.fixture
async def story() -> Story:
    story = Story()
    await story.hear(firing(A, story.begin + 5))
    return story


async def do(story: Story, wanted: Act, who: Person = ANA, at_version: int | None = None, **added: object) -> object:
    filled = Filled(**added)  # type: ignore[arg-type]
    return await act(story.fakes.tools, (await story.incident()).id, wanted, who, at_version, filled)


# Who may


@pytest.mark.parametrize("standing", [Standing.GUEST, Standing.STRANGER])
@pytest.mark.parametrize("wanted", EVERY)
async def test_guests_and_strangers_never_act_whatever_is_listed(story: Story, standing: Standing, wanted: Act) -> None:
    story.fakes.people.standings = {ANA.user: standing}
    story.register(replace(SERVICE, allow=Allow((ANA.user,), ())))
    before = await story.incident()
    assert await do(story, wanted, seconds=3600) == Slip(standing.value, "")
    assert await form(story.fakes.tools, before.id, wanted, ANA) == Slip(standing.value, "")
    assert await story.incident() == before
    assert story.fakes.silences.made == {}


@pytest.mark.parametrize(
    ("allow", "may"),
    [
        (None, True),
        (Allow((), ()), True),
        (Allow((ANA.user,), ()), True),
        (Allow((), ("S0ORDERS",)), True),
        (Allow((BEN.user,), ("S0ORDERS",)), True),
        (Allow((BEN.user,), ()), False),
        (Allow((), ("S0OTHERS",)), False),
    ],
)
async def test_who_is_listed_may(story: Story, allow: Allow | None, may: bool) -> None:
    story.fakes.people.groups = {"S0ORDERS": {ANA.user}}
    story.register(replace(SERVICE, allow=allow))
    said = await do(story, Act.ACKNOWLEDGE)
    assert said == Slip("not_allowed", SERVICE.name) if not may else isinstance(said, Acted)


async def test_permission_is_asked_at_the_click(story: Story) -> None:
    assert isinstance(await do(story, Act.ACKNOWLEDGE), Acted)
    story.register(replace(SERVICE, allow=Allow((BEN.user,), ())))
    assert await do(story, Act.RESOLVE) == Slip("not_allowed", SERVICE.name)


@pytest.mark.parametrize("error", [OutageError("slack"), MapstormError("odd")])
async def test_where_nobody_says_who_it_is_nothing_is_done(story: Story, error: MapstormError) -> None:
    story.fakes.people.fails = error
    before = await story.incident()
    assert await do(story, Act.RESOLVE) == Slip(error.reason, error.detail)
    assert await story.incident() == before


async def test_an_unknown_incident_is_said_to_be_so_with_those_of_the_channel(story: Story) -> None:
    known = await story.incident()
    said = await act(story.fakes.tools, "nosuchid", Act.RESOLVE, ANA)
    assert said == Slip("unknown_incident", "nosuchid", (known.id,))
    elsewhere = ANA._replace(channel="C0ELSE")
    assert await act(story.fakes.tools, "nosuchid", Act.RESOLVE, elsewhere) == Slip("unknown_incident", "nosuchid")


async def test_what_is_only_remembered_is_no_incident() -> None:
    story = Story()
    remembered = await story.hear(over(A, story.begin, story.begin + 1))
    assert await act(story.fakes.tools, remembered.id, Act.CAPTURE, ANA) == Slip("unknown_incident", remembered.id)


# What it leaves behind


@pytest.mark.parametrize(
    ("wanted", "state", "event"),
    [
        (Act.ACKNOWLEDGE, State.ACKNOWLEDGED, Event.ACKNOWLEDGED),
        (Act.SNOOZE, State.SNOOZED, Event.SNOOZED),
        (Act.RESOLVE, State.RESOLVED, Event.RESOLVED),
        (Act.CAPTURE, State.OPEN, Event.CAPTURED),
        (Act.SILENCE, State.OPEN, Event.SILENCED),
    ],
)
async def test_every_act_ends_in_the_timeline_with_who_and_when(
    story: Story, wanted: Act, state: State, event: Event
) -> None:
    before = await story.incident()
    said = await do(story, wanted, seconds=3600)
    after = await story.incident()
    assert (after.state, after.version) == (state, before.version + 1)
    assert after.timeline[:-1] == before.timeline
    entry = after.timeline[-1]
    assert (entry.event, entry.who, entry.at) == (event, ANA.user, story.fakes.clock.time)
    assert said == Acted(after, entry)
    assert story.fakes.outbox.roots[after.id].version == after.version
    assert story.events() == [event]


@pytest.mark.parametrize("wanted", [wanted for wanted in Act if wanted is not Act.COMPARE])
async def test_rule_6_an_act_that_comes_twice_is_done_once(story: Story, wanted: Act) -> None:
    if wanted is Act.UNSILENCE:
        await do(story, Act.SILENCE, seconds=3600)
    await do(story, wanted, seconds=3600)
    once, requests, silences = await story.incident(), story.requests(), dict(story.fakes.silences.made)
    story.fakes.clock.time += 1
    assert isinstance(await do(story, wanted, seconds=3600), StandsSo)
    assert (await story.incident(), story.requests(), story.fakes.silences.made) == (once, requests, silences)


async def test_an_acknowledgement_ends_a_snooze(story: Story) -> None:
    await do(story, Act.SNOOZE, seconds=3600)
    await do(story, Act.ACKNOWLEDGE, BEN)
    after = await story.incident()
    assert (after.state, after.owner, after.snoozed_until) == (State.ACKNOWLEDGED, BEN.user, None)


@pytest.mark.parametrize("wanted", [Act.SNOOZE, Act.SILENCE])
@pytest.mark.parametrize("seconds", [None, 0, -5, 59, 8 * 86_400, float("inf"), float("nan")])
async def test_a_span_that_cannot_be_meant_is_refused(story: Story, wanted: Act, seconds: float | None) -> None:
    before = await story.incident()
    assert await do(story, wanted, seconds=seconds) == Slip("bad_span", "")
    assert await story.incident() == before


async def test_a_resolve_by_hand_captures_to_compare_with(story: Story) -> None:
    await do(story, Act.RESOLVE)
    asked = story.requests()[-1]
    assert (asked.trigger, asked.instances, asked.asked_by) == (Trigger.RESOLVED, (A,), ANA.user)


async def test_a_capture_is_asked_for_once_however_impatiently(story: Story) -> None:
    await do(story, Act.CAPTURE)
    story.fakes.clock.time += 2
    assert isinstance(await do(story, Act.CAPTURE), StandsSo)
    assert [asked.trigger for asked in story.requests()] == [Trigger.ALERT, Trigger.AGAIN]
    story.fakes.clock.time += 60
    assert isinstance(await do(story, Act.CAPTURE, instance="orders-3"), Acted)
    assert story.requests()[-1].instances == ("orders-3",)


async def test_rule_10_an_instance_that_is_not_registered_is_never_asked(story: Story) -> None:
    said = await do(story, Act.CAPTURE, instance="http://169.254.169.254/")
    assert isinstance(said, Slip)
    assert said.reason == "unknown_instance"
    assert len(story.requests()) == 1


# Stale clicks


async def test_a_click_on_a_message_that_shows_another_state_is_answered_with_how_it_stands(story: Story) -> None:
    shown = (await story.incident()).version
    await do(story, Act.ACKNOWLEDGE, BEN, at_version=shown)
    after = await story.incident()
    for wanted in (Act.ACKNOWLEDGE, Act.SNOOZE, Act.RESOLVE):
        assert await do(story, wanted, at_version=shown, seconds=3600) == StandsSo(after, wanted)
    assert await story.incident() == after
    assert isinstance(await do(story, Act.SNOOZE, at_version=after.version, seconds=3600), Acted)


async def test_a_message_that_only_lacks_an_alert_is_not_stale(story: Story) -> None:
    shown = (await story.incident()).version
    await story.hear(firing(A, story.begin + 5), firing("orders-1", story.begin + 15))
    assert isinstance(await do(story, Act.ACKNOWLEDGE, at_version=shown), Acted)


async def test_of_two_who_click_at_once_one_is_told_who_was_first(story: Story) -> None:
    story.fakes.incidents.beaten = 3
    assert isinstance(await do(story, Act.ACKNOWLEDGE), Acted)
    assert await do(story, Act.ACKNOWLEDGE, BEN) == StandsSo(await story.incident(), Act.ACKNOWLEDGE)
    assert (await story.incident()).owner == ANA.user


async def test_somebody_who_is_always_beaten_is_told_to_try_again(story: Story) -> None:
    story.fakes.incidents.beaten = 999
    assert await do(story, Act.ACKNOWLEDGE) == Slip("outage", "incident")


# Silences


async def test_a_silence_has_the_groups_matchers_and_a_link_to_the_thread(story: Story) -> None:
    incident = await story.incident()
    await do(story, Act.SILENCE, seconds=7200, comment="deploy at four")
    ((matchers, until, comment),) = story.fakes.silences.made.values()
    assert matchers == (("alertname", "MemoryHigh"), ("service", "orders"))
    assert until == story.fakes.clock.time + 7200
    assert comment == f"deploy at four https://slack.example.com/{incident.id}"
    after = await story.incident()
    assert after.silence is not None
    assert (after.silence.by, after.state) == (ANA.user, State.OPEN)
    assert isinstance(await do(story, Act.SILENCE, seconds=7200), StandsSo)


async def test_a_silence_is_ended_from_the_thread(story: Story) -> None:
    await do(story, Act.SILENCE, seconds=7200)
    assert isinstance(await do(story, Act.UNSILENCE, BEN), Acted)
    after = await story.incident()
    assert (after.silence, story.fakes.silences.made) == (None, {})
    assert isinstance(await do(story, Act.UNSILENCE), StandsSo)


async def test_a_silence_that_ran_out_can_be_made_again(story: Story) -> None:
    await do(story, Act.SILENCE, seconds=7200)
    story.fakes.clock.time += 7201
    assert isinstance(await do(story, Act.SILENCE, seconds=7200), Acted)


@pytest.mark.parametrize("labels", [{}, {"alertname": ""}])
async def test_a_silence_of_everything_is_refused(labels: dict[str, str]) -> None:
    story = Story()
    await receive.take(story.fakes.tools, told(firing(A, story.begin))._replace(group_labels=labels))
    incident = await worked(story, told(firing(A, story.begin)))
    assert await act(story.fakes.tools, incident.id, Act.SILENCE, ANA, None, Filled(3600)) == Slip(
        "no_group_labels", ""
    )
    assert await form(story.fakes.tools, incident.id, Act.SILENCE, ANA) == Slip("no_group_labels", "")
    assert story.fakes.silences.made == {}


async def worked(story: Story, said: Notification) -> Incident:
    group = next(iter(story.fakes.inbox.parts))
    assert group.origin is said.origin
    await receive.work(story.fakes.tools, group)
    (incident,) = story.fakes.incidents.kept.values()
    return incident


async def test_a_thread_tells_of_no_silence_that_alertmanager_did_not_take(story: Story) -> None:
    story.fakes.silences.fails = OutageError("alertmanager")
    before = await story.incident()
    assert await do(story, Act.SILENCE, seconds=3600) == Slip("outage", "alertmanager")
    assert await story.incident() == before


async def test_without_an_alertmanager_there_is_no_such_button(story: Story) -> None:
    incident = await story.incident()
    story.fakes.tools = replace(story.fakes.tools, silences=None)
    assert await do(story, Act.SILENCE, seconds=3600) == Slip("no_alertmanager", "")
    assert await do(story, Act.UNSILENCE) == Slip("no_alertmanager", "")
    assert Act.SILENCE not in acts_of(incident, silences=False, now=0.0)


async def test_grafanas_alerts_are_not_silenced_in_alertmanager() -> None:
    story = Story()
    said = told(firing(A, story.begin))._replace(origin=Origin.GRAFANA)
    await receive.take(story.fakes.tools, said)
    incident = await worked(story, said)
    assert await act(story.fakes.tools, incident.id, Act.SILENCE, ANA, None, Filled(3600)) == Slip(
        "no_alertmanager", ""
    )


@pytest.mark.parametrize("state", State)
async def test_what_a_root_offers_can_be_done_and_nothing_else(story: Story, state: State) -> None:
    for wanted in {State.OPEN: (), State.ACKNOWLEDGED: (Act.ACKNOWLEDGE,), State.SNOOZED: (Act.SNOOZE,)}.get(
        state, (Act.RESOLVE,)
    ):
        await do(story, wanted, seconds=3600)
    incident = await story.incident()
    assert incident.state is state
    story.fakes.clock.time += 60
    offered = acts_of(incident, silences=True, now=story.fakes.clock.time)
    for wanted in set(Act) - {Act.COMPARE}:
        story.fakes.incidents.kept[incident.id] = incident
        said = await do(story, wanted, seconds=3600)
        assert isinstance(said, Acted) is (wanted in offered), wanted


# Comparisons and forms

HOUR, WEEK = 3600.0, 7 * 86_400.0


@pytest.fixture
def compared(story: Story, recordings: dict[str, Recording]) -> Story:
    """The ill instance was captured now, ten minutes, an hour and a week ago; a healthy one half an hour ago."""
    recording = recordings["go1.27.3-unbounded_growth"]
    now = story.fakes.clock.time
    kept = [(A, now), (A, now - 600), (A, now - HOUR - 300), (A, now - WEEK + 900), ("orders-1", now - 1800)]
    for number, (instance, moment) in enumerate(kept):
        snapshot, diagnosis = examine(replace(recording.snapshot(0), captured_at=moment), None, None)
        job = Capture(f"c{number}", Request("r", SERVICE.name, (instance,), moment, ""), instance)
        story.fakes.snapshots.kept[job.id] = (job, snapshot, diagnosis)
        line = Remembered(moment, instance, diagnosis.verdict, "", diagnosis.live_heap)
        story.fakes.snapshots.lines = (*story.fakes.snapshots.lines, line)
    return story


@pytest.mark.parametrize(
    ("against", "age"),
    [(PREVIOUS, 600), ("", None), (HOUR_AGO, HOUR + 300), (WEEK_AGO, WEEK - 900), ("next year", None), ("nan", None)],
)
async def test_the_newest_capture_is_compared_with_the_one_of_then(
    compared: Story, against: str, age: float | None
) -> None:
    said = await do(compared, Act.COMPARE, against=against)
    if age is None:
        assert said == Slip("no_snapshot", A)
        return
    (note,) = compared.said(Compared)
    assert isinstance(note, Compared)
    assert (note.instance, note.asked_by) == (A, ANA.user)
    assert note.base_at == compared.fakes.clock.time - age
    assert note.diagnosis.comparison.age == pytest.approx(age)
    assert compared.fakes.heaps.visited == []
    assert (await compared.incident()).timeline[-1].event is Event.COMPARED


async def test_a_capture_can_be_chosen_by_its_moment(compared: Story) -> None:
    wanted = await form(compared.fakes.tools, (await compared.incident()).id, Act.COMPARE, ANA)
    assert isinstance(wanted, CompareForm)
    assert wanted.instances[0] == A
    oldest = wanted.choices[-1]
    await do(compared, Act.COMPARE, instance=A, against=repr(oldest.captured_at))
    (note,) = compared.said(Compared)
    assert isinstance(note, Compared)
    assert note.base_at == oldest.captured_at


async def test_a_capture_of_another_instance_is_no_base(compared: Story) -> None:
    elsewhere = repr(compared.fakes.clock.time - 1800)
    assert await do(compared, Act.COMPARE, instance=A, against=elsewhere) == Slip("no_snapshot", A)
    newest = repr(compared.fakes.clock.time)
    assert await do(compared, Act.COMPARE, instance=A, against=newest) == Slip("no_snapshot", A)


async def test_the_same_comparison_is_said_once(compared: Story) -> None:
    await do(compared, Act.COMPARE, against=PREVIOUS)
    await do(compared, Act.COMPARE, BEN, against=PREVIOUS)
    assert len(compared.said(Compared)) == 1


async def test_where_there_is_no_capture_there_is_no_form(story: Story) -> None:
    incident = await story.incident()
    assert await form(story.fakes.tools, incident.id, Act.COMPARE, ANA) == Slip("no_snapshot", "")
    assert await do(story, Act.COMPARE, against=PREVIOUS) == Slip("no_snapshot", A)


async def test_forms_offer_spans_and_close_where_there_is_nothing_to_do(story: Story) -> None:
    incident = await story.incident()
    snooze = await form(story.fakes.tools, incident.id, Act.SNOOZE, ANA)
    silence = await form(story.fakes.tools, incident.id, Act.SILENCE, ANA)
    assert isinstance(snooze, SnoozeForm)
    assert isinstance(silence, SilenceForm)
    for seconds in (*snooze.seconds, *silence.seconds):
        assert 60 <= seconds <= WEEK
    await do(story, Act.RESOLVE)
    resolved = await story.incident()
    assert await form(story.fakes.tools, incident.id, Act.SNOOZE, ANA) == StandsSo(resolved, Act.SNOOZE)
