"""Whether it is known who is on call, and whether Slack knows them. Knows what /mapstorm oncall says; no calendar."""

import asyncio

from handlers.doctor import Check, Item, Topic
from handlers.errors import OutageError
from handlers.oncall.answer import line, unknown
from handlers.ports import People, Rotas, Standing
from handlers.rotation import Rotation, Written

# The words for people whom neither the registry nor Slack knows, and for ids of the registry that are no member's.
STRANGERS, NO_MEMBERS = "strangers", "no_members"
AT_ONCE = 8


async def rotations(rotas: Rotas, now: float, people: People | None = None) -> tuple[Check, ...]:
    """One item for each rotation: who is on call now, or why that is not known, or who is not known. `people` are asked
    for the ids that the registry itself names: nobody else does. Raises OutageError."""
    turn = asyncio.Semaphore(AT_ONCE)
    items = await asyncio.gather(*(_look(rotas, rotation, now, people, turn) for rotation in rotas.all()))
    return (Check(Topic.ROTATIONS, not any(item.reason for item in items), items=tuple(items), total=len(items)),)


async def _look(rotas: Rotas, rotation: Rotation, now: float, people: People | None, turn: asyncio.Semaphore) -> Item:
    if people and (wrong := await _no_members(rotation, people, turn)):
        return Item(rotation.name, NO_MEMBERS, ", ".join(wrong))
    told = await line(rotas, rotation, now)
    if told.trouble == OutageError.reason:
        raise OutageError(told.detail)  # Redis has a line of its own
    if told.trouble:
        return Item(rotation.name, told.trouble, told.detail)
    # Asked once more: where Slack did not answer, nobody is a stranger yet.
    strangers = [one.name for one in await rotas.known(rotation, unknown(told)) if not one.slack]
    if strangers:
        return Item(rotation.name, STRANGERS, ", ".join(strangers))
    on_call = told.now.members if told.now else ()
    return Item(rotation.name, "", ", ".join(member.name for member in on_call))


async def _no_members(rotation: Rotation, people: People, turn: asyncio.Semaphore) -> list[str]:
    """Ids that the registry has for a rotation, today's and later ones, and that are nobody's in this workspace."""
    source = rotation.source
    written = [member.slack for member in source.members if member.slack] if isinstance(source, Written) else []
    named = tuple(dict.fromkeys((*written, *rotation.people.values())))

    async def standing(user: str) -> Standing:
        async with turn:
            return await people.standing(user, "")

    found = await asyncio.gather(*map(standing, named))
    return [user for user, each in zip(named, found, strict=True) if each is Standing.STRANGER]
