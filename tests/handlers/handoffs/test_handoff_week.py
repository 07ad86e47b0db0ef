"""Weeks of shifts in a moment: one draft for each change, one reminder, one escalation, whoever looks and how often."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from handlers.errors import CalendarAway, CalendarPending, MissingScope, OutageError
from handlers.handoff import HandoffAct, HandoffState
from handlers.handoff_notes import (
    CalendarTrouble,
    HandoffChanged,
    HandoffEscalation,
    HandoffFixed,
    HandoffNothing,
    HandoffReminder,
    HandoffSince,
    HandoffTaken,
    HandoffWaiting,
    HandoffWithdrawn,
)
from handlers.handoffs.acts import act
from handlers.handoffs.tend import tend
from handlers.oncall.written import turns as written_turns
from handlers.posts import Root
from handlers.rotation import Rotation, Span, Written
from handlers.step import HandoffStep
from tests.fakes import FakeHandoffs
from tests.handlers.handoffs.watch import (
    ANA,
    BO,
    CY,
    DAY,
    HOUR,
    LEAD,
    REMINDER,
    ROTATION,
    WEEK,
    Watch,
    berlin,
    incident,
    person,
    resolved,
    turns,
)
from tests.handlers.oncall.clocks import CHANGES

MONDAY = berlin(2026, 1, 5, 9)


async def test_a_week_of_daily_shifts() -> None:
    """Seven changes, with incidents that open and close, taken on the even days and slept through on the odd ones."""
    watch = Watch(MONDAY + HOUR, turns(MONDAY, DAY, *(ANA, BO) * 4))
    here = watch.fakes
    for day in range(1, 8):
        change = MONDAY + day * DAY
        opened = incident(f"i{day}", change - 6 * HOUR)
        here.incidents.kept[opened.id] = opened
        await watch.until(change - LEAD - 1)
        assert len(watch.handoffs()) == day - 1, "not before its time"
        await watch.until(change + 300)
        handoff = watch.handoffs()[-1]
        assert (handoff.at, handoff.drafted_at <= change - LEAD + 600) == (change, True)
        if day % 2 == 0:
            await act(here.tools, handoff.id, HandoffAct.TAKE, person(handoff.incoming[0]))
        here.incidents.kept[opened.id] = resolved(here.incidents.kept[opened.id], change + 3 * HOUR)
        await watch.until(change + 4 * HOUR)
    assert [handoff.at for handoff in watch.handoffs()] == [MONDAY + day * DAY for day in range(1, 8)]
    odd = [handoff.id for handoff in watch.handoffs()[::2]]
    assert watch.told(HandoffReminder) == odd
    assert watch.told(HandoffEscalation) == odd
    assert len(watch.told(HandoffWaiting)) == 7
    assert len(watch.told(HandoffFixed)) == 6, "the first shift resolved nothing"
    watch.at_most_one_of_each()


async def test_reminders_wait_for_their_time_and_then_rest() -> None:
    watch = Watch(MONDAY - 2 * HOUR, turns(MONDAY - DAY, DAY, ANA, BO, CY))
    await watch.until(MONDAY + REMINDER - 1, every=60)
    assert watch.told(HandoffReminder) == []
    await watch.until(MONDAY + REMINDER, every=60)
    assert watch.told(HandoffReminder) == [watch.only.id]
    await watch.until(MONDAY + 2 * REMINDER - 1, every=60)
    assert watch.told(HandoffEscalation) == []
    await watch.until(MONDAY + 20 * HOUR)
    assert (watch.told(HandoffReminder), watch.told(HandoffEscalation)) == ([watch.only.id], [watch.only.id])
    (shout,) = (post for post in watch.fakes.outbox.replies.values() if isinstance(post.note, HandoffEscalation))
    assert shout.broadcast, "the channel hears of it"


async def test_nothing_to_say_is_one_line() -> None:
    watch = Watch(MONDAY - LEAD, turns(MONDAY - DAY, DAY, ANA, BO))
    await watch.look()
    assert [type(note) for note in watch.fakes.outbox.said()] == [HandoffNothing]


@pytest.mark.parametrize("taken", [True, False])
async def test_what_happens_after_the_draft_is_told_once_as_the_shift_begins(taken: bool) -> None:
    watch = Watch(MONDAY - LEAD, turns(MONDAY - DAY, DAY, ANA, BO))
    here, told = watch.fakes, watch.fakes.incidents.kept
    told["old"] = incident("old", MONDAY - DAY)
    told["over"] = incident("over", MONDAY - DAY)
    await watch.look()
    if taken:
        await act(here.tools, watch.only.id, HandoffAct.TAKE, person(BO))
    told["over"] = resolved(told["over"], MONDAY - 60)
    told["new"] = incident("new", MONDAY - 1800)
    told["else"] = replace(told["new"], id="else", group=told["new"].group._replace(service="svc-other"))
    await watch.until(MONDAY - 1)
    assert watch.told(HandoffSince) == []
    await watch.until(MONDAY + 1)
    told["late"] = incident("late", MONDAY + 60)
    await watch.until(MONDAY + 4 * HOUR)
    (note,) = (note for note in here.outbox.said() if isinstance(note, HandoffSince))
    assert [item.incident.id for item in note.items] == ["new", "over"]
    watch.at_most_one_of_each()


@pytest.mark.parametrize(("zone", "day"), CHANGES, ids=str)
async def test_clocks_change_on_weekends(zone: str, day: datetime) -> None:
    """A written rotation that changes daily at 02:30, over the days around it: one draft each, a lead time before."""
    written = Written((ANA, BO), datetime(2026, 1, 1, 2, 30), 24)
    rotation = Rotation("night", "C0NIGHT", (), zone, written)
    begin = (day - timedelta(days=2)).timestamp()
    spans = list(written_turns(written, zone, begin - DAY, begin + 6 * DAY))
    watch = Watch(begin, spans, rotation)
    await watch.until(begin + 4 * DAY, every=1200)
    changes = [span.starts_at for span in spans if begin + LEAD < span.starts_at <= begin + 4 * DAY]
    found = [handoff for handoff in watch.handoffs() if begin + LEAD < handoff.at <= begin + 4 * DAY]
    assert [handoff.at for handoff in found] == changes
    assert all(0 <= handoff.drafted_at - (handoff.at - LEAD) <= 1200 for handoff in found)
    watch.at_most_one_of_each()


class Slow(FakeHandoffs):
    """Every answer lets the others go on first, as Redis does."""

    async def recent(self, rotation: str) -> tuple[object, ...]:  # type: ignore[override]
        await asyncio.sleep(0)
        return await super().recent(rotation)

    async def commit(self, step: HandoffStep) -> bool:
        await asyncio.sleep(0)
        return await super().commit(step)


async def test_workers_race() -> None:
    """Five of them look at the same moments; whoever is slower keeps and says nothing."""
    watch = Watch(MONDAY - 2 * HOUR, turns(MONDAY - DAY, DAY, ANA, BO, CY))
    here = watch.fakes
    slow = Slow(here.outbox)
    object.__setattr__(here.tools, "handoffs", slow)
    for moment in range(int(MONDAY - 2 * HOUR), int(MONDAY + 3 * HOUR), 600):
        here.clock.time = float(moment)
        await asyncio.gather(*(tend(here.tools, watch.rotation) for _ in range(5)))
    assert len(slow.kept) == 1
    events = [type(post.note) for post in here.outbox.replies.values()]
    assert events == [HandoffNothing, HandoffReminder, HandoffEscalation]
    versions = [step.after.version for step in slow.steps]
    assert versions == [1, 2, 3, 4], "the second one is of a shift that began without news"


class Killed(Exception):
    """The worker is no more."""


async def test_there_is_no_moment_between_post_and_record() -> None:
    """A worker that dies before its step is kept has said nothing of it; after it, all. The next one goes on."""
    for dies_before in (True, False):
        watch = Watch(MONDAY - LEAD, turns(MONDAY - DAY, DAY, ANA, BO))
        store = watch.fakes.handoffs
        commit = store.commit

        async def dying(
            step: HandoffStep, commit: Callable[[HandoffStep], Awaitable[bool]] = commit, first: bool = dies_before
        ) -> bool:
            if not first:
                await commit(step)
            raise Killed

        store.commit = dying  # type: ignore[method-assign]
        with pytest.raises(Killed):
            await watch.look()
        assert bool(store.kept) == bool(watch.fakes.outbox.roots) == bool(watch.fakes.outbox.replies) != dies_before
        store.commit = commit  # type: ignore[method-assign]
        await watch.look(workers=2)
        assert len(store.steps) == 1
        assert [type(note) for note in watch.fakes.outbox.said()] == [HandoffNothing]


async def test_all_workers_were_down_at_its_time() -> None:
    watch = Watch(MONDAY - 2 * HOUR, turns(MONDAY - DAY, DAY, ANA, BO))
    await watch.look()
    watch.fakes.clock.time = MONDAY + 1200
    await watch.look()
    assert watch.only.at == MONDAY, "late is better than never"
    await watch.until(MONDAY + 1200 + REMINDER - 1)
    assert watch.told(HandoffReminder) == [], "whoever heard of it late has their time"
    await watch.until(MONDAY + 1200 + REMINDER)
    assert watch.told(HandoffReminder) == [watch.only.id]


async def test_what_is_long_over_is_not_drafted() -> None:
    """The first start in the middle of a week."""
    watch = Watch(MONDAY + 3 * DAY, turns(MONDAY - WEEK, WEEK, ANA, BO))
    await watch.look()
    assert watch.handoffs() == []


async def test_an_override_edits_the_draft_and_another_swap_withdraws_it() -> None:
    ana, bo = turns(MONDAY - DAY, DAY, ANA, BO)
    watch = Watch(MONDAY - LEAD, [ana, bo])
    await watch.look()
    watch.plan(ana, bo._replace(members=(CY,)))
    await watch.look(workers=2)
    assert (watch.only.incoming, len(watch.told(HandoffChanged))) == ((CY,), 1)
    assert watch.root().handoff.incoming == (CY,)
    watch.plan(ana._replace(ends_at=bo.ends_at))
    await watch.look(workers=2)
    assert (watch.only.state, len(watch.told(HandoffWithdrawn))) == (HandoffState.WITHDRAWN, 1)
    await watch.until(MONDAY + 3 * HOUR)
    assert watch.told(HandoffReminder) == []
    watch.at_most_one_of_each()


async def test_a_change_that_comes_back_is_the_same_handoff() -> None:
    ana, bo = turns(MONDAY - DAY, DAY, ANA, BO)
    watch = Watch(MONDAY - LEAD, [ana, bo])
    await watch.look()
    watch.plan(ana._replace(ends_at=bo.ends_at))
    await watch.look()
    watch.plan(ana, bo)
    await watch.look(workers=2)
    assert watch.only.state is HandoffState.DRAFTED
    assert len(watch.told(HandoffChanged)) == 1
    await watch.until(MONDAY + 2 * HOUR)
    assert watch.told(HandoffReminder) == [watch.only.id]
    watch.at_most_one_of_each()


async def test_a_moved_change_is_withdrawn_and_drafted_anew() -> None:
    ana, bo = turns(MONDAY - DAY, DAY, ANA, BO)
    watch = Watch(MONDAY - LEAD, [ana, bo])
    await watch.look()
    later = MONDAY + 2 * HOUR
    watch.plan(ana._replace(ends_at=later), bo._replace(starts_at=later))
    await watch.until(later)
    first, second = watch.handoffs()
    assert (first.state, second.state) == (HandoffState.WITHDRAWN, HandoffState.DRAFTED)
    assert (second.at, later - LEAD <= second.drafted_at <= later - LEAD + 600) == (later, True)
    assert watch.told(HandoffWithdrawn) == [first.id]


async def test_a_shift_taken_early_and_then_swapped_waits_for_the_other_one() -> None:
    ana, bo = turns(MONDAY - DAY, DAY, ANA, BO)
    watch = Watch(MONDAY - LEAD, [ana, bo])
    await watch.look()
    await act(watch.fakes.tools, watch.only.id, HandoffAct.TAKE, person(BO))
    assert watch.only.state is HandoffState.TAKEN
    watch.plan(ana, bo._replace(members=(CY,)))
    await watch.look()
    assert (watch.only.state, watch.only.taken_by, watch.only.incoming) == (HandoffState.DRAFTED, "", (CY,))
    assert watch.told(HandoffTaken) == [watch.only.id]


async def test_a_calendar_that_forgets_what_is_over_changes_nothing() -> None:
    """Feeds of what is still to come leave out the shift before, or all of them."""
    ana, bo = turns(MONDAY - DAY, DAY, ANA, BO)
    watch = Watch(MONDAY - LEAD, [ana, bo])
    await watch.look()
    watch.fakes.clock.time = MONDAY + 60
    for left in ([bo], []):
        watch.plan(*left)
        await watch.look(workers=2)
        assert (watch.only.outgoing, watch.only.incoming, watch.only.version) == ((ANA,), (BO,), 2)
    assert [type(note) for note in watch.fakes.outbox.said()] == [HandoffNothing]


async def test_late_corrections_after_the_moment() -> None:
    ana, bo = turns(MONDAY - DAY, DAY, ANA, BO)
    watch = Watch(MONDAY - LEAD, [ana, bo])
    await watch.look()
    watch.fakes.clock.time = MONDAY + 60
    watch.plan(ana, bo._replace(members=(CY,)))
    await watch.look(workers=2)
    assert watch.only.incoming == (CY,)
    watch.plan(ana._replace(ends_at=bo.ends_at))
    await watch.look(workers=2)
    assert watch.only.state is HandoffState.WITHDRAWN
    assert len(watch.told(HandoffChanged)) == len(watch.told(HandoffWithdrawn)) == 1


async def test_nobody_comes_and_somebody_comes_after_nobody() -> None:
    """Nights without anybody: nothing to hand over in the evening, a handoff from nobody in the morning."""
    evening, morning = MONDAY + 8 * HOUR, MONDAY + DAY
    watch = Watch(MONDAY + HOUR, [Span(MONDAY, evening, (ANA,)), Span(morning, morning + 8 * HOUR, (BO,))])
    await watch.until(morning)
    assert (watch.only.at, watch.only.outgoing, watch.only.incoming) == (morning, (), (BO,))


async def test_shifts_that_overlap_are_handed_over_once() -> None:
    """Half an hour together: as the second one begins. Whoever goes after a day of two hands over to who stays."""
    ana, bo = turns(MONDAY - DAY, DAY, ANA, BO)
    watch = Watch(MONDAY - 2 * HOUR, [ana._replace(ends_at=MONDAY + HOUR / 2), bo])
    await watch.until(MONDAY + DAY / 2)
    assert (watch.only.at, watch.only.outgoing, watch.only.incoming) == (MONDAY, (ANA,), (ANA, BO))
    watch = Watch(MONDAY + HOUR, [Span(MONDAY, MONDAY + 9 * HOUR, (ANA,)), Span(MONDAY, MONDAY + DAY, (BO,))])
    await watch.until(MONDAY + 10 * HOUR)
    assert (watch.only.at, watch.only.incoming) == (MONDAY + 9 * HOUR, (BO,))


async def test_a_shift_that_ends_at_another_moment_edits_the_root_and_says_nothing() -> None:
    ana, bo, cy = turns(MONDAY - DAY, DAY, ANA, BO, CY)
    watch = Watch(MONDAY - LEAD, [ana, bo, cy])
    await watch.look()
    sooner = MONDAY + 6 * HOUR
    watch.plan(ana, bo._replace(ends_at=sooner), cy._replace(starts_at=sooner))
    await watch.until(MONDAY - 60)
    assert (watch.root().handoff.until, watch.only.version) == (sooner, 2)
    assert [type(note) for note in watch.fakes.outbox.said()] == [HandoffNothing]


async def test_a_calendar_that_has_nobody_any_more_says_so() -> None:
    ana, bo = turns(MONDAY - DAY, DAY, ANA, BO)
    watch = Watch(MONDAY - LEAD, [ana, bo])
    await watch.look()
    watch.plan()
    await watch.look(workers=2)
    assert (watch.only.state, watch.only.incoming) == (HandoffState.WITHDRAWN, ())
    watch.plan(ana, bo)
    await watch.look(workers=2)
    assert (watch.only.state, watch.only.incoming) == (HandoffState.DRAFTED, (BO,))


async def test_people_whom_slack_knows_by_their_address() -> None:
    watch = Watch(MONDAY - LEAD, turns(MONDAY - DAY, DAY, ANA, CY))
    watch.fakes.rotas.users["cy@example.com"] = "U0CY"
    await watch.look()
    assert watch.only.incoming[0].slack == "U0CY"


@pytest.mark.parametrize(("error", "drafted"), [(OutageError("slack"), False), (MissingScope("users:read"), True)])
async def test_slack_does_not_say_who_somebody_is(error: OutageError, drafted: bool) -> None:
    """What may be over in a moment is waited for; a missing scope leaves people their names."""
    watch = Watch(MONDAY - LEAD, turns(MONDAY - DAY, DAY, ANA, CY))
    watch.fakes.rotas.fails = error
    if drafted:
        await watch.look()
        assert watch.only.incoming == (CY,)
        return
    with pytest.raises(OutageError):
        await watch.look()
    assert watch.handoffs() == []
    watch.fakes.clock.time = MONDAY - LEAD / 2
    await watch.look()
    assert watch.only.incoming == (CY,), "waited for, but not until it is too late"


async def test_a_calendar_that_cannot_be_read_is_said_once_in_the_thread() -> None:
    watch = Watch(MONDAY - LEAD, turns(MONDAY - DAY, DAY, ANA, BO))
    rotas = watch.fakes.rotas
    await watch.look()
    for _ in range(3):  # it comes and goes
        rotas.troubles[ROTATION.name] = CalendarAway("503")
        await watch.look(workers=2)
        assert watch.root().trouble == CalendarAway.reason
        rotas.troubles.clear()
        rotas.read_at = watch.now - 301
        await watch.look(workers=2)
        assert watch.root().trouble == CalendarAway.reason, "an old copy says nothing of today"
        rotas.read_at = watch.now
        await watch.look(workers=2)
        assert watch.root().trouble == ""
    assert watch.told(CalendarTrouble) == [watch.only.id]
    rotas.troubles[ROTATION.name] = CalendarAway("503")
    del rotas.spans[ROTATION.name]
    await watch.until(MONDAY + 2 * HOUR)
    assert watch.told(HandoffReminder) == [watch.only.id], "people are reminded without a calendar"


async def test_a_draft_from_a_copy_says_so() -> None:
    watch = Watch(MONDAY - LEAD, turns(MONDAY - DAY, DAY, ANA, BO))
    watch.fakes.rotas.troubles[ROTATION.name] = CalendarAway("503")
    await watch.look()
    assert watch.root().trouble == CalendarAway.reason
    assert watch.told(CalendarTrouble) == [watch.only.id]


async def test_without_any_copy_the_channel_hears_of_it_once_a_day() -> None:
    watch = Watch(MONDAY, [])
    watch.fakes.rotas.troubles[ROTATION.name] = CalendarAway("404")
    del watch.fakes.rotas.spans[ROTATION.name]
    await watch.until(MONDAY + 3 * DAY - HOUR)
    said = [post for post in watch.fakes.outbox.puts if isinstance(post.note, CalendarTrouble)]
    assert len(said) == 4  # of the UTC days that were touched
    assert {post.channel for post in said if isinstance(post, Root)} == {ROTATION.channel}


async def test_a_first_reading_that_takes_its_time_is_no_trouble() -> None:
    watch = Watch(MONDAY, [])
    watch.fakes.rotas.troubles[ROTATION.name] = CalendarPending()
    del watch.fakes.rotas.spans[ROTATION.name]
    await watch.look()
    assert watch.fakes.outbox.puts == []
