"""What holds for every message, by method or response_url: ids for blocks, thread parents, places.

Knows who may speak where; not which door the message came through.
"""

import re
import secrets

from bot.standin.check import check_content, elements
from bot.standin.errors import Refusal
from bot.standin.records import Channel, Content, Json
from bot.standin.workspace import Workspace

TS = re.compile(r"\d{1,12}\.\d{6}")


def accept(content: Content) -> Content:
    """Checked against Slack's limits, and given the ids that blocks and buttons lack."""
    check_content(content)
    name_blocks(content.blocks)
    return content


def name_blocks(blocks: list[Json]) -> None:
    for block in blocks:
        if not block.get("block_id"):
            block["block_id"] = secrets.token_urlsafe(4)
        for element in elements(block):
            if element["type"] not in ("image", "card", "url") and not element.get("action_id"):
                element["action_id"] = secrets.token_urlsafe(4)


def speakable(ws: Workspace, reference: str) -> Channel:
    """The channel, if the app may post there. A person's id means the direct conversation with them."""
    channel = ws.direct(reference) if reference in ws.users else ws.channel(reference)
    if channel.is_archived:
        raise Refusal("is_archived")
    if ws.app.user_id not in channel.members:
        # A private channel one is not in does not exist, as far as Slack tells.
        raise Refusal("channel_not_found" if channel.is_private else "not_in_channel")
    return channel


def parent(ws: Workspace, channel: Channel, thread_ts: str) -> str | None:
    """The ts of a thread's parent; a reply's ts or an unknown one is refused."""
    if not thread_ts:
        return None
    if not TS.fullmatch(thread_ts):
        raise Refusal("invalid_thread_ts")
    found = ws.find(channel.id, thread_ts)
    if found is None or found.thread_ts is not None:
        raise Refusal("thread_not_found")
    return thread_ts
