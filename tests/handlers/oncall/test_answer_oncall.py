"""/mapstorm oncall: dialogs, asserted on notes and not on words."""

import pytest

from handlers.answer import answer
from handlers.errors import CalendarAway, OutageError, UnknownZone
from handlers.notes import Note, OnCall, Slip
from handlers.oncall.answer import AHEAD_S, BACK_S, unknown
from handlers.oncall_notes import OnCallLine, Turn
from handlers.ports import Standing
from handlers.rotation import Calendar, Member, Rotation, Span
from tests.fakes import Fakes
from tests.handlers.incidents.story import ANA as WHO

HOUR, DAY = 3600.0, 86_400.0
ANA, BO = Member("Ana Lima", "ana@example.com"), Member("Bo Chen")
PAYMENTS = Rotation("payments", "C1", ("svc-orders",), "Europe/Berlin", Calendar())
SEARCH = Rotation("search", "C2", ("svc-search",), "UTC", Calendar())


@pytest.fixture
def fakes() -> Fakes:
    made = Fakes()
    made.rotas.rotations = (PAYMENTS, SEARCH)
    made.rotas.users = {"ana@example.com": "U0ANA"}
    now = made.clock.now()
    made.rotas.spans = {
        "payments": (Span(now - DAY, now + HOUR, (ANA,)), Span(now + HOUR, now + DAY, (BO,))),
        "search": (Span(now - DAY, now, (BO,)), Span(now + DAY, now + 2 * DAY, (ANA,))),
    }
    return made


async def ask(fakes: Fakes, text: str) -> Note:
    return await answer(fakes.tools, text, who=WHO, request_id="r1")


KNOWN = ANA._replace(slack="U0ANA")


async def test_now_next_and_when(fakes: Fakes) -> None:
    now = fakes.clock.now()
    line = OnCallLine(PAYMENTS, Turn((KNOWN,), now - DAY, now + HOUR), (Turn((BO,), now + HOUR, now + DAY),))
    assert await ask(fakes, "oncall payments") == OnCall((line,))
    assert await ask(fakes, "on-call PAYMENTS") == OnCall((line,))
    assert unknown(line) == (BO,)


async def test_every_rotation_and_gaps_until_somebody_comes(fakes: Fakes) -> None:
    now = fakes.clock.now()
    told = await ask(fakes, "oncall")
    assert isinstance(told, OnCall)
    payments, search = told.lines
    assert payments.rotation == PAYMENTS
    assert search.now == Turn((), now, now + DAY)
    assert search.then == (Turn((KNOWN,), now + DAY, now + 2 * DAY),)


async def test_what_lies_too_far_off_is_not_known(fakes: Fakes) -> None:
    now = fakes.clock.now()
    fakes.rotas.spans["payments"] = (Span(now - 2 * BACK_S, now + 2 * AHEAD_S, (ANA,)),)
    told = await ask(fakes, "oncall payments")
    assert told == OnCall((OnCallLine(PAYMENTS, Turn((KNOWN,), None, None)),))


async def test_a_rotation_that_is_none(fakes: Fakes) -> None:
    assert await ask(fakes, "oncall payment") == Slip("unknown_rotation", "payment", ("payments",))
    assert await ask(fakes, "oncall xyz") == Slip("unknown_rotation", "xyz", ("payments", "search"))


@pytest.mark.parametrize(
    "said", ["oncall", "oncall payments", "handoff", "handoff payments", "handoff note x", "handoff export"]
)
async def test_without_any_rotation_that_is_what_is_said(fakes: Fakes, said: str) -> None:
    fakes.rotas.rotations = ()
    assert await ask(fakes, said) == OnCall(())
    fakes.people.standings = {WHO.user: Standing.GUEST}
    assert await ask(fakes, said) == Slip("guest", "")


async def test_a_calendar_that_cannot_be_read_says_so_and_takes_no_other_away(fakes: Fakes) -> None:
    fakes.rotas.troubles = {"payments": CalendarAway("500"), "search": UnknownZone("Nowhere")}
    fakes.rotas.read_at = 7.0
    del fakes.rotas.spans["search"]
    told = await ask(fakes, "oncall")
    assert isinstance(told, OnCall)
    payments, search = told.lines
    assert (payments.trouble, payments.detail, payments.read_at) == ("calendar_away", "500", 7.0)
    assert payments.now
    assert search == OnCallLine(SEARCH, None, (), "unknown_zone", "Nowhere")


async def test_names_are_named_where_slack_does_not_say_whose_they_are(fakes: Fakes) -> None:
    fakes.rotas.fails = OutageError("slack")
    told = await ask(fakes, "oncall payments")
    assert isinstance(told, OnCall)
    assert told.lines[0].now
    assert told.lines[0].now.members == (ANA,)


@pytest.mark.parametrize(("standing", "reason"), [(Standing.GUEST, "guest"), (Standing.STRANGER, "stranger")])
async def test_only_members_hear_it(fakes: Fakes, standing: Standing, reason: str) -> None:
    fakes.people.standings[WHO.user] = standing
    assert await ask(fakes, "oncall") == Slip(reason, "")


async def test_too_many_words(fakes: Fakes) -> None:
    assert await ask(fakes, "oncall a b") == Slip("wrong_usage", "oncall")
