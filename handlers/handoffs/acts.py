"""What people do with a handoff, by a button, a modal or a command: who may, whether it still means something, do it.

Knows the order of these steps; not which button it was, nor how an answer is shown. A click is answered with a note in
every case.
"""

from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import replace
from typing import TypeVar

from analyzers.errors import MapstormError
from handlers.errors import OutageError, UnknownHandoff, WrongUsage
from handlers.handoff import OFFERED, Added, FilledIn, Handoff, HandoffAct, HandoffState
from handlers.handoff_notes import (
    AddForm,
    HandoffActed,
    HandoffAdded,
    HandoffChanged,
    HandoffStands,
    HandoffTaken,
    HandoffWithdrawn,
    NotMeForm,
)
from handlers.handoffs.carry import carry
from handlers.handoffs.incoming import chosen, read_again
from handlers.handoffs.machine import same
from handlers.handoffs.permission import permit
from handlers.handoffs.steps import rotation_of, said, settle, step
from handlers.incident import Incident
from handlers.incidents.permission import admit
from handlers.notes import Slip
from handlers.ports import Tools
from handlers.posts import Reply
from handlers.records import Person
from handlers.rotation import Member, Rotation
from handlers.step import HandoffStep

NOTHING_FILLED_IN = FilledIn()
# Characters of one note, and notes of one handoff: it must stay a record that can be kept.
LONGEST, MOST = 2_000, 100

T = TypeVar("T")


class _Stands(Exception):
    """There is nothing to do."""

    def __init__(self, handoff: Handoff) -> None:
        super().__init__(handoff.id)
        self.handoff = handoff


def acts_of(handoff: Handoff) -> tuple[HandoffAct, ...]:
    """The buttons, in order."""
    return OFFERED[handoff.state]


async def act(
    tools: Tools, identity: str, act: HandoffAct, who: Person, filled: FilledIn = NOTHING_FILLED_IN
) -> HandoffActed | HandoffStands | Slip:
    """Does it."""
    return await _answered(act, _done(tools, identity, act, who, filled))


async def form(tools: Tools, identity: str, act: HandoffAct, who: Person) -> AddForm | NotMeForm | HandoffStands | Slip:
    """What the modal of ADD or NOT_ME has to offer, or why it does not open."""
    return await _answered(act, _form(tools, identity, act, who))


async def _answered(act: HandoffAct, answer: Awaitable[T]) -> T | HandoffStands | Slip:
    try:
        return await answer
    except _Stands as stands:
        return HandoffStands(stands.handoff, act)
    except MapstormError as error:
        return Slip.of(error)


async def _permitted(tools: Tools, identity: str, act: HandoffAct, who: Person) -> tuple[Handoff, Rotation]:
    await admit(tools, who)  # strangers are not told which handoffs there are
    handoff = await tools.handoffs.get(identity)
    if handoff is None:
        raise UnknownHandoff
    rotation = rotation_of(tools, handoff)
    await permit(tools, who, handoff, rotation)
    if act not in acts_of(handoff):
        raise _Stands(handoff)
    return handoff, rotation


async def _form(tools: Tools, identity: str, act: HandoffAct, who: Person) -> AddForm | NotMeForm:
    handoff, rotation = await _permitted(tools, identity, act, who)
    return AddForm(handoff, await _open(tools, rotation)) if act is HandoffAct.ADD else NotMeForm(handoff)


async def _done(tools: Tools, identity: str, act: HandoffAct, who: Person, filled: FilledIn) -> HandoffActed:
    handoff, rotation = await _permitted(tools, identity, act, who)
    found = {each.id: each for each in await _open(tools, rotation)} if act is HandoffAct.ADD else {}
    now = tools.now()

    async def decide(current: Handoff) -> HandoffStep:
        if act not in acts_of(current):
            raise _Stands(current)
        match act:
            case HandoffAct.ADD:
                return _added(rotation, current, who.user, now, filled, found)
            case HandoffAct.TAKE:
                return _taken(rotation, current, who.user, now)
            case HandoffAct.NOT_ME if filled.user:
                return _changed(rotation, current, await chosen(tools, current, who, filled.user))
            case HandoffAct.NOT_ME:
                return _changed(rotation, current, await read_again(tools, rotation, current))

    kept = await settle(tools, identity, decide)
    if kept is None:
        raise _Stands(handoff)
    if kept.after.owes:
        with suppress(OutageError):  # the handoff says what it owes, and whoever watches carries it
            await carry(tools, identity)
    return HandoffActed(kept.after, act)


def _added(
    rotation: Rotation, current: Handoff, who: str, now: float, filled: FilledIn, found: dict[str, Incident]
) -> HandoffStep:
    """What was written and is not there yet; about an incident that is over meanwhile it is about none."""
    known = {(added.by, added.incident, added.text) for added in current.added}
    texts = {(name if name in found else "", text.strip()[:LONGEST]) for name, text in filled.texts if text.strip()}
    ordered = sorted(texts, key=lambda each: (list(found).index(each[0]) if each[0] else len(found), each))
    fresh = tuple(Added(now, who, name, text) for name, text in ordered if (who, name, text) not in known)
    if not fresh:
        raise _Stands(current)
    if len(current.added) + len(fresh) > MOST:
        raise WrongUsage("handoff")
    after = replace(current, added=current.added + fresh, owes=True)
    replies: list[Reply] = []
    for number, added in enumerate(fresh, len(current.added)):
        replies.append(said(after, f"added.{number}", HandoffAdded(after, added, found.get(added.incident))))
    return step(rotation, current, after, *replies)


def _taken(rotation: Rotation, current: Handoff, who: str, now: float) -> HandoffStep:
    if who in _ids(current.outgoing) and who not in _ids(current.incoming):
        raise _Stands(current)  # whoever goes cannot say that the other one has it: nobody would be reminded
    after = replace(current, state=HandoffState.TAKEN, taken_by=who, taken_at=now, owes=True)
    return step(rotation, current, after, said(after, f"{current.version + 1}.taken", HandoffTaken(after)))


def _ids(members: tuple[Member, ...]) -> set[str]:
    return {member.slack for member in members if member.slack}


def _changed(rotation: Rotation, current: Handoff, after: Handoff) -> HandoffStep:
    """Somebody else comes, or nobody does any more."""
    event = f"{current.version + 1}.changed"
    if after.state is HandoffState.WITHDRAWN:
        return step(rotation, current, after, said(after, event, HandoffWithdrawn(after)))
    if same(after.incoming, current.incoming):
        raise _Stands(current)
    return step(rotation, current, after, said(after, event, HandoffChanged(after, current.incoming)))


async def _open(tools: Tools, rotation: Rotation) -> tuple[Incident, ...]:
    return tuple(each for each in await tools.incidents.open() if each.service in rotation.services)
