"""What people do with an incident, by a button, a modal or a command: who may, whether it still means something, do it.

Knows the order of these steps; not which button it was, nor how an answer is shown. A click is answered with a note in
every case: what has changed, how it stands, or what was wrong.
"""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from analyzers.errors import MapstormError
from handlers.errors import NoAlertmanager, UnknownIncident
from handlers.incident import Act, Filled, Incident
from handlers.incident_notes import Acted, CompareForm, SilenceForm, SnoozeForm, StandsSo
from handlers.incidents import deeds, machine
from handlers.incidents.comparing import comparable, compare
from handlers.incidents.offered import acts_of, can_silence
from handlers.incidents.permission import admit, permit
from handlers.incidents.registered import service_of
from handlers.incidents.silencing import matchers, silence, unsilence
from handlers.incidents.steps import Change, settle, step
from handlers.notes import Slip
from handlers.ports import Tools
from handlers.records import Person
from handlers.step import Step

NOTHING_ADDED = Filled()
# Of these the state decides. A message that shows another state than there is says nothing of what its clicker wants.
_OF_A_STATE = (Act.ACKNOWLEDGE, Act.SNOOZE, Act.RESOLVE)

Deed = Callable[[Incident], Change]
T = TypeVar("T")


class _Stands(Exception):
    """There is nothing to do any more."""

    def __init__(self, incident: Incident) -> None:
        super().__init__(incident.id)
        self.incident = incident


async def act(
    tools: Tools,
    identity: str,
    act: Act,
    who: Person,
    at_version: int | None = None,
    filled: Filled = NOTHING_ADDED,
) -> Acted | StandsSo | Slip:
    """Does it. `at_version` is that of the message that was clicked, None for what was typed."""
    return await _answered(act, _done(tools, identity, act, who, at_version, filled))


async def form(
    tools: Tools, identity: str, act: Act, who: Person, at_version: int | None = None
) -> SnoozeForm | SilenceForm | CompareForm | StandsSo | Slip:
    """What the modal of a snooze, a silence or a comparison has to offer, or why it does not open."""
    return await _answered(act, _form(tools, identity, act, who, at_version))


async def permitted(tools: Tools, identity: str, who: Person) -> Incident:
    """The incident of that id, if `who` may act on it. Raises UnknownIncident, Forbidden, OutageError."""
    await admit(tools, who)  # strangers are not told which ids there are
    incident = await tools.incidents.get(identity)
    if incident is None or not incident.timeline:
        found = await tools.incidents.open()
        raise UnknownIncident(identity, tuple(each.id for each in found if each.channel == who.channel)[:3])
    await permit(tools, who, service_of(tools, incident))
    return incident


async def _answered(act: Act, answer: Awaitable[T]) -> T | StandsSo | Slip:
    try:
        return await answer
    except _Stands as stands:
        return StandsSo(stands.incident, act)
    except MapstormError as error:
        return Slip.of(error)


async def _done(tools: Tools, identity: str, act: Act, who: Person, at_version: int | None, filled: Filled) -> Acted:
    incident = await permitted(tools, identity, who)
    _still(tools, incident, act, at_version)
    deed = await _deed(tools, incident, act, who.user, filled)

    async def decide() -> Step | None:
        current = await tools.incidents.get(identity)
        if current is None:
            raise UnknownIncident(identity)
        _still(tools, current, act, at_version)
        return step(tools, service_of(tools, current), current, deed(current))

    kept = await settle(tools, decide)
    if kept is None:
        raise _Stands(incident)
    return Acted(kept.after, kept.after.timeline[-1])


async def _deed(tools: Tools, incident: Incident, act: Act, who: str, filled: Filled) -> Deed:
    """What is to be done, once all that must be asked of others was asked."""
    now = tools.now()
    service = service_of(tools, incident)
    match act:
        case Act.ACKNOWLEDGE:
            return lambda current: deeds.acknowledged(current, who, now)
        case Act.RESOLVE:
            return lambda current: machine.resolved(current, service, now, who)
        case Act.SNOOZE:
            seconds = deeds.span(filled.seconds)
            return lambda current: deeds.snoozed(current, who, now, seconds)
        case Act.CAPTURE:
            return lambda current: deeds.captured(current, service, who, now, filled.instance)
        case Act.COMPARE:
            note = await compare(tools, service, incident, filled.instance, filled.against, who)
            return lambda current: deeds.compared(current, who, now, note)
        case Act.SILENCE:
            made = await silence(tools, incident, who, deeds.span(filled.seconds), filled.comment)
            return lambda current: deeds.silenced(current, who, now, made, filled.comment)
        case Act.UNSILENCE:
            await unsilence(tools, incident)
            return lambda current: deeds.unsilenced(current, who, now)


async def _form(
    tools: Tools, identity: str, act: Act, who: Person, at_version: int | None
) -> SnoozeForm | SilenceForm | CompareForm:
    incident = await permitted(tools, identity, who)
    _still(tools, incident, act, at_version)
    if act is Act.SNOOZE:
        return SnoozeForm(incident, deeds.SNOOZES)
    if act is Act.SILENCE:
        matchers(incident)
        return SilenceForm(incident, deeds.SILENCES)
    return await comparable(tools, service_of(tools, incident), incident)


def _still(tools: Tools, incident: Incident, act: Act, at_version: int | None) -> None:
    """Raises _Stands where the act is not to be had, or the message that was clicked shows another state.

    Raises NoAlertmanager where it never is.
    """
    if act in (Act.SILENCE, Act.UNSILENCE) and not can_silence(tools, incident):
        raise NoAlertmanager
    offered = acts_of(incident, silences=can_silence(tools, incident), now=tools.now())
    is_stale = at_version is not None and at_version < incident.stands_since and act in _OF_A_STATE
    if act not in offered or is_stale:
        raise _Stands(incident)
