"""Who comes instead, after "not me": whom somebody chose, or whom the calendar has by now."""

from dataclasses import replace

from handlers.handoff import Handoff
from handlers.handoffs.machine import corrected, reads
from handlers.handoffs.tend import named
from handlers.incidents.permission import admit
from handlers.oncall.shifts import after
from handlers.ports import Tools
from handlers.records import Person
from handlers.rotation import Member, Rotation


async def chosen(tools: Tools, handoff: Handoff, by: Person, user: str) -> Handoff:
    """The handoff with a member of the workspace, by Slack's id, as the incoming one; the rota may still bring another.

    Raises Stranger, Guest, OutageError.
    """
    await admit(tools, Person(user, "", by.channel))
    names = {one.slack: one for one in (*handoff.outgoing, *handoff.expected) if one.slack}
    return replace(handoff, incoming=(names.get(user, Member(user, slack=user)),))


async def read_again(tools: Tools, rotation: Rotation, handoff: Handoff) -> Handoff:
    """The handoff as the rota has it now, whoever was chosen before. Raises CalendarError, OutageError."""
    now = tools.now()
    rota = await tools.rotas.read(rotation, *reads(rotation, now), anew=True)
    if handoff.asked_by:
        later = after(rota.shifts, now)
        found = later.members if later else handoff.incoming
    else:
        moved = corrected(replace(handoff, expected=()), rota, now)
        if moved is None:
            return handoff
        handoff, found = moved.after, moved.after.incoming
    outgoing, incoming = await named(tools, rotation, handoff.outgoing), await named(tools, rotation, found)
    return replace(handoff, outgoing=outgoing, incoming=incoming, expected=incoming, trouble=rota.trouble)
