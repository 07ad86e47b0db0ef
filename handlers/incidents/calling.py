"""Whom an incident calls: who is on call as it opens, where the registry says `oncall`. Holds no client.

Why it is kept in the incident: a root may be put anew before it was ever posted, and must then call the same people.
A rota that cannot be read calls nobody, and must not keep the incident waiting: the thread says so.
"""

import asyncio
from dataclasses import replace

from analyzers.errors import MapstormError
from handlers.handoff_notes import CalendarTrouble
from handlers.incidents.steps import Change
from handlers.oncall.shifts import at
from handlers.ports import Tools
from handlers.posts import Post, Reply, Urgency
from handlers.records import ON_CALL, Service
from handlers.rotation import Member, Rotation


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
        members, error = await _members(tools, rotation, now)
        if error is not None:
            note = CalendarTrouble(rotation, error.reason, error.detail, now if members else None)
            posts.append(Reply(opened.id, f"{opened.id}.oncall.{rotation.name}", note, Urgency.STATE))
        found += [member.slack for member in members if member.slack]
    on_call = tuple(dict.fromkeys(found))
    return change._replace(after=replace(opened, on_call=on_call), posts=(*change.posts, *posts))


async def _members(tools: Tools, rotation: Rotation, now: float) -> tuple[list[Member], MapstormError | None]:
    """Who is on call, and why that is not all: one whom Slack does not say now keeps nobody else from being called."""
    try:
        shift = at((await tools.rotas.read(rotation, now, now + 1)).shifts, now)
    except MapstormError as error:
        return [], error
    wanted = shift.members if shift else ()
    asked = (tools.rotas.known(rotation, (member,)) for member in wanted)
    found: list[Member] = []
    failed: MapstormError | None = None
    for answer in await asyncio.gather(*asked, return_exceptions=True):
        if isinstance(answer, MapstormError):
            failed = answer
        elif isinstance(answer, BaseException):
            raise answer
        else:
            found += answer
    return found, failed
