"""What is said of handoffs, in every state and with every section. Knows no test; the incidents come from notes.py."""

from dataclasses import replace
from datetime import datetime

from handlers.handoff import Added, Fixed, Handoff, HandoffAct, HandoffState, Missed, Ongoing, Quiet, Worse
from handlers.handoff_notes import (
    AddForm,
    CalendarTrouble,
    HandoffActed,
    HandoffAdded,
    HandoffAnswer,
    HandoffAsked,
    HandoffChanged,
    HandoffEscalation,
    HandoffExported,
    HandoffFixed,
    HandoffForm,
    HandoffMissed,
    HandoffNothing,
    HandoffOngoing,
    HandoffQuiet,
    HandoffReminder,
    HandoffRoot,
    HandoffSince,
    HandoffStands,
    HandoffTaken,
    HandoffTold,
    HandoffWaiting,
    HandoffWithdrawn,
    HandoffWorse,
    NotMeForm,
)
from handlers.incident import Incident
from handlers.rotation import Member, Rotation, Written

MONDAY = 1_700_467_200.0  # 2023-11-20, 09:00 in Berlin
ANA, BO = Member("Ana Lima", "ana@example.com", "U0ANA"), Member("Bo", "bo@example.com", "U0BO")
LINK = "https://standin.slack.example/archives/C0/p1"


def rotation(text: str = "payments") -> Rotation:
    written = Written((ANA, BO), datetime(2023, 11, 13, 9), 168)
    return Rotation(text, "C0PAYMENTS", ("svc-orders", text), "Europe/Berlin", written)


def handoff(state: HandoffState = HandoffState.DRAFTED, text: str = "payments") -> Handoff:
    """From Ana to Bo, one lead time before."""
    taken = state is HandoffState.TAKEN
    return Handoff(
        id="h4n9x2ab",
        rotation=text,
        channel="C0PAYMENTS",
        at=MONDAY,
        since=MONDAY - 604_800,
        until=MONDAY + 604_800,
        outgoing=(ANA,),
        incoming=(BO,),
        drafted_at=MONDAY - 3600,
        state=state,
        taken_by="U0BO" if taken else "",
        taken_at=MONDAY + 120 if taken else None,
    )


def handoff_notes(incidents: tuple[Incident, ...], text: str) -> list[HandoffTold | HandoffAnswer]:
    """Wherever a foreign name can stand, it is `text`. Of `incidents` the last one is resolved."""
    plain = handoff(text=text)
    stranger = Member(text, text, "")
    odd = replace(plain, outgoing=(stranger, Member(text, text, text)), incoming=(stranger,) * 9, asked_by=text)
    added = Added(MONDAY, text, "k3m9x2ab", text)
    *still, over = incidents
    ongoing = tuple(Ongoing(each, LINK) for each in still)
    about = Ongoing(still[-1], None, (added, added))
    fixed = (Fixed(over, LINK, True, 4.6e7), Fixed(over, None, False, None))
    worse = Worse("svc-orders", text, 1.2e8, 1.4e9, text, "growth_storm")
    quiet = (Quiet(still[0], LINK, MONDAY + 7200, True), Quiet(still[-1], None, MONDAY + 9000, False))
    missed = (Missed("svc-orders", text, 3, "timed_out"), Missed(text, text, 1, text))
    return [
        *(HandoffRoot(handoff(state, text), rotation(text)) for state in HandoffState),
        HandoffRoot(replace(handoff(HandoffState.WITHDRAWN, text), incoming=()), rotation(text)),
        HandoffRoot(odd, rotation(text), "calendar_away"),
        HandoffRoot(replace(plain, outgoing=()), replace(rotation(text), services=())),
        HandoffOngoing(plain, ongoing),
        HandoffOngoing(plain, (about,)),
        HandoffOngoing(plain, (about,) * 10),
        HandoffFixed(plain, fixed[:1]),
        HandoffFixed(plain, fixed),
        HandoffFixed(plain, fixed[:1] * 2),
        HandoffWorse(plain, (worse,)),
        HandoffWorse(plain, (worse, worse._replace(culprit="", verdict=text))),
        HandoffQuiet(plain, quiet),
        HandoffQuiet(plain, quiet[1:]),
        HandoffMissed(plain, missed),
        HandoffMissed(plain, missed[:1]),
        HandoffWaiting(plain, ongoing[:1]),
        HandoffWaiting(plain, (*ongoing, about)),
        HandoffSince(plain, ongoing[:1]),
        HandoffSince(plain, (*ongoing, Ongoing(over, LINK))),
        HandoffNothing(plain),
        HandoffAdded(plain, added, still[0]),
        HandoffAdded(plain, added._replace(by="U0ANA", incident=""), None),
        HandoffTaken(handoff(HandoffState.TAKEN, text)),
        HandoffTaken(replace(plain, taken_by=text)),
        HandoffChanged(plain, (stranger, ANA)),
        HandoffChanged(plain, plain.incoming),
        HandoffWithdrawn(plain),
        HandoffWithdrawn(replace(plain, incoming=())),
        HandoffReminder(plain),
        HandoffReminder(odd),
        HandoffEscalation(plain),
        HandoffEscalation(odd),
        CalendarTrouble(rotation(text), "calendar_away", text, MONDAY - 86_400),
        CalendarTrouble(rotation(text), text, "", None),
        HandoffAsked(plain),
        *(HandoffActed(odd, act) for act in HandoffAct),
        *(HandoffStands(handoff(state, text), act) for state in HandoffState for act in HandoffAct),
        HandoffExported(plain),
    ]


def handoff_forms(incidents: tuple[Incident, ...]) -> list[HandoffForm]:
    """One modal of every kind, with and without incidents."""
    return [AddForm(handoff(), incidents), AddForm(handoff(), ()), NotMeForm(handoff())]
