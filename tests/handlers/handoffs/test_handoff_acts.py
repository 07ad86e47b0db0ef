"""What people do with a handoff: who may, what it changes, and what of it reaches the incidents."""

from dataclasses import replace

import pytest

from handlers.answer import answer
from handlers.errors import CalendarAway, OutageError
from handlers.handoff import Added, FilledIn, HandoffAct, HandoffState
from handlers.handoff_notes import (
    AddForm,
    HandoffActed,
    HandoffAdded,
    HandoffAsked,
    HandoffChanged,
    HandoffExported,
    HandoffNothing,
    HandoffReminder,
    HandoffStands,
    HandoffTaken,
    HandoffWaiting,
    HandoffWithdrawn,
    NotMeForm,
)
from handlers.handoffs.acts import act, form
from handlers.incident import Act, Event, Incident, State
from handlers.incident_notes import StateChange
from handlers.incidents import acts as incidents
from handlers.notes import Note, Slip
from handlers.ports import Standing
from handlers.records import Allow, Person, Thread
from handlers.rotation import Rotation
from tests.fakes import ORDERS
from tests.handlers.handoffs.watch import ANA, BO, CY, DAY, HOUR, LEAD, ROTATION, Watch, berlin, incident, person, turns

MONDAY = berlin(2026, 1, 5, 9)
DEE = Person("U0DEE", "T0001", ROTATION.channel)


@pytest.fixture
async def watch() -> Watch:
    """A draft, with one incident open in the rotation and one elsewhere."""
    made = Watch(MONDAY - LEAD, turns(MONDAY - DAY, DAY, ANA, BO, CY))
    made.fakes.incidents.kept["i1"] = incident("i1", MONDAY - 3 * HOUR)
    other = incident("i2", MONDAY - 3 * HOUR)
    made.fakes.incidents.kept["i2"] = replace(other, group=other.group._replace(service="svc-other"))
    await made.look()
    return made


async def do(watch: Watch, what: HandoffAct, who: Person, filled: FilledIn | None = None) -> Note:
    return await act(watch.fakes.tools, watch.only.id, what, who, filled or FilledIn())


async def say(watch: Watch, text: str, who: Person, thread: Thread | None = None, request: str = "r1") -> Note:
    return await answer(watch.fakes.tools, text, who=who, request_id=request, thread=thread)


def notes(watch: Watch, kind: type) -> list[object]:
    return [note for note in watch.fakes.outbox.said() if isinstance(note, kind)]


async def test_the_form_asks_about_each_open_incident_of_the_rotation(watch: Watch) -> None:
    found = await form(watch.fakes.tools, watch.only.id, HandoffAct.ADD, person(ANA))
    assert found == AddForm(watch.only, (watch.fakes.incidents.kept["i1"],))
    assert await form(watch.fakes.tools, watch.only.id, HandoffAct.NOT_ME, person(BO)) == NotMeForm(watch.only)


async def test_what_was_added_is_told_in_the_thread_and_in_the_incident(watch: Watch) -> None:
    filled = FilledIn((("", "the pager app is slow"), ("i1", "  do not restart orders-0 "), ("i2", ""), ("i9", "gone")))
    assert isinstance(await do(watch, HandoffAct.ADD, person(ANA), filled), HandoffActed)
    added = watch.only.added
    assert [(each.incident, each.text) for each in added] == [
        ("i1", "do not restart orders-0"),
        ("", "gone"),
        ("", "the pager app is slow"),
    ]
    told = watch.fakes.incidents.kept["i1"]
    assert [note.added for note in notes(watch, HandoffAdded)] == list(added)  # type: ignore[attr-defined]
    entry = told.timeline[-1]
    assert (entry.event, entry.who, entry.detail) == (Event.NOTED, "U0ANA", "do not restart orders-0")
    assert [note.entry for note in notes(watch, StateChange)] == [entry]  # type: ignore[attr-defined]
    assert not watch.only.owes
    assert len(watch.fakes.incidents.kept["i2"].timeline) == 1


async def test_the_same_words_twice_are_said_once(watch: Watch) -> None:
    filled = FilledIn((("i1", "wait"),))
    await do(watch, HandoffAct.ADD, person(ANA), filled)
    assert isinstance(await do(watch, HandoffAct.ADD, person(ANA), filled), HandoffStands)
    assert isinstance(await do(watch, HandoffAct.ADD, person(ANA)), HandoffStands), "nothing was filled in"
    assert isinstance(await do(watch, HandoffAct.ADD, person(BO), filled), HandoffActed), "somebody else says so too"
    assert len(notes(watch, HandoffAdded)) == 2


async def test_a_handoff_takes_no_more_than_can_be_kept(watch: Watch) -> None:
    many = FilledIn(tuple(("", f"note {number}") for number in range(60)))
    await do(watch, HandoffAct.ADD, person(ANA), many)
    assert await do(watch, HandoffAct.ADD, person(BO), many) == Slip("wrong_usage", "handoff")
    await do(watch, HandoffAct.ADD, person(ANA), FilledIn((("", "x" * 9000),)))
    assert max(len(each.text) for each in watch.only.added) == 2000


async def test_whoever_takes_it_has_the_open_incidents(watch: Watch) -> None:
    assert isinstance(await do(watch, HandoffAct.TAKE, person(BO)), HandoffActed)
    handoff = watch.only
    assert (handoff.state, handoff.taken_by, handoff.taken_at) == (HandoffState.TAKEN, "U0BO", watch.now)
    assert watch.root().handoff.state is HandoffState.TAKEN
    mine, other = (watch.fakes.incidents.kept[name] for name in ("i1", "i2"))
    assert (mine.owner, mine.timeline[-1].event, mine.timeline[-1].detail) == ("U0BO", Event.HANDED_OVER, handoff.id)
    assert (mine.state, other.owner) == (State.OPEN, "")
    assert len(notes(watch, HandoffTaken)) == 1
    await watch.until(MONDAY + 2 * HOUR)
    assert notes(watch, HandoffReminder) == []


async def test_whoever_goes_cannot_say_that_the_other_one_has_it(watch: Watch) -> None:
    """Nobody would be reminded."""
    assert await do(watch, HandoffAct.TAKE, person(ANA)) == HandoffStands(watch.only, HandoffAct.TAKE)
    assert watch.only.state is HandoffState.DRAFTED


async def test_taken_twice_is_told_how_it_stands(watch: Watch) -> None:
    await do(watch, HandoffAct.TAKE, person(BO))
    assert await do(watch, HandoffAct.TAKE, person(ANA)) == HandoffStands(watch.only, HandoffAct.TAKE)
    assert isinstance(await do(watch, HandoffAct.NOT_ME, person(BO)), HandoffStands)
    assert isinstance(await do(watch, HandoffAct.ADD, person(ANA), FilledIn((("", "one more"),))), HandoffActed)
    assert watch.only.taken_by == "U0BO"


async def test_two_take_it_at_once(watch: Watch) -> None:
    """The second decides anew, and finds it taken."""
    watch.fakes.handoffs.beaten = 3
    assert isinstance(await do(watch, HandoffAct.TAKE, person(BO)), HandoffActed)
    assert len(notes(watch, HandoffTaken)) == 1


async def test_a_worker_that_died_before_the_incidents_were_told(watch: Watch) -> None:
    """The handoff says what it owes; whoever watches next carries it, and tells nothing twice."""
    commit, incidents = watch.fakes.incidents.commit, watch.fakes.incidents

    async def away(step: object) -> bool:
        raise OutageError("redis")

    incidents.commit = away  # type: ignore[method-assign, assignment]
    await do(watch, HandoffAct.ADD, person(ANA), FilledIn((("i1", "wait"),)))
    assert isinstance(await do(watch, HandoffAct.TAKE, person(BO)), HandoffActed)
    assert watch.only.owes
    incidents.commit = commit  # type: ignore[method-assign]
    await watch.look(workers=3)
    events = [line.event for line in incidents.kept["i1"].timeline]
    assert events == [Event.OPENED, Event.NOTED, Event.HANDED_OVER]
    assert not watch.only.owes


async def test_what_is_added_while_it_is_carried_is_carried_next(watch: Watch) -> None:
    """By a worker that keeps it and dies, just as another tells the incidents what was added before."""
    here, kept, get = watch.fakes, watch.fakes.handoffs.kept, watch.fakes.incidents.get
    late = Added(watch.now, "U0BO", "i1", "late")

    async def meanwhile(identity: str) -> Incident | None:
        if late not in watch.only.added:
            made = watch.only
            kept[made.id] = replace(made, added=(*made.added, late), version=made.version + 1)
        return await get(identity)

    here.incidents.get = meanwhile  # type: ignore[method-assign]
    await do(watch, HandoffAct.ADD, person(ANA), FilledIn((("i1", "soon"),)))
    assert watch.only.owes
    await watch.look(workers=2)
    said = [line.detail for line in here.incidents.kept["i1"].timeline if line.event is Event.NOTED]
    assert (said, watch.only.owes) == (["soon", "late"], False)


@pytest.mark.parametrize(
    ("standing", "reason"), [(Standing.GUEST, "guest"), (Standing.STRANGER, "stranger")], ids=["guest", "stranger"]
)
@pytest.mark.parametrize("what", HandoffAct)
async def test_guests_and_strangers_may_nothing(
    watch: Watch, what: HandoffAct, standing: Standing, reason: str
) -> None:
    watch.fakes.people.standings["U0BO"] = standing
    before = watch.only
    assert await do(watch, what, person(BO), FilledIn((("", "x"),), "U0ANA")) == Slip(reason, "")
    assert await form(watch.fakes.tools, before.id, what, person(BO)) == Slip(reason, "")
    assert watch.only == before


@pytest.mark.parametrize("text", ["handoff payments", "handoff export payments", "handoff note x"])
async def test_commands_need_the_services_as_well(watch: Watch, text: str) -> None:
    watch.fakes.registry.services = {ORDERS.name: replace(ORDERS, allow=Allow((), ("S0TEAM",)))}
    before = watch.handoffs()
    assert await say(watch, text, DEE) == Slip("not_allowed", ORDERS.name)
    assert (watch.handoffs(), watch.fakes.handoffs.exported) == (before, [])


async def test_what_happened_after_it_was_taken_stays_as_it_is(watch: Watch) -> None:
    """It is carried late: meanwhile one incident has opened, and somebody else has acknowledged another."""
    kept = watch.fakes.incidents.kept
    kept["i3"] = incident("i3", MONDAY - 2 * HOUR)
    watch.fakes.incidents.beaten = 10_000
    await do(watch, HandoffAct.TAKE, person(BO))
    assert watch.only.owes
    watch.fakes.incidents.beaten = 0
    watch.fakes.clock.time += 60
    await incidents.act(watch.fakes.tools, "i1", Act.ACKNOWLEDGE, DEE)
    kept["i4"] = incident("i4", watch.now)
    await watch.look()
    assert [kept[name].owner for name in ("i1", "i3", "i4")] == ["U0DEE", "U0BO", ""]
    assert not watch.only.owes


async def test_members_need_the_services_and_whoever_comes_does_not(watch: Watch) -> None:
    guarded = replace(ORDERS, allow=Allow((), ("S0TEAM",)))
    watch.fakes.registry.services = {ORDERS.name: guarded}
    assert await do(watch, HandoffAct.TAKE, DEE) == Slip("not_allowed", ORDERS.name)
    assert isinstance(await do(watch, HandoffAct.ADD, person(ANA), FilledIn((("", "x"),))), HandoffActed)
    watch.fakes.people.groups["S0TEAM"] = {"U0DEE"}
    assert isinstance(await do(watch, HandoffAct.TAKE, DEE), HandoffActed)


async def test_not_me_but_somebody_else(watch: Watch) -> None:
    assert isinstance(await do(watch, HandoffAct.NOT_ME, person(BO), FilledIn(user="U0DEE")), HandoffActed)
    assert [member.slack for member in watch.only.incoming] == ["U0DEE"]
    await watch.look(workers=2)
    assert [member.slack for member in watch.only.incoming] == ["U0DEE"], "the rota has said nothing new"
    assert len(notes(watch, HandoffChanged)) == 1
    watch.plan(*turns(MONDAY - DAY, DAY, ANA, CY))
    await watch.look()
    assert watch.only.incoming == (CY,), "what the rota says now is newer"
    watch.fakes.people.standings["U0GUEST"] = Standing.GUEST
    assert await do(watch, HandoffAct.NOT_ME, person(ANA), FilledIn(user="U0GUEST")) == Slip("guest", "")


async def test_not_me_and_the_calendar_is_read_again(watch: Watch) -> None:
    assert isinstance(await do(watch, HandoffAct.NOT_ME, person(BO)), HandoffStands), "it says the same"
    assert watch.fakes.rotas.read_anew == 1
    await do(watch, HandoffAct.NOT_ME, person(BO), FilledIn(user="U0DEE"))
    await do(watch, HandoffAct.NOT_ME, DEE)
    assert watch.only.incoming == (BO,), "the calendar stands"
    ana, bo = turns(MONDAY - DAY, DAY, ANA, BO)
    watch.plan(ana, bo._replace(members=(CY,)))
    await do(watch, HandoffAct.NOT_ME, person(BO))
    assert watch.only.incoming == (CY,)
    watch.plan(ana._replace(ends_at=bo.ends_at))
    await do(watch, HandoffAct.NOT_ME, person(ANA))
    assert watch.only.state is HandoffState.WITHDRAWN
    assert len(notes(watch, HandoffWithdrawn)) == 1
    await watch.look(workers=2)
    assert len(notes(watch, HandoffWithdrawn)) == 1


async def test_not_me_while_the_calendar_is_away(watch: Watch) -> None:
    watch.fakes.rotas.troubles[ROTATION.name] = CalendarAway("503")
    del watch.fakes.rotas.spans[ROTATION.name]
    assert await do(watch, HandoffAct.NOT_ME, person(BO)) == Slip("calendar_away", "503")


async def test_a_handoff_that_is_not_known(watch: Watch) -> None:
    assert await act(watch.fakes.tools, "hxxx", HandoffAct.TAKE, person(BO)) == Slip("unknown_handoff", "")
    watch.fakes.rotas.rotations = ()
    assert await do(watch, HandoffAct.TAKE, person(BO)) == Slip("unknown_rotation", "payments")


async def test_a_handoff_of_now_once_for_each_request(watch: Watch) -> None:
    watch.fakes.clock.time = MONDAY + 2 * HOUR
    answered = await say(watch, "handoff", person(ANA))
    assert isinstance(answered, HandoffAsked)
    await say(watch, "handoff", person(ANA))
    made = answered.handoff
    assert (made.outgoing, made.incoming, made.asked_by) == ((BO,), (CY,), "U0ANA")
    assert watch.told(HandoffWaiting).count(made.id) == 1
    assert (made.since, made.until) == (MONDAY, MONDAY + 2 * DAY)
    other = await say(watch, "handoff payments", person(ANA), request="r2")
    assert isinstance(other, HandoffAsked)
    assert other.handoff.id != made.id
    await watch.until(MONDAY + 6 * HOUR)
    assert made.id not in watch.told(HandoffReminder), "whoever asked for it is there"
    assert isinstance(
        await act(watch.fakes.tools, made.id, HandoffAct.TAKE, person(CY._replace(slack="U0CY"))), HandoffActed
    )


async def test_a_handoff_of_a_rotation_that_never_changes(watch: Watch) -> None:
    watch.plan(*turns(MONDAY - DAY, 60 * DAY, ANA))
    watch.fakes.incidents.kept.clear()
    answered = await say(watch, "handoff payments", person(ANA))
    assert isinstance(answered, HandoffAsked)
    assert (answered.handoff.outgoing, answered.handoff.incoming) == ((ANA,), ())
    assert watch.told(HandoffNothing) == [answered.handoff.id]


async def test_notes_and_exports_by_command(watch: Watch) -> None:
    elsewhere = Person("U0DEE", "T0001", "C0ELSEWHERE")
    assert isinstance(await say(watch, "handoff note It's “quiet”", elsewhere), HandoffActed)
    assert watch.only.added == (Added(watch.now, "U0DEE", "", "It's “quiet”"),)
    assert await say(watch, "handoff export", person(ANA)) == HandoffExported(watch.only)
    assert watch.fakes.handoffs.exported == [watch.only.id]
    watch.fakes.outbox.roots.clear()
    assert await say(watch, "handoff export payments", person(ANA)) == Slip("not_posted", "")


async def test_which_rotation_is_meant(watch: Watch) -> None:
    ledger = Rotation("ledger", "C0LEDGER", (ORDERS.name,), "UTC", ROTATION.source)
    watch.fakes.rotas.rotations = (ROTATION, ledger)
    watch.fakes.rotas.spans["ledger"] = tuple(turns(MONDAY - DAY, DAY, ANA, BO))
    nowhere = Person("U0DEE", "T0001", "C0ELSEWHERE")
    assert await say(watch, "handoff", nowhere) == Slip("several_rotations", "", ("payments", "ledger"))
    assert await say(watch, "handoff note hi", nowhere) == Slip("several_rotations", "", ("payments", "ledger"))
    assert await say(watch, "handoff ledgr", nowhere) == Slip("unknown_rotation", "ledgr", ("ledger",))
    assert await say(watch, "handoff note hi", Person("U0DEE", "T0001", "C0LEDGER")) == Slip("no_handoff", "ledger")
    assert isinstance(await say(watch, "handoff note hi", person(ANA)._replace(channel="C0ELSEWHERE")), HandoffActed)
    thread = Thread(ROTATION.channel, "1.1")
    watch.fakes.outbox.threads[thread] = watch.only.id
    assert isinstance(await say(watch, "handoff note hi", nowhere, thread), HandoffActed)
    asked = await say(watch, "handoff", nowhere, thread)
    assert isinstance(asked, HandoffAsked)
    assert asked.handoff.rotation == "payments"


@pytest.mark.parametrize("text", ["handoff", "handoff note hi", "handoff export"])
async def test_commands_are_for_members(watch: Watch, text: str) -> None:
    watch.fakes.people.standings["U0DEE"] = Standing.STRANGER
    assert await say(watch, text, DEE) == Slip("stranger", "")
    watch.fakes.people.standings["U0DEE"] = Standing.GUEST
    assert await say(watch, text, DEE) == Slip("guest", "")
