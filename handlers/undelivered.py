"""What becomes of a message that Slack will never take. It is kept; here is who is told, and that is never the channel
that failed."""

from handlers.notes import Slip, Undelivered
from handlers.ports import Outbox, Registry
from handlers.posts import Root

DAY_S = 86_400


async def undelivered(
    outbox: Outbox, registry: Registry, now: float, *, entry: str, channel: str, code: str, asker: str
) -> None:
    """Tells the asker directly where somebody asked, else the fallback channel, once a day for a channel and code."""
    if asker and asker != channel:
        await outbox.put(Root(f"{entry.removeprefix('root:')}.slip", asker, Slip("chat_refused", code), version=1))
        return
    fallback = registry.fallback()
    if fallback and fallback != channel and not entry.startswith("root:undelivered."):
        day = int(now // DAY_S)
        identity = f"undelivered.{channel.lstrip('#')}.{code}.{day}"
        await outbox.put(Root(identity, fallback, Undelivered(channel, code), version=1))
