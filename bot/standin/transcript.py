"""Everything that can be seen in the workspace, as JSON: for the page, and for tests."""

from dataclasses import asdict

from bot.standin import mentions, shown
from bot.standin.records import Channel, Ephemeral, Json, Message, Modal
from bot.standin.workspace import Workspace


def transcript(ws: Workspace, user: str = "") -> Json:
    """The whole workspace; with a user, only what that person can see of ephemerals and modals."""
    return {
        "version": ws.changes.version,
        "now": ws.clock.now(),
        "team": {"id": ws.seed.team_id, "name": ws.seed.team},
        "app": asdict(ws.app),
        "users": [shown.user(ws, person) for person in ws.users.values()],
        "usergroups": [shown.usergroup(ws, group, True) for group in ws.usergroups.values()],
        "channels": [_channel(ws, channel) for channel in ws.channels.values() if _sees(channel, user)],
        "ephemerals": [_ephemeral(ws, whisper) for whisper in ws.ephemerals if user in ("", whisper.user)],
        "modals": [_modal(ws, modal) for modal in ws.modals if user in ("", modal.user)],
        "homes": [_modal(ws, home) for home in ws.homes.values() if user in ("", home.user)],
        "deliveries": [asdict(delivery) for delivery in ws.deliveries],
    }


def _sees(channel: Channel, user: str) -> bool:
    return not user or user in channel.members or not (channel.is_private or channel.is_im)


def _channel(ws: Workspace, channel: Channel) -> Json:
    roots = [m for m in ws.messages[channel.id] if m.thread_ts is None or m.broadcast]
    return {
        **shown.channel(ws, channel),
        "name": channel.name,
        "members": sorted(channel.members),
        "messages": [_message(ws, message) for message in roots],
    }


def _message(ws: Workspace, message: Message) -> Json:
    told: Json = {
        **shown.message(ws, message),
        "channel": message.channel,
        "deleted": message.deleted,
        "mentions": mentions.mentioned(message),
        "history": [shown.content(content) for content in message.history],
    }
    if message.thread_ts is None:
        told["thread"] = [_message(ws, reply) for reply in ws.replies(message.channel, message.ts)]
    return told


def _ephemeral(ws: Workspace, whisper: Ephemeral) -> Json:
    return {
        "ts": whisper.ts,
        "channel": whisper.channel,
        "to": whisper.user,
        "user": whisper.author,
        "thread_ts": whisper.thread_ts,
        **shown.content(whisper.content),
    }


def _modal(ws: Workspace, modal: Modal) -> Json:
    return {"user": modal.user, "errors": modal.errors, "view": shown.view(ws, modal)}
