"""What a handoff carries: each concern from what incidents and captures have left behind."""

from dataclasses import replace

import pytest

from handlers.handoff import Added, FilledIn, Fixed, HandoffAct, Missed, Ongoing, Quiet, Sections, Worse
from handlers.handoffs.acts import act
from handlers.handoffs.facts import LINKS, gather, worse
from handlers.incident import Entry, Event, Silence, State
from handlers.notes import Help
from handlers.posts import Root
from handlers.records import Outcome, Remembered
from tests.fakes import ORDERS
from tests.handlers.handoffs.watch import (
    ANA,
    BO,
    DAY,
    HOUR,
    LEAD,
    ROTATION,
    Watch,
    berlin,
    incident,
    person,
    resolved,
    turns,
)

MONDAY = berlin(2026, 1, 5, 9)
SUNDAY = MONDAY - DAY
MIB = 1024.0**2


@pytest.fixture
async def watch() -> Watch:
    made = Watch(MONDAY - LEAD, turns(SUNDAY, DAY, ANA, BO))
    await made.look()
    return made


async def carried(watch: Watch) -> Sections:
    return await gather(watch.fakes.tools, ROTATION, watch.only)


async def test_nothing_is_carried_where_nothing_is(watch: Watch) -> None:
    assert await carried(watch) == Sections()


async def test_open_incidents_with_links_and_what_was_added(watch: Watch) -> None:
    mine, waits = incident("i1", SUNDAY, state=State.ACKNOWLEDGED, owner="U0ANA"), incident("i2", SUNDAY + 60)
    watch.fakes.incidents.kept |= {"i1": mine, "i2": waits}
    watch.fakes.outbox.take(Root("i1", ORDERS.channel, Help(), 1))
    await act(watch.fakes.tools, watch.only.id, HandoffAct.ADD, person(ANA), FilledIn((("i1", "wait"),)))
    found = await carried(watch)
    mine = watch.fakes.incidents.kept["i1"]
    added = Added(watch.now, "U0ANA", "i1", "wait")
    assert found.ongoing == (Ongoing(mine, "https://slack.example.com/i1", (added,)),)
    assert found.waiting == (Ongoing(waits, None),)


async def test_links_are_asked_for_once_and_not_without_end(watch: Watch) -> None:
    for number in range(LINKS + 5):
        made = incident(f"i{number:02}", SUNDAY + number)
        watch.fakes.incidents.kept[made.id] = made
        watch.fakes.outbox.take(Root(made.id, ORDERS.channel, Help(), 1))
    found = await carried(watch)
    assert len(found.waiting) == LINKS + 5
    assert sum(each.link is not None for each in found.waiting) == LINKS


async def test_what_was_resolved_in_the_shift_and_whether_it_held(watch: Watch) -> None:
    before = resolved(incident("i0", SUNDAY - 2 * DAY), SUNDAY - DAY)
    held = resolved(incident("i1", SUNDAY - HOUR), SUNDAY + HOUR)
    after = (Outcome("orders-0", "no_map_problem", "", None, 4e6, 0.0, SUNDAY + HOUR + 30),)
    watch.fakes.incidents.kept |= {"i0": before, "i1": replace(held, outcomes=after)}
    again = resolved(incident("i2", SUNDAY), SUNDAY + HOUR)
    watch.fakes.incidents.kept |= {"i2": again, "i3": replace(incident("i3", SUNDAY + 5 * HOUR), group=again.group)}
    reopened = replace(resolved(incident("i4", SUNDAY), SUNDAY + HOUR), state=State.OPEN, resolved_at=None)
    watch.fakes.incidents.kept |= {"i4": reopened}
    found = (await carried(watch)).fixed
    assert sorted((each.incident.id, each.held, each.after) for each in found) == [
        ("i1", True, 4e6),
        ("i2", False, None),
    ]
    assert isinstance(found[0], Fixed)


def line(at: float, live_heap: float, instance: str = "orders-0") -> Remembered:
    return Remembered(at, instance, "growth_storm", "catalog.go:64", live_heap)


@pytest.mark.parametrize(
    ("heaps", "per_hour"),
    [
        ([100, 200], 50),
        ([100, 101], None),  # 1 %
        ([1000, 1100, 1000], None),  # it breathes
        ([1000, 2000, 900], None),  # it began anew, and then nothing
        ([1000, 2000, 100, 300], 100),  # anew, and on it goes
        ([10, 10.5, 11.5], None),  # less than a MiB an hour
        ([100], None),
    ],
)
def test_what_got_worse(heaps: list[float], per_hour: float | None) -> None:
    """One reading every two hours, the last one now; the heaps in MiB."""
    lines = [line(MONDAY - 2 * HOUR * (len(heaps) - 1 - at), heap * MIB) for at, heap in enumerate(heaps)]
    found = worse(ORDERS.name, reversed(lines), set(), SUNDAY - DAY, MONDAY)
    grown = [each.per_hour / MIB for each in found]
    assert grown == ([] if per_hour is None else [pytest.approx(per_hour)])


def test_only_the_shift_and_only_whom_no_alert_named() -> None:
    lines = [line(SUNDAY - 60, MIB), line(SUNDAY + 60, 100 * MIB), line(SUNDAY + 120, 300 * MIB)]
    assert worse(ORDERS.name, lines, set(), SUNDAY, MONDAY) == (), "a minute says nothing of a shift"
    lines = [
        *lines,
        line(SUNDAY + HOUR + 60, 200 * MIB),
        *(line(SUNDAY + at * HOUR, 9e7 * (at + 1), "orders-1") for at in (0, 2)),
    ]
    found = worse(ORDERS.name, lines, {"orders-0"}, SUNDAY, MONDAY)
    assert found == (Worse(ORDERS.name, "orders-1", 9e7, 2.7e8, "catalog.go:64", "growth_storm"),)


async def test_what_got_worse_without_an_alert(watch: Watch) -> None:
    watch.fakes.snapshots.lines = (line(SUNDAY + 3 * HOUR, 400 * MIB), line(SUNDAY + HOUR, 100 * MIB))
    assert [each.instance for each in (await carried(watch)).worse] == ["orders-0"]
    watch.fakes.incidents.kept["i1"] = resolved(incident("i1", SUNDAY), SUNDAY + HOUR)
    assert (await carried(watch)).worse == (), "an incident of the shift names it"


async def test_silences_and_snoozes_that_end_before_the_next_shift_does(watch: Watch) -> None:
    soon, late, past = MONDAY + HOUR, MONDAY + 2 * DAY, MONDAY - DAY
    snoozed = incident("i1", SUNDAY, state=State.SNOOZED, snoozed_until=soon + 60)
    silenced = incident("i2", SUNDAY, silence=Silence("s1", soon, "U0ANA"))
    others = [incident("i3", SUNDAY, snoozed_until=late), incident("i4", SUNDAY, silence=Silence("s2", past, "U0ANA"))]
    watch.fakes.incidents.kept |= {each.id: each for each in (snoozed, silenced, *others)}
    found = (await carried(watch)).quiet
    assert found == (Quiet(silenced, None, soon, True), Quiet(snoozed, None, soon + 60, False))


async def test_captures_that_failed_in_the_shift(watch: Watch) -> None:
    def failed(why: str, at: float, instance: str = "orders-0") -> Outcome:
        return Outcome(instance, None, "", why, captured_at=at)

    entries = (Entry(SUNDAY, Event.OPENED),)
    early = incident("i1", SUNDAY, outcomes=(failed("refused", SUNDAY + 60), failed("busy", SUNDAY - 60, "orders-1")))
    late = incident(
        "i2", SUNDAY, outcomes=(failed("timed_out", SUNDAY + 90), failed("cooling_down", SUNDAY + 90, "orders-1"))
    )
    watch.fakes.incidents.kept |= {each.id: replace(each, timeline=entries) for each in (late, early)}
    assert (await carried(watch)).missed == (Missed(ORDERS.name, "orders-0", 2, "timed_out"),)
