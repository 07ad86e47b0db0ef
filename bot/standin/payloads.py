"""What Slack sends to an app: slash commands, button clicks, submissions, events. Sends nothing."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from bot.standin import shown
from bot.standin.records import Channel, Ephemeral, Json, Message, Modal, User
from bot.standin.workspace import Workspace

# Slack still sends this deprecated field; nothing may rely on it.
VERIFICATION = "standin-verification"


@dataclass(frozen=True)
class Tickets:
    """What the receiver may use to answer."""

    trigger_id: str
    response_url: str = ""


def command(ws: Workspace, channel: Channel, user: User, word: str, text: str, tickets: Tickets) -> Json:
    return {
        "token": VERIFICATION,
        "team_id": ws.team_of(user.id),
        "team_domain": _domain(ws, user),
        "channel_id": channel.id,
        "channel_name": "directmessage" if channel.is_im else channel.name,
        "user_id": user.id,
        "user_name": user.name,
        "command": word,
        "text": text,
        "api_app_id": ws.app.app_id,
        "is_enterprise_install": "false",
        "response_url": tickets.response_url,
        "trigger_id": tickets.trigger_id,
    }


def message_action(ws: Workspace, user: User, source: Message | Ephemeral, action: Json, tickets: Tickets) -> Json:
    channel = ws.channels[source.channel]
    container: Json = {
        "type": "message",
        "message_ts": source.ts,
        "channel_id": channel.id,
        "is_ephemeral": isinstance(source, Ephemeral),
    }
    if source.thread_ts:
        container["thread_ts"] = source.thread_ts
    payload = _interaction(ws, user, "block_actions", tickets) | {
        "container": container,
        "channel": {"id": channel.id, "name": "directmessage" if channel.is_im else channel.name},
        "state": {"values": {}},
        "response_url": tickets.response_url,
        "actions": [action],
    }
    # Of an ephemeral message Slack sends no content back: the app must remember what it said.
    return payload | {"message": shown.message(ws, source)} if isinstance(source, Message) else payload


def view_action(ws: Workspace, user: User, modal: Modal, values: Json, action: Json, trigger: str) -> Json:
    return _in_view(ws, user, "block_actions", Tickets(trigger)) | {
        "container": {"type": "view", "view_id": modal.id},
        "view": shown.view(ws, modal, values),
        "actions": [action],
    }


def submission(ws: Workspace, user: User, modal: Modal, values: Json, trigger: str) -> Json:
    return _in_view(ws, user, "view_submission", Tickets(trigger)) | {
        "view": shown.view(ws, modal, values),
        "response_urls": [],
    }


def closing(ws: Workspace, user: User, modal: Modal, cleared: bool) -> Json:
    payload = _in_view(ws, user, "view_closed", Tickets(""))
    payload.pop("trigger_id")
    return payload | {"view": shown.view(ws, modal), "is_cleared": cleared}


def heard(ws: Workspace, channel: Channel, message: Message) -> Iterator[Json]:
    """The events of one message that somebody typed, if the app is there, subscribed to them and has the scope."""
    app = ws.app
    if app.user_id not in channel.members:
        return
    seen = shown.message(ws, message)
    inner: Json = {
        name: seen[name] for name in ("user", "text", "ts", "team", "thread_ts", "user_team") if name in seen
    }
    inner |= {"channel": channel.id, "event_ts": message.ts}
    kind = {"im": "im", "private_channel": "group"}.get(channel.kind, "channel")
    scope = {"im": "im:history", "group": "groups:history"}.get(kind, "channels:history")
    if "message" in app.events and scope in app.scopes:
        yield {**inner, "type": "message", "channel_type": kind}
    # In a direct message nobody need be called: Slack sends no app_mention there.
    called = f"<@{app.user_id}>" in message.content.text and not channel.is_im
    if called and "app_mention" in app.events and "app_mentions:read" in app.scopes:
        yield {**inner, "type": "app_mention"}


def home_opened(ws: Workspace, channel: Channel, user: User, tab: str) -> Json:
    """Somebody has come to the app. Of a Home tab that was published before, the view comes with it."""
    inner: Json = {"type": "app_home_opened", "user": user.id, "channel": channel.id, "tab": tab}
    inner["event_ts"] = ws.new_ts()
    published = ws.homes.get(user.id)
    return inner | ({"view": shown.view(ws, published)} if published and tab == "home" else {})


def event(ws: Workspace, inner: Json) -> Json:
    """The outer envelope; a repeated delivery carries the same event_id."""
    return {
        "token": VERIFICATION,
        "team_id": ws.team_of(str(inner.get("user", ""))),
        "context_team_id": ws.seed.team_id,
        "api_app_id": ws.app.app_id,
        "event": inner,
        "type": "event_callback",
        "event_id": f"Ev{uuid.uuid4().hex[:10].upper()}",
        "event_time": int(ws.clock.now()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": ws.seed.team_id,
                "user_id": ws.app.user_id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": len(ws.teams_of(str(inner.get("channel", "")))) > 1,
    }


def _interaction(ws: Workspace, user: User, kind: str, tickets: Tickets) -> Json:
    return {
        "type": kind,
        "team": {"id": ws.seed.team_id, "domain": ws.seed.domain},
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": ws.team_of(user.id)},
        "api_app_id": ws.app.app_id,
        "token": VERIFICATION,
        "trigger_id": tickets.trigger_id,
        "enterprise": None,
        "is_enterprise_install": False,
    }


def _in_view(ws: Workspace, user: User, kind: str, tickets: Tickets) -> Json:
    """In a modal `team` is the person's own; the view's app_installed_team_id is the app's. slack_bolt relies on it."""
    team = {"id": ws.team_of(user.id), "domain": _domain(ws, user)}
    return _interaction(ws, user, kind, tickets) | {"team": team}


def _domain(ws: Workspace, user: User) -> str:
    return user.team_id.lower() if user.team_id else ws.seed.domain
