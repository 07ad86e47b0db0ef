"""Whatever happens in whatever order: of each handoff one draft, one reminder and one escalation at most."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from handlers.errors import CalendarAway
from handlers.handoff import FilledIn, HandoffAct, HandoffState
from handlers.handoff_notes import HandoffTaken
from handlers.handoffs.acts import act
from handlers.rotation import Member, Span
from tests.handlers.handoffs.watch import ANA, BO, CY, DAY, HOUR, LEAD, Watch, berlin, person

MONDAY = berlin(2026, 3, 27, 9)  # before a weekend on which clocks change
PEOPLE = (ANA, BO, CY._replace(slack="U0CY"))

members = st.sampled_from([(), *((one,) for one in PEOPLE), PEOPLE[:2]])
edges = st.lists(st.integers(0, 8).map(lambda number: MONDAY + number * 4 * HOUR), min_size=1, max_size=5, unique=True)
rotas = st.tuples(edges, st.lists(members, min_size=6, max_size=6))
happenings = st.one_of(
    st.tuples(st.just("look"), st.integers(1, 3)),
    st.tuples(st.just("wait"), st.sampled_from([60.0, 600.0, 1800.0, 2 * HOUR, 9 * HOUR])),
    st.tuples(st.just("plan"), rotas),
    st.tuples(st.just("beaten"), st.integers(1, 2)),
    st.tuples(st.just("calendar"), st.sampled_from(["well", "a copy", "away"])),
    st.tuples(st.sampled_from(HandoffAct), st.sampled_from(PEOPLE)),
)


def spans(rota: tuple[list[float], list[tuple[Member, ...]]]) -> list[Span]:
    """Whoever is on call between two edges, without end before the first and after the last."""
    moments = [MONDAY - DAY, *sorted(rota[0]), MONDAY + 3 * DAY]
    return [Span(begin, end, who) for begin, end, who in zip(moments, moments[1:], rota[1], strict=False)]


@given(rotas, st.lists(happenings, max_size=40))
def test_at_most_one_of_each(
    rota: tuple[list[float], list[tuple[Member, ...]]], happened: list[tuple[str, object]]
) -> None:
    asyncio.run(_told(rota, happened))


async def _told(rota: tuple[list[float], list[tuple[Member, ...]]], happened: list[tuple[str, object]]) -> None:
    watch = Watch(MONDAY - LEAD, spans(rota))
    for what, how in happened:
        await _happens(watch, what, how)
        watch.at_most_one_of_each()
        for handoff in watch.handoffs():
            assert (handoff.state is HandoffState.TAKEN) == bool(handoff.taken_by)
            assert handoff.drafted_at >= handoff.at - LEAD
    # Whatever was going on: two looks later everything that is due is done.
    await watch.look(workers=4)
    before = len(watch.fakes.handoffs.steps)
    await watch.look(workers=2)
    assert len(watch.fakes.handoffs.steps) == before
    taken = watch.told(HandoffTaken)
    assert {handoff.id for handoff in watch.handoffs() if handoff.taken_by} <= set(taken)


def calendar(watch: Watch, state: str) -> None:
    """It can be read, a copy of it can, or nothing at all."""
    rotas = watch.fakes.rotas
    rotas.troubles = {} if state == "well" else {watch.rotation.name: CalendarAway("503")}
    rotas.read_at = watch.now
    if state == "away":
        rotas.spans.pop(watch.rotation.name, None)
    elif watch.rotation.name not in rotas.spans:
        watch.plan(*watch.spans)


async def _happens(watch: Watch, what: str, how: object) -> None:
    match what, how:
        case "look", int(workers):
            await watch.look(workers)
        case "wait", float(seconds):
            watch.fakes.clock.time += seconds
        case "plan", (list(), list()) as rota:
            watch.plan(*spans(rota))
        case "calendar", str(state):
            calendar(watch, state)
        case "beaten", int(times):
            watch.fakes.handoffs.beaten = times
        case HandoffAct() as deed, Member() as who:
            filled = FilledIn((("", f"at {watch.now}"),), PEOPLE[0].slack if who is BO else "")
            for handoff in watch.handoffs()[-2:]:
                await act(watch.fakes.tools, handoff.id, deed, person(who), filled)
