"""`/mapstorm handoff`: a handoff of now, a note into one, and one as a file. Which of them is meant, and who may.

Holds no client. What a command names is the rotation; without a name it is that of the thread, of the channel, or the
only one there is.
"""

import asyncio

from handlers.errors import NoHandoff, OutageError, SeveralRotations
from handlers.handoff import FilledIn, Handoff, HandoffAct
from handlers.handoff_notes import HandoffActed, HandoffAsked, HandoffExported, HandoffStands
from handlers.handoffs.acts import act, acts_of
from handlers.handoffs.facts import gather
from handlers.handoffs.machine import identity_of, reads
from handlers.handoffs.permission import permit
from handlers.handoffs.steps import carried, step
from handlers.incidents.permission import admit
from handlers.notes import Slip
from handlers.oncall.answer import find
from handlers.oncall.shifts import after, at
from handlers.ports import Tools
from handlers.records import Person, Thread
from handlers.rotation import Member, Rotation

# Slack waits three seconds for the answer to a command.
NAMES_S = 0.5


async def ask(tools: Tools, name: str | None, who: Person, request_id: str, thread: Thread | None) -> HandoffAsked:
    """A handoff from those on call now to the next, asked for by `who`. Its id is the request's, so that a command that
    comes twice gives one. Raises RequestError, CalendarError, OutageError."""
    await admit(tools, who)  # which rotations there are is nothing for a stranger's typing errors
    rotation = await _meant(tools, name, who, thread)
    now = tools.now()
    rota = await tools.rotas.read(rotation, *reads(rotation, now))
    shift, later = at(rota.shifts, now), after(rota.shifts, now)
    coming = later.members if later else ()
    draft = Handoff(
        id=identity_of(rotation.name, "asked", request_id),
        rotation=rotation.name,
        channel=rotation.channel,
        at=now,
        since=shift.starts_at if shift else now,
        until=later.ends_at if later else (shift.ends_at if shift else now),
        outgoing=await _names(tools, rotation, shift.members if shift else ()),
        incoming=await _names(tools, rotation, coming),
        drafted_at=now,
        expected=coming,
        trouble=rota.trouble,
        asked_by=who.user,
    )
    await permit(tools, who, draft, rotation)
    replies = carried(draft, await gather(tools, rotation, draft), rotation, rota)
    await tools.handoffs.commit(step(rotation, None, draft, *replies))
    return HandoffAsked(draft)


async def note(tools: Tools, text: str, who: Person, thread: Thread | None) -> HandoffActed | HandoffStands | Slip:
    """Into the newest handoff that still takes something. Raises RequestError, OutageError."""
    await admit(tools, who)
    handoff = await _newest(tools, None, who, thread)
    return await act(tools, handoff.id, HandoffAct.ADD, who, FilledIn((("", text),)))


async def export(tools: Tools, name: str | None, who: Person, thread: Thread | None) -> HandoffExported:
    """The newest handoff as a file in its thread. Raises RequestError, OutageError."""
    await admit(tools, who)
    handoff = await _newest(tools, name, who, thread)
    rotation = find(tools.rotas.all(), handoff.rotation)
    await permit(tools, who, handoff, rotation)
    await tools.handoffs.export(handoff, rotation)
    return HandoffExported(handoff)


async def _names(tools: Tools, rotation: Rotation, members: tuple[Member, ...]) -> tuple[Member, ...]:
    """As Slack knows them, or as they are where it does not answer soon: names are worth less than an answer."""
    try:
        async with asyncio.timeout(NAMES_S):
            return await tools.rotas.known(rotation, members)
    except (OutageError, TimeoutError):
        return members


async def _meant(tools: Tools, name: str | None, who: Person, thread: Thread | None) -> Rotation:
    """Raises UnknownRotation, SeveralRotations."""
    rotations = tools.rotas.all()
    if name is not None or not rotations:
        return find(rotations, name or "")
    told = await _of(tools, thread)
    here = [one for one in rotations if one.channel == who.channel] if told is None else []
    if told is not None:
        here = [one for one in rotations if one.name == told.rotation]
    found = here or list(rotations)
    if len(found) == 1:
        return found[0]
    raise SeveralRotations("", tuple(one.name for one in found)[:5])


async def _newest(tools: Tools, name: str | None, who: Person, thread: Thread | None) -> Handoff:
    """That of the thread, the newest of the rotation, or the newest of the asker's own. Raises NoHandoff besides."""
    told = await _of(tools, thread) if name is None else None
    if told is not None:
        return told
    try:
        rotation = await _meant(tools, name, who, thread)
    except SeveralRotations:
        every = [each for one in tools.rotas.all() for each in await tools.handoffs.recent(one.name)]
        mine = [each for each in every if who.user in {one.slack for one in (*each.outgoing, *each.incoming)}]
        if not mine:
            raise
        return max(mine, key=lambda each: (bool(acts_of(each)), each.at))
    for handoff in await tools.handoffs.recent(rotation.name):
        if acts_of(handoff):
            return handoff
    raise NoHandoff(rotation.name)


async def _of(tools: Tools, thread: Thread | None) -> Handoff | None:
    conversation = await tools.outbox.conversation(thread) if thread else None
    return await tools.handoffs.get(conversation) if conversation else None
