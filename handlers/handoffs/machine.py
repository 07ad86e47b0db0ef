"""What the rota and the clock make of a rotation's handoffs. Pure: from what is kept and what is read to what is due.

One handoff for each moment at which somebody comes on call, known by rotation and moment, so that every process that
looks finds the same one. Before that moment it follows the rota: others come or go, or nobody changes any more. From
then on only who comes can still be corrected: calendars forget what is over.

Why a taken handoff follows the rota, too, until its moment: it was taken for a shift that another one has now.
"""

import hashlib
from base64 import b32encode
from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum
from typing import NamedTuple

from handlers.handoff import Handoff, HandoffState
from handlers.handoffs.changes import Change, changes
from handlers.handoffs.reminders import DAY_S, INCOMING, is_behind, is_live, reminder
from handlers.oncall.shifts import at, identity
from handlers.rotation import Member, Rota, Rotation

# A copy of a calendar that is younger was read without trouble.
NEW_S = 300.0


class Move(StrEnum):
    """What is due."""

    DRAFT = "draft"
    EDIT = "edit"
    WITHDRAW = "withdraw"
    REMIND = "remind"
    ESCALATE = "escalate"
    CATCH_UP = "catch_up"
    LAST = "last"  # the shift ends at another moment
    DOUBT = "doubt"  # the calendar cannot be read any more, or can again


class Due(NamedTuple):
    """A move, from what was kept (None: nothing) to what it shall be."""

    move: Move
    before: Handoff | None
    after: Handoff


def due(rotation: Rotation, known: Iterable[Handoff], rota: Rota, now: float) -> tuple[Due, ...]:
    """Everything that is due now, one move for a handoff at most. A rota without shifts could not be read: then people
    are reminded, and nothing else is known."""
    kept = {handoff.id: handoff for handoff in known}
    found = [move for handoff in kept.values() if (move := _next(rotation, handoff, rota, now))]
    fresh = (_drafted(rotation, change, rota, now) for change in changes(rota))
    return (*found, *(Due(Move.DRAFT, None, draft) for draft in fresh if _is_time(rotation, draft, now, kept)))


def reads(rotation: Rotation, now: float) -> tuple[float, float]:
    """Of which span a rota has to be read, to tell when shifts around the next change begin and end."""
    return now - 35 * DAY_S, now + rotation.lead_s + 35 * DAY_S


def identity_of(rotation: str, *what: str) -> str:
    """Nine characters, the same for whoever computes them."""
    told = "\0".join(("handoff", rotation, *what))
    return "h" + b32encode(hashlib.sha256(told.encode()).digest()[:5]).decode().lower()


def same(one: tuple[Member, ...], other: tuple[Member, ...]) -> bool:
    """Whether they are the same people, however well Slack knows them."""
    return {identity(member) for member in one} == {identity(member) for member in other}


def followed(handoff: Handoff, change: Change) -> Handoff:
    """As the rota has it now. Whoever took it keeps it only if they are still to come."""
    after = replace(
        handoff,
        since=change.since,
        until=change.until,
        outgoing=handoff.outgoing if same(handoff.outgoing, change.outgoing) else change.outgoing,
        state=HandoffState.DRAFTED if handoff.state is HandoffState.WITHDRAWN else handoff.state,
    )
    if same(handoff.expected, change.incoming):
        return after
    return replace(
        after,
        incoming=change.incoming,
        expected=change.incoming,
        state=HandoffState.DRAFTED,
        taken_by="",
        taken_at=None,
    )


def corrected(handoff: Handoff, rota: Rota, now: float) -> Due | None:
    """What the rota says otherwise than the handoff expects, None where nothing."""
    return _before(handoff, rota) if now < handoff.at else _since(handoff, rota)


def _drafted(rotation: Rotation, change: Change, rota: Rota, now: float) -> Handoff:
    return Handoff(
        id=identity_of(rotation.name, f"{change.at:.0f}"),
        rotation=rotation.name,
        channel=rotation.channel,
        at=change.at,
        since=change.since,
        until=change.until,
        outgoing=change.outgoing,
        incoming=change.incoming,
        drafted_at=now,
        expected=change.incoming,
        trouble=rota.trouble,
        caught_up=now >= change.at,
    )


def _is_time(rotation: Rotation, draft: Handoff, now: float, kept: dict[str, Handoff]) -> bool:
    """Also a little late, if all workers were down at its time."""
    late = min(DAY_S, max(rotation.lead_s, 2 * rotation.reminder_s))
    latest = min(draft.until, draft.at + late)
    return draft.id not in kept and draft.at - rotation.lead_s <= now < latest


def _next(rotation: Rotation, handoff: Handoff, rota: Rota, now: float) -> Due | None:
    if handoff.asked_by:
        return None  # whoever asked for it is there
    moved = corrected(handoff, rota, now)
    if moved is not None:
        return moved._replace(after=replace(moved.after, trouble=rota.trouble))
    if _doubts(handoff, rota, now) and is_live(rotation, handoff, now):
        return Due(Move.DOUBT, handoff, replace(handoff, trouble=rota.trouble))
    if is_behind(handoff, now):
        return Due(Move.CATCH_UP, handoff, replace(handoff, caught_up=True))
    if (reminded := reminder(rotation, handoff, now)) is None:
        return None
    return Due(Move.REMIND if reminded.told == INCOMING else Move.ESCALATE, handoff, reminded)


def _doubts(handoff: Handoff, rota: Rota, now: float) -> bool:
    """Whether it is news that the calendar can be read, or cannot. An old copy without trouble is no news: the next
    try to read it may still be under way."""
    if rota.trouble:
        return rota.trouble != handoff.trouble
    return bool(handoff.trouble) and bool(rota.shifts) and now - rota.read_at < NEW_S


def _before(handoff: Handoff, rota: Rota) -> Due | None:
    """It follows the rota."""
    if (shift := at(rota.shifts, handoff.at)) is None:
        return None
    change = next((change for change in changes(rota) if change.at == handoff.at), None)
    if change is None:
        if handoff.state is HandoffState.WITHDRAWN:
            return None
        # Nobody any more is worth knowing: it is no swap, and may be a slip of the calendar.
        withdrawn = handoff if shift.members else replace(handoff, incoming=(), expected=())
        return Due(Move.WITHDRAW, handoff, replace(withdrawn, state=HandoffState.WITHDRAWN))
    agrees = same(handoff.expected, change.incoming) and same(handoff.outgoing, change.outgoing)
    if agrees and handoff.state is not HandoffState.WITHDRAWN:
        # The last one's end is not the shift's, but of what was read.
        lasts = change.until == handoff.until or change.until >= rota.shifts[-1].ends_at
        return None if lasts else Due(Move.LAST, handoff, replace(handoff, until=change.until))
    return Due(Move.EDIT, handoff, followed(handoff, change))


def _since(handoff: Handoff, rota: Rota) -> Due | None:
    """Who comes can still be another, or nobody new after all; but a rota that has nobody then has forgotten it."""
    shift = at(rota.shifts, handoff.at)
    if shift is None or not shift.members or handoff.state is not HandoffState.DRAFTED:
        return None
    if same(shift.members, handoff.expected):
        return None
    if same(shift.members, handoff.outgoing):
        return Due(Move.WITHDRAW, handoff, replace(handoff, state=HandoffState.WITHDRAWN))
    change = Change(handoff.at, handoff.since, shift.ends_at, handoff.outgoing, shift.members)
    return Due(Move.EDIT, handoff, followed(handoff, change))
