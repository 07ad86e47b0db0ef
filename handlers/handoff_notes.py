"""What mapstorm says of handoffs, one frozen record each: facts, never sentences. `notes.py` has them all together."""

from typing import NamedTuple

from handlers.handoff import Added, Fixed, Handoff, HandoffAct, Missed, Ongoing, Quiet, Worse
from handlers.incident import Incident
from handlers.rotation import Member, Rotation


class HandoffRoot(NamedTuple):
    """The root of a handoff's thread: how it stands now. `trouble` is the error's word for why the calendar cannot be
    read, "" where it can."""

    handoff: Handoff
    rotation: Rotation
    trouble: str = ""


class HandoffOngoing(NamedTuple):
    """In the thread: incidents that are open."""

    handoff: Handoff
    items: tuple[Ongoing, ...]


class HandoffFixed(NamedTuple):
    """In the thread: incidents that were resolved in the shift."""

    handoff: Handoff
    items: tuple[Fixed, ...]


class HandoffWorse(NamedTuple):
    """In the thread: instances that grew over the shift and no alert said so."""

    handoff: Handoff
    items: tuple[Worse, ...]


class HandoffQuiet(NamedTuple):
    """In the thread: silences and snoozes that end in the next shift."""

    handoff: Handoff
    items: tuple[Quiet, ...]


class HandoffMissed(NamedTuple):
    """In the thread: captures that failed in the shift."""

    handoff: Handoff
    items: tuple[Missed, ...]


class HandoffWaiting(NamedTuple):
    """In the thread: what fires, and nobody has acknowledged it."""

    handoff: Handoff
    items: tuple[Ongoing, ...]


class HandoffSince(NamedTuple):
    """In the thread, as the shift begins: incidents that have opened, ended or changed hands since the draft."""

    handoff: Handoff
    items: tuple[Ongoing, ...]


class HandoffNothing(NamedTuple):
    """In the thread: there is nothing to hand over."""

    handoff: Handoff


class HandoffAdded(NamedTuple):
    """In the thread: what somebody wrote into the handoff; `incident` is None for what is about none."""

    handoff: Handoff
    added: Added
    incident: Incident | None


class HandoffTaken(NamedTuple):
    """In the thread: somebody has it now."""

    handoff: Handoff


class HandoffChanged(NamedTuple):
    """In the thread: somebody else goes or comes. `was` are those who were incoming before."""

    handoff: Handoff
    was: tuple[Member, ...]


class HandoffWithdrawn(NamedTuple):
    """In the thread: nobody changes at that moment any more."""

    handoff: Handoff


class HandoffReminder(NamedTuple):
    """In the thread, to the incoming: nobody has taken it yet."""

    handoff: Handoff


class HandoffEscalation(NamedTuple):
    """In the thread and the channel: the incoming were reminded, and still nobody has taken it."""

    handoff: Handoff


class CalendarTrouble(NamedTuple):
    """In a thread: a rotation's calendar cannot be read, with the error's word. `read_at` is when the copy was read
    that stands in for it, None where there is none."""

    rotation: Rotation
    reason: str
    detail: str
    read_at: float | None


class HandoffAsked(NamedTuple):
    """To the asker alone: the handoff that their command asked for."""

    handoff: Handoff


class HandoffActed(NamedTuple):
    """To the asker alone: what their command has changed; clicks are answered by the thread itself."""

    handoff: Handoff
    act: HandoffAct


class HandoffStands(NamedTuple):
    """To the asker alone: why nothing was changed, and how the handoff stands."""

    handoff: Handoff
    act: HandoffAct


class HandoffExported(NamedTuple):
    """To the asker alone: the thread was put into a file, which is in the thread."""

    handoff: Handoff


class AddForm(NamedTuple):
    """A modal: what only the outgoing know, of each incident and besides."""

    handoff: Handoff
    items: tuple[Incident, ...]


class NotMeForm(NamedTuple):
    """A modal: who takes it instead."""

    handoff: Handoff


HandoffTold = (
    HandoffRoot
    | HandoffOngoing
    | HandoffFixed
    | HandoffWorse
    | HandoffQuiet
    | HandoffMissed
    | HandoffWaiting
    | HandoffSince
    | HandoffNothing
    | HandoffAdded
    | HandoffTaken
    | HandoffChanged
    | HandoffWithdrawn
    | HandoffReminder
    | HandoffEscalation
    | CalendarTrouble
)
HandoffAnswer = HandoffAsked | HandoffActed | HandoffStands | HandoffExported
HandoffForm = AddForm | NotMeForm
