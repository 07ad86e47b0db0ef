"""conversations.* and reactions.add: reading channels and threads, page by page."""

from collections.abc import Sequence
from typing import TypeVar

from bot.standin import shown
from bot.standin.errors import Refusal
from bot.standin.methods.call import Call, Method
from bot.standin.records import Channel, Json, Message

T = TypeVar("T")


def info(call: Call) -> Json:
    return {"channel": shown.channel(call.ws, _visible(call))}


def list_all(call: Call) -> Json:
    wanted = set((call.args.text("types") or "public_channel").split(","))
    kinds = {"public_channel", "private_channel", "im", "mpim"}
    if not wanted <= kinds:
        raise Refusal("invalid_types")
    channels = [
        channel
        for channel in call.ws.channels.values()
        if channel.kind in wanted
        and not (channel.is_archived and call.args.flag("exclude_archived"))
        and not (channel.is_private and call.ws.app.user_id not in channel.members)
    ]
    page, more = _page(call, channels, 100)
    return {"channels": [shown.channel(call.ws, channel) for channel in page], **more}


def history(call: Call) -> Json:
    channel = _joined(call)
    messages = [m for m in _between(call, call.ws.messages[channel.id]) if m.thread_ts is None or m.broadcast]
    page, more = _page(call, messages[::-1], 100)
    return {
        "messages": [_told(call, message) for message in page],
        "has_more": bool(more["response_metadata"]["next_cursor"]),
        **more,
    }


def replies(call: Call) -> Json:
    channel = _joined(call)
    ts = call.args.required("ts")
    found = call.ws.find(channel.id, ts)
    if found is None:
        raise Refusal("thread_not_found")
    # Slack answers a reply's own ts with that one message. A thread's parent comes first, older than `oldest` or not.
    thread = [found] if found.thread_ts else [found, *_between(call, list(call.ws.replies(channel.id, ts)))]
    page, more = _page(call, thread, 1000)
    return {
        "messages": [_told(call, message) for message in page],
        "has_more": bool(more["response_metadata"]["next_cursor"]),
        **more,
    }


def members(call: Call) -> Json:
    page, more = _page(call, sorted(_visible(call).members), 100)
    return {"members": list(page), **more}


def join(call: Call) -> Json:
    channel = _visible(call)
    if channel.is_archived:
        raise Refusal("is_archived")
    channel.members.add(call.ws.app.user_id)
    call.ws.changes.mark()
    return {"channel": shown.channel(call.ws, channel)}


def open_direct(call: Call) -> Json:
    reference = call.args.text("channel")
    if reference:
        return {"channel": shown.channel(call.ws, _visible(call))}
    users = call.args.required("users").split(",")
    if len(users) > 1:
        raise Refusal("not_supported")
    if users[0] not in call.ws.users:
        raise Refusal("user_not_found")
    channel = call.ws.direct(users[0])
    shape = shown.channel(call.ws, channel) if call.args.flag("return_im") else {"id": channel.id}
    return {"channel": shape}


def add_reaction(call: Call) -> Json:
    channel = _joined(call)
    name = call.args.required("name").strip(":")
    message = call.ws.find(channel.id, call.args.required("timestamp"))
    if message is None:
        raise Refusal("message_not_found")
    users = message.reactions.setdefault(name, [])
    if call.ws.app.user_id in users:
        raise Refusal("already_reacted")
    users.append(call.ws.app.user_id)
    call.ws.changes.mark()
    return {}


def _visible(call: Call) -> Channel:
    channel = call.ws.channels.get(call.args.required("channel"))
    if channel is None or (channel.is_private and call.ws.app.user_id not in channel.members):
        raise Refusal("channel_not_found")
    return channel


def _joined(call: Call) -> Channel:
    channel = _visible(call)
    if call.ws.app.user_id not in channel.members:
        raise Refusal("not_in_channel")
    return channel


def _told(call: Call, message: Message) -> Json:
    """Metadata is for those who ask for it."""
    told = shown.message(call.ws, message)
    if not call.args.flag("include_all_metadata"):
        told.pop("metadata", None)
    return told


def _between(call: Call, messages: list[Message]) -> list[Message]:
    oldest, latest = call.args.text("oldest", "0"), call.args.text("latest") or "9" * 12
    edges = call.args.flag("inclusive")
    try:
        low, high = float(oldest), float(latest)
    except ValueError:
        raise Refusal("invalid_ts_oldest") from None
    return [
        message
        for message in messages
        if not message.deleted and (low < float(message.ts) < high or (edges and float(message.ts) in (low, high)))
    ]


def _page(call: Call, items: Sequence[T], default: int) -> tuple[Sequence[T], Json]:
    """One page, and the cursor of the next: an offset, which is as opaque to a caller as Slack's own."""
    size = call.args.whole("limit", default, 1000) or default
    cursor = call.args.text("cursor", "0") or "0"
    if not cursor.isascii() or not cursor.isdigit():
        raise Refusal("invalid_cursor")
    start = int(cursor)
    following = str(start + size) if start + size < len(items) else ""
    return items[start : start + size], {"response_metadata": {"next_cursor": following}}


METHODS: dict[str, Method] = {
    "conversations.info": info,
    "conversations.list": list_all,
    "conversations.history": history,
    "conversations.replies": replies,
    "conversations.members": members,
    "conversations.join": join,
    "conversations.open": open_direct,
    "reactions.add": add_reaction,
}
