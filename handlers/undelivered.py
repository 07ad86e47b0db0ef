"""What becomes of a message that Slack will never take. It is kept; here is who is told, and that is never the channel
that failed."""

from handlers.errors import ChatRefused
from handlers.notes import Slip, Undelivered
from handlers.ports import Incidents, Outbox, Registry
from handlers.posts import Root

DAY_S = 86_400
ROOT = "root:"


async def undelivered(
    outbox: Outbox,
    registry: Registry,
    incidents: Incidents,
    now: float,
    *,
    entry: str,
    channel: str,
    code: str,
    asker: str,
    unseen: bool,
) -> None:
    """Tells the asker directly where somebody asked, else the fallback channel, once a day for a channel. `unseen`: it
    is the first message of its thread. Of an incident's it is told that nobody sees it, in the message of that day.

    Raises OutageError.
    """
    conversation = entry.removeprefix(ROOT)
    if asker and asker != channel:
        await outbox.put(Root(f"{conversation}.slip", asker, Slip.of(ChatRefused(code)), version=1))
        return
    fallback = registry.fallback()
    if fallback and fallback != channel and not entry.startswith(f"{ROOT}undelivered."):
        incident = await incidents.get(conversation) if unseen else None
        note = Undelivered(channel, code)
        if incident:
            title = incident.alerts[0].title if incident.alerts else ""
            note = Undelivered(channel, code, incident.group.service, title)
        identity = f"undelivered.{channel.lstrip('#')}.{int(now // DAY_S)}"
        # The higher one stands: an incident is worth an edit of what was said of a lesser thing.
        await outbox.put(Root(identity, fallback, note, version=2 if incident else 1))
