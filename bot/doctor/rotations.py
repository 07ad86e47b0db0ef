"""Whether it is known who is on call, and whether Slack knows them. Knows what /mapstorm oncall says; no calendar."""

import asyncio

from handlers.doctor import Check, Item, Topic
from handlers.errors import OutageError
from handlers.oncall.answer import line, unknown
from handlers.ports import Rotas
from handlers.rotation import Rotation

# The word for people whom neither the registry nor Slack knows.
STRANGERS = "strangers"


async def rotations(rotas: Rotas, now: float) -> tuple[Check, ...]:
    """One item for each rotation: who is on call now, or why that is not known, or who is not known. Raises
    OutageError."""
    items = await asyncio.gather(*(_look(rotas, rotation, now) for rotation in rotas.all()))
    return (Check(Topic.ROTATIONS, not any(item.reason for item in items), items=tuple(items), total=len(items)),)


async def _look(rotas: Rotas, rotation: Rotation, now: float) -> Item:
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
