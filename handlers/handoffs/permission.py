"""Who may do something with a handoff. Asked at the click: who comes on call may have changed since the button."""

from handlers.errors import UnknownService
from handlers.handoff import Handoff
from handlers.incidents import permission
from handlers.ports import Tools
from handlers.records import Person
from handlers.rotation import Rotation


async def permit(tools: Tools, who: Person, handoff: Handoff, rotation: Rotation) -> None:
    """Those who go and come, if they are members; else members whom the registry lists for all of the rotation's
    services. Raises Stranger, Guest, NotAllowed, and OutageError where nobody says what somebody is."""
    await permission.admit(tools, who)
    if who.user in {member.slack for member in (*handoff.outgoing, *handoff.incoming)}:
        return
    for name in rotation.services:
        try:
            service = tools.registry.get(name)
        except UnknownService:  # taken out of the registry since the rotation was read
            continue
        await permission.permit(tools, who, service)
