"""Who may do what. Asked at the click, never when the button was made: groups and guests change meanwhile."""

from handlers.errors import Guest, NotAllowed, Stranger
from handlers.ports import Standing, Tools
from handlers.records import Person, Service


async def admit(tools: Tools, who: Person) -> None:
    """Members only. Raises Guest, Stranger, and OutageError where nobody says what somebody is."""
    match await tools.people.standing(who.user, who.team):
        case Standing.GUEST:
            raise Guest
        case Standing.STRANGER:
            raise Stranger
        case Standing.MEMBER:
            return


async def permit_reading(tools: Tools, who: Person) -> None:
    """Members and guests. Raises Stranger, and OutageError as admit does."""
    if await tools.people.standing(who.user, who.team) is Standing.STRANGER:
        raise Stranger


async def permit(tools: Tools, who: Person, service: Service) -> None:
    """Members that the registry lists for the service; all of them where it lists none. Raises what admit does, and
    NotAllowed."""
    await admit(tools, who)
    allow = service.allow
    if allow is None or who.user in allow.users or not (allow.users or allow.user_groups):
        return
    if allow.user_groups and await tools.people.in_groups(who.user, allow.user_groups):
        return
    raise NotAllowed(service.name)
