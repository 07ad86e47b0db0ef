"""The watch over one rotation: what is due of its handoffs is decided, said and kept; again and again, by every worker.

Whoever is slower than another finds the change done: a step is kept only if the handoff is still as it was read, and
what it says is kept with it. Knows the order of these steps; what is due is machine.py's.
"""

from dataclasses import replace

from handlers.errors import CalendarError, CalendarPending, OutageError
from handlers.handoff import Handoff, HandoffState
from handlers.handoff_notes import HandoffChanged, HandoffEscalation, HandoffReminder, HandoffSince, HandoffWithdrawn
from handlers.handoffs.carry import carry
from handlers.handoffs.facts import gather, since_draft
from handlers.handoffs.machine import Due, Move, due, identity_of, reads
from handlers.handoffs.reminders import DAY_S, is_live
from handlers.handoffs.steps import carried, said, step, trouble, troubled
from handlers.ports import Tools
from handlers.posts import Reply, Root
from handlers.rotation import Member, Rota, Rotation
from handlers.step import HandoffStep


async def tend(tools: Tools, rotation: Rotation) -> None:
    """Does what is due. Raises OutageError, after which the next watch does it."""
    now = tools.now()
    rota = await _rota(tools, rotation, now)
    known = await tools.handoffs.recent(rotation.name)
    live = [handoff for handoff in known if is_live(rotation, handoff, now)]
    if rota.trouble and not rota.shifts and not live:
        await _complain(tools, rotation, rota, now)
    for found in due(rotation, known, rota, now):
        await _do(tools, rotation, rota, found)
    for handoff in known:
        if handoff.owes:
            await carry(tools, handoff.id)


async def named(
    tools: Tools, rotation: Rotation, members: tuple[Member, ...], *, patient: bool = True
) -> tuple[Member, ...]:
    """With Slack's ids. Raises OutageError where asking again may help and there is time; else they keep the names they
    have."""
    try:
        return await tools.rotas.known(rotation, members)
    except OutageError as error:
        if error.retryable and patient:
            raise
        return members


async def _rota(tools: Tools, rotation: Rotation, now: float) -> Rota:
    """Without shifts where it cannot be read; without trouble either where it is being read for the first time."""
    try:
        return await tools.rotas.read(rotation, *reads(rotation, now))
    except CalendarPending:
        return Rota((), 0.0)
    except CalendarError as error:
        return Rota((), 0.0, error.reason, error.detail)


async def _complain(tools: Tools, rotation: Rotation, rota: Rota, now: float) -> None:
    """There is no thread to say it in: the channel hears of it, once a day."""
    conversation = identity_of(rotation.name, "trouble", f"{now // DAY_S:.0f}")
    await tools.outbox.put(Root(conversation, rotation.channel, trouble(rotation, rota), 1))


async def _do(tools: Tools, rotation: Rotation, rota: Rota, found: Due) -> None:
    if found.move is Move.CATCH_UP:
        await _catch_up(tools, rotation, found)
        return
    before, after = found.before, await _with_ids(tools, rotation, found)
    replies: tuple[Reply, ...]
    if before is None:
        replies = carried(after, await gather(tools, rotation, after), rotation, rota)
    else:
        replies = _replies(found.move, before, after, rotation, rota, tools.now())
    await tools.handoffs.commit(step(rotation, before, after, *replies))


async def _catch_up(tools: Tools, rotation: Rotation, found: Due) -> None:
    """Says it in one reply, if there is anything; the root stays as it stands."""
    after = replace(found.after, version=found.after.version + 1)
    news = await since_draft(tools, rotation, after)
    replies = (said(after, "since", HandoffSince(after, news), at=tools.now()),) if news else ()
    await tools.handoffs.commit(HandoffStep(found.before, after, replies))


async def _with_ids(tools: Tools, rotation: Rotation, found: Due) -> Handoff:
    if found.move not in (Move.DRAFT, Move.EDIT):
        return found.after
    # An address to which Slack never has an answer must not keep the handoff from being said.
    patient = tools.now() < found.after.at - rotation.lead_s / 2
    outgoing = await named(tools, rotation, found.after.outgoing, patient=patient)
    incoming = await named(tools, rotation, found.after.incoming, patient=patient)
    return replace(found.after, outgoing=outgoing, incoming=incoming)


def _replies(
    move: Move, before: Handoff, after: Handoff, rotation: Rotation, rota: Rota, now: float
) -> tuple[Reply, ...]:
    """What the thread is told of a move."""
    match move:
        case Move.EDIT:
            was = before.incoming if before.state is not HandoffState.WITHDRAWN else ()
            changed = said(after, f"{before.version + 1}.changed", HandoffChanged(after, was))
            doubts = (troubled(after, rotation, rota),) if rota.trouble and not before.trouble else ()
            return (changed, *doubts)
        case Move.WITHDRAW:
            return (said(after, f"{before.version + 1}.withdrawn", HandoffWithdrawn(after)),)
        case Move.REMIND:
            return (said(after, "reminder", HandoffReminder(after), at=now),)
        case Move.ESCALATE:
            return (said(after, "escalation", HandoffEscalation(after), broadcast=True, at=now),)
        case Move.DOUBT if after.trouble:
            return (troubled(after, rotation, rota),)
    return ()
