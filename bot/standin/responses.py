"""response_url: answering a command or a click without a token. Five uses in thirty minutes.

Knows new, replaced and deleted answers, seen by one person or by all; not who sends the request.
"""

from bot.standin import posting
from bot.standin.args import Args
from bot.standin.errors import Refusal
from bot.standin.records import Content, Json
from bot.standin.triggers import ResponseUrl, Tickets
from bot.standin.workspace import Workspace


def respond(ws: Workspace, tickets: Tickets, key: str, said: Json) -> None:
    url = tickets.spend_response(key)
    args = Args(said)
    if args.flag("delete_original"):
        _delete(ws, url)
        return
    content = posting.accept(args.content())
    if args.flag("replace_original") and _replace(ws, url, content):
        return
    say(ws, url, args, content)


def say(ws: Workspace, url: ResponseUrl, args: Args, content: Content) -> None:
    """A new message: for everybody if `response_type` is in_channel, else for the asker alone."""
    channel = ws.channels[url.channel]
    thread_ts = posting.parent(ws, channel, args.text("thread_ts"))
    if args.text("response_type") == "in_channel":
        ts = ws.post(url.channel, ws.app.user_id, content, thread_ts).ts
    else:
        ts = ws.whisper(url.channel, url.user, ws.app.user_id, content, thread_ts).ts
    # What a later `replace_original` on the same address means, if nothing was there before.
    url.original = url.original or ts


def _replace(ws: Workspace, url: ResponseUrl, content: Content) -> bool:
    message = ws.find(url.channel, url.original or "")
    if message is not None:
        ws.edit(message, content)
        return True
    for ephemeral in ws.ephemerals:
        if ephemeral.ts == url.original:
            ephemeral.content = content
            ws.changes.mark()
            return True
    return False


def _delete(ws: Workspace, url: ResponseUrl) -> None:
    message = ws.find(url.channel, url.original or "")
    if message is not None:
        ws.delete(message)
        return
    left = [ephemeral for ephemeral in ws.ephemerals if ephemeral.ts != url.original]
    if len(left) == len(ws.ephemerals):
        raise Refusal("message_not_found", status=404)
    ws.ephemerals = left
    ws.changes.mark()
