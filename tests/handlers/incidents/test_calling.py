"""Whom an incident calls when it opens: who is on call, once, and nobody where that cannot be said."""

from dataclasses import replace

import pytest

from handlers.errors import CalendarAway, OutageError
from handlers.handoff_notes import CalendarTrouble
from handlers.incident import Act
from handlers.incidents.acts import act
from handlers.rotation import Member, Rotation, Span, UserGroup
from tests.handlers.incidents.story import ANA, SERVICE, Story, firing

CALLED = replace(SERVICE, mention=("S0ONCALL", "oncall"))
MEMBERS = (Member("Bo", "bo@example.com"), Member("Cy"), Member("Dee", slack="U0DEE"))
ROTATION = Rotation("payments", "C0PAYMENTS", (SERVICE.name,), "UTC", UserGroup("S0"))


@pytest.fixture
def story() -> Story:
    made = Story(service=CALLED)
    rotas = made.fakes.rotas
    rotas.rotations = (ROTATION, replace(ROTATION, name="others", services=("svc-other",)))
    rotas.spans["payments"] = (Span(0, 9e9, MEMBERS),)
    rotas.spans["others"] = (Span(0, 9e9, (Member("Eve", slack="U0EVE"),)),)
    rotas.users["bo@example.com"] = "U0BO"
    return made


async def test_whoever_is_on_call_is_mentioned_however_often_the_root_is_put(story: Story) -> None:
    opened = await story.hear(firing("orders-0", story.begin))
    root = story.fakes.outbox.roots[opened.id]
    assert root.mention == ("S0ONCALL", "U0BO", "U0DEE")
    story.fakes.rotas.spans["payments"] = ()
    await act(story.fakes.tools, opened.id, Act.ACKNOWLEDGE, ANA)
    again = story.fakes.outbox.roots[opened.id]
    assert (again.version, again.mention) == (2, root.mention), "the same, if it was not posted yet"


async def test_only_where_the_registry_says_so(story: Story) -> None:
    story.register(SERVICE)
    opened = await story.hear(firing("orders-0", story.begin))
    assert story.fakes.outbox.roots[opened.id].mention == ("S0ONCALL",)


async def test_a_copy_of_the_calendar_will_do(story: Story) -> None:
    story.fakes.rotas.troubles["payments"] = CalendarAway("503")
    opened = await story.hear(firing("orders-0", story.begin))
    assert opened.on_call == ("U0BO", "U0DEE")


@pytest.mark.parametrize("who_fails", ["calendar", "slack"])
async def test_a_rota_that_cannot_be_read_calls_nobody_and_the_thread_says_so_once(
    story: Story, who_fails: str
) -> None:
    if who_fails == "slack":
        story.fakes.rotas.fails = OutageError("slack")
    else:
        story.fakes.rotas.troubles["payments"] = CalendarAway("503")
        del story.fakes.rotas.spans["payments"]
    opened = await story.hear(firing("orders-0", story.begin))
    await story.hear(firing("orders-1", story.begin))
    known = ("U0DEE",) if who_fails == "slack" else ()  # of whom Slack need not be asked
    assert story.fakes.outbox.roots[opened.id].mention == ("S0ONCALL", *known)
    (said,) = [note for note in story.fakes.outbox.said() if isinstance(note, CalendarTrouble)]
    assert said.rotation == ROTATION
