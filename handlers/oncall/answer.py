"""/mapstorm oncall: who it is now and who comes next, for one rotation or for all. Holds no client."""

import asyncio
from collections.abc import Iterable

from analyzers.errors import MapstormError
from handlers import command
from handlers.errors import OutageError, UnknownRotation
from handlers.oncall.shifts import identity
from handlers.oncall_notes import OnCall, OnCallLine, Turn
from handlers.ports import Rotas, Tools
from handlers.rotation import Member, Rotation, Shift

DAY_S = 86_400.0
# What calendars are read for: a shift that began longer ago has no known beginning.
BACK_S, AHEAD_S = 40 * DAY_S, 100 * DAY_S
# Slack waits three seconds, and names are worth less than an answer.
NAMES_S = 0.7


async def on_call(tools: Tools, name: str | None) -> OnCall:
    """The line of one rotation, or of each. Raises UnknownRotation with the nearest names."""
    rotations = tools.rotas.all()
    if name is not None:
        rotations = (find(rotations, name),)
    now = tools.now()
    return OnCall(tuple(await asyncio.gather(*(line(tools.rotas, rotation, now) for rotation in rotations))))


def find(rotations: tuple[Rotation, ...], name: str) -> Rotation:
    """The rotation of that name. Raises UnknownRotation."""
    known = {rotation.name: rotation for rotation in rotations}
    if name.lower() not in known:
        raise UnknownRotation(name, command.nearest(name, known) or tuple(known)[:3])
    return known[name.lower()]


async def line(rotas: Rotas, rotation: Rotation, now: float) -> OnCallLine:
    """Who is on call now, or why that cannot be said. People whom Slack does not know keep their names."""
    try:
        rota = await rotas.read(rotation, now - BACK_S, now + AHEAD_S)
    except MapstormError as error:
        return OnCallLine(rotation, None, (), error.reason, error.detail)
    turns = _turns(rota.shifts, now)
    people = await _people(rotas, rotation, (member for turn in turns for member in turn.members))
    turns = [turn._replace(members=tuple(people[identity(one)] for one in turn.members)) for turn in turns]
    now_on_call = turns[0] if turns else None
    return OnCallLine(rotation, now_on_call, tuple(turns[1:]), rota.trouble, rota.detail, rota.read_at)


def unknown(told: OnCallLine) -> tuple[Member, ...]:
    """Those of a line whom neither the registry nor Slack knows: named in plain text, and shown by the doctor."""
    turns = [turn for turn in (told.now, *told.then) if turn]
    return tuple(dict.fromkeys(member for turn in turns for member in turn.members if not member.slack))


def _turns(shifts: tuple[Shift, ...], now: float) -> list[Turn]:
    """The turn of now and those after it, up to the first that is somebody's."""
    found: list[Turn] = []
    for shift in shifts:
        if shift.ends_at <= now:
            continue
        since = None if shift is shifts[0] else shift.starts_at
        until = None if shift is shifts[-1] else shift.ends_at
        found.append(Turn(shift.members, since, until))
        if len(found) > 1 and shift.members:
            break
    return found


async def _people(rotas: Rotas, rotation: Rotation, members: Iterable[Member]) -> dict[str, Member]:
    """By identity, as Slack knows them, or as they are where it does not answer soon."""
    wanted = {identity(member): member for member in members}
    try:
        async with asyncio.timeout(NAMES_S):
            found = await rotas.known(rotation, tuple(wanted.values()))
    except (OutageError, TimeoutError):
        return wanted
    return dict(zip(wanted, found, strict=True))
