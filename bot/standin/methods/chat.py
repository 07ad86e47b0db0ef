"""chat.*: post, edit, whisper, delete, link. Knows Slack's rules for who may change which message."""

from bot.standin import posting, shown
from bot.standin.check import check_edit
from bot.standin.errors import Refusal
from bot.standin.methods.call import Call, Method
from bot.standin.records import Channel, Content, Json, Message


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
    if call.args.flag("reply_broadcast") and not message.broadcast:
        _broadcast(call, message)
    else:
        content = _edited(call, message.content)
        posting.accept(content)
        check_edit(content)
        call.ws.edit(message, content)
    shape = shown.message(call.ws, message)
    return {"channel": channel.id, "ts": message.ts, "text": message.content.text, "message": shape}


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


def _edited(call: Call, before: Content) -> Content:
    """Slack: text without blocks takes the blocks away; what else is not sent stays; `{}` takes metadata away."""
    content = call.args.content()
    if not content.text:
        content.text = before.text
        content.blocks = content.blocks if "blocks" in call.args.given else before.blocks
    if "attachments" not in call.args.given:
        content.attachments = before.attachments
    if "metadata" not in call.args.given:
        content.metadata = before.metadata
    content.metadata = content.metadata or None
    return content


def _broadcast(call: Call, message: Message) -> None:
    """Show an old reply in the channel too. An edit can do this or change what it says, and never undo it."""
    if message.thread_ts is None:
        raise Refusal("cant_broadcast_message")
    if any(call.args.given.get(name) for name in ("text", "blocks", "attachments", "markdown_text")):
        raise Refusal("no_dual_broadcast_content_update")
    message.broadcast = True
    call.ws.changes.mark()


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
        raise Refusal("is_inactive")
    return message


METHODS: dict[str, Method] = {
    "chat.postMessage": post_message,
    "chat.update": update,
    "chat.postEphemeral": post_ephemeral,
    "chat.delete": delete,
    "chat.getPermalink": get_permalink,
}
