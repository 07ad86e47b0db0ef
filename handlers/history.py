"""`/mapstorm history`: the list to the asker, and the trend into the service's channel, a conversation of its own.

Why a root of words and the picture below it: a root is edited, which a file cannot be, and where Slack takes no charts
the picture is a file.
"""

from handlers.errors import NotAllowed
from handlers.incidents.permission import permit
from handlers.notes import History, TrendAsked, TrendPicture
from handlers.ports import Tools
from handlers.posts import Reply, Root
from handlers.records import Person, Service

# A list is cut where nobody reads on, and a picture where nothing can be told apart.
SHOWN = 20
DRAWN = 100


async def history(tools: Tools, service: Service, who: Person, request_id: str) -> History:
    """What earlier captures said. Nothing is posted without any, nor for who may not capture the service: who may not
    begin a conversation in its channel reads the list. For one `request_id` it is posted once."""
    entries = await tools.snapshots.history(service.name)
    try:
        await permit(tools, who, service)
    except NotAllowed:
        return History(service, entries[:SHOWN])
    if not entries:
        return History(service, ())
    drawn = tuple(reversed(entries[:DRAWN]))
    asked = TrendAsked(service, drawn, who.user)
    await tools.outbox.put(
        Root(request_id, service.channel, asked, version=1, asker=who.user),
        Reply(request_id, f"{request_id}.picture", TrendPicture(service, drawn)),
    )
    return History(service, entries[:SHOWN], is_drawn=True)
