"""chat.*: post, edit, whisper, delete, link. Knows Slack's rules for who may change which message."""

from bot.standin import posting, shown
from bot.standin.check import check_edit
from bot.standin.errors import Refusal
from bot.standin.methods.call import Call, Method
from bot.standin.records import Channel, Json, Message


def post_message(call: Call) -> Json:
    channel = posting.speakable(call.ws, call.args.required("channel"))
    thread_ts = posting.parent(call.ws, channel, call.args.text("thread_ts"))
    content = posting.accept(call.args.content())
    message = call.ws.post(channel.id, call.ws.app.user_id, content, thread_ts)
    message.broadcast = thread_ts is not None and call.args.flag("reply_broadcast")
    return {"channel": channel.id, "ts": message.ts, "message": shown.message(call.ws, message)}


def update(call: Call) -> Json:
    channel = _by_id(call)
    message = _own(call, channel)
    # Slack: text without blocks takes the blocks away; blocks without text leave the text.
    content = call.args.content()
    if content.blocks and not content.text:
        content.text = message.content.text
    if content.metadata is None:
        content.metadata = message.content.metadata
    posting.accept(content)
    check_edit(content)
    call.ws.edit(message, content)
    # A reply can be shown in the channel by an edit, but never taken out of it again.
    message.broadcast = message.broadcast or (message.thread_ts is not None and call.args.flag("reply_broadcast"))
    shape = shown.message(call.ws, message)
    return {"channel": channel.id, "ts": message.ts, "text": content.text, "message": shape}


def post_ephemeral(call: Call) -> Json:
    channel = posting.speakable(call.ws, call.args.required("channel"))
    user = call.args.required("user")
    if user not in call.ws.users or user not in channel.members:
        raise Refusal("user_not_in_channel")
    thread_ts = posting.parent(call.ws, channel, call.args.text("thread_ts"))
    content = posting.accept(call.args.content())
    ephemeral = call.ws.whisper(channel.id, user, call.ws.app.user_id, content, thread_ts)
    return {"message_ts": ephemeral.ts}


def delete(call: Call) -> Json:
    channel = _by_id(call)
    message = _own(call, channel, "cant_delete_message")
    call.ws.delete(message)
    return {"channel": channel.id, "ts": message.ts}


def get_permalink(call: Call) -> Json:
    channel = _by_id(call)
    ts = call.args.required("message_ts")
    message = call.ws.find(channel.id, ts)
    if message is None:
        raise Refusal("message_not_found")
    link = f"{call.ws.address}/archives/{channel.id}/p{ts.replace('.', '')}"
    if message.thread_ts:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


def _by_id(call: Call) -> Channel:
    """Unlike chat.postMessage, these take no names: a bot that keeps names cannot edit what it posted."""
    channel = call.ws.channels.get(call.args.required("channel"))
    if channel is None:
        raise Refusal("channel_not_found")
    return channel


def _own(call: Call, channel: Channel, code: str = "cant_update_message") -> Message:
    message = call.ws.find(channel.id, call.args.required("ts"))
    if message is None:
        raise Refusal("message_not_found")
    if message.user != call.ws.app.user_id:
        raise Refusal(code)
    if channel.is_archived:
        raise Refusal("is_archived")
    return message


METHODS: dict[str, Method] = {
    "chat.postMessage": post_message,
    "chat.update": update,
    "chat.postEphemeral": post_ephemeral,
    "chat.delete": delete,
    "chat.getPermalink": get_permalink,
}
