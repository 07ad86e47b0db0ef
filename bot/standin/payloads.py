"""What Slack sends to an app: slash commands, button clicks, submissions, events. Sends nothing."""

import uuid
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
        "team_id": ws.seed.team_id,
        "team_domain": ws.seed.domain,
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
    return _interaction(ws, user, "block_actions", Tickets(trigger)) | {
        "container": {"type": "view", "view_id": modal.id},
        "view": shown.view(ws, modal, values),
        "actions": [action],
    }


def submission(ws: Workspace, user: User, modal: Modal, values: Json, trigger: str) -> Json:
    return _interaction(ws, user, "view_submission", Tickets(trigger)) | {
        "view": shown.view(ws, modal, values),
        "response_urls": [],
    }


def closing(ws: Workspace, user: User, modal: Modal, cleared: bool) -> Json:
    payload = _interaction(ws, user, "view_closed", Tickets(""))
    payload.pop("trigger_id")
    return payload | {"view": shown.view(ws, modal), "is_cleared": cleared}


def event(ws: Workspace, inner: Json) -> Json:
    """The outer envelope; a repeated delivery carries the same event_id."""
    return {
        "token": VERIFICATION,
        "team_id": ws.seed.team_id,
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
        "is_ext_shared_channel": False,
    }


def _interaction(ws: Workspace, user: User, kind: str, tickets: Tickets) -> Json:
    return {
        "type": kind,
        "team": {"id": ws.seed.team_id, "domain": ws.seed.domain},
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": ws.seed.team_id},
        "api_app_id": ws.app.app_id,
        "token": VERIFICATION,
        "trigger_id": tickets.trigger_id,
        "enterprise": None,
        "is_enterprise_install": False,
    }
