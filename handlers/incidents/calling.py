"""Whom an incident calls: who is on call as it opens, where the registry says `oncall`. Holds no client.

Why it is kept in the incident: a root may be put anew before it was ever posted, and must then call the same people.
A rota that cannot be read calls nobody, and must not keep the incident waiting: the thread says so.
"""

from dataclasses import replace

from analyzers.errors import MapstormError
from handlers.handoff_notes import CalendarTrouble
from handlers.incidents.steps import Change
from handlers.oncall.shifts import at
from handlers.ports import Tools
from handlers.posts import Post, Reply, Urgency
from handlers.records import ON_CALL, Service


async def calling(tools: Tools, service: Service, change: Change) -> Change:
    """The change that opens an incident, with who is on call for the rotations of its service."""
    if ON_CALL not in service.mention:
        return change
    now, opened = tools.now(), change.after
    found: list[str] = []
    posts: list[Post] = []
    for rotation in tools.rotas.all():
        if service.name not in rotation.services:
            continue
        try:
            shift = at((await tools.rotas.read(rotation, now, now + 1)).shifts, now)
            members = await tools.rotas.known(rotation, shift.members if shift else ())
        except MapstormError as error:
            note = CalendarTrouble(rotation, error.reason, error.detail, None)
            posts.append(Reply(opened.id, f"{opened.id}.oncall.{rotation.name}", note, Urgency.STATE))
            continue
        found += [member.slack for member in members if member.slack]
    on_call = tuple(dict.fromkeys(found))
    return change._replace(after=replace(opened, on_call=on_call), posts=(*change.posts, *posts))
