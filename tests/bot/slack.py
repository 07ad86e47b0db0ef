"""Slack's requests as Slack signs them, into an app without a network."""

import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlencode

import httpx
from slack_bolt.async_app import AsyncApp
from starlette.types import ASGIApp

from bot import render
from bot.desk import Count
from bot.metrics import Metrics
from bot.once import Once
from bot.slash import bolt_app
from bot.web import create_app
from bot.wiring import House
from handlers.notes import DoctorReport

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"  # noqa: S105 - the one of Slack's documentation
FORM = "application/x-www-form-urlencoded"


async def unexamined() -> DoctorReport:
    """A doctor who has looked at nothing."""
    return DoctorReport(())


def bolt(house: House, count: Count = lambda *_: None) -> AsyncApp:
    """The listeners, as the web process has them."""
    return bolt_app(house.tools, render.message, house.slack, Once(house.redis), count, unexamined)


def app(house: House, secret: str = SECRET) -> ASGIApp:
    """The web process's app."""
    metrics = Metrics()
    return create_app(house, bolt(house, metrics.count), metrics, secret)


@asynccontextmanager
async def client(app: ASGIApp) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://mapstorm.test") as client:
        yield client


def command(text: str, trigger_id: str = "1.2.abc") -> bytes:
    """The body of a slash command."""
    fields = {
        "token": "gone",
        "team_id": "T0STANDIN",
        "team_domain": "standin",
        "channel_id": "C0ORDERS",
        "channel_name": "orders",
        "user_id": "U0ANA",
        "user_name": "ana",
        "command": "/mapstorm",
        "text": text,
        "api_app_id": "A0MAPSTORM",
        "response_url": "http://127.0.0.1:9/commands/T0STANDIN/1",
        "trigger_id": trigger_id,
    }
    return urlencode(fields).encode()


def signed(body: bytes, *, at: float | None = None, secret: str = SECRET, kind: str = FORM) -> dict[str, str]:
    """Slack's headers for `body`."""
    timestamp = str(int(time.time() if at is None else at))
    digest = hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {
        "content-type": kind,
        "x-slack-request-timestamp": timestamp,
        "x-slack-signature": f"v0={digest}",
    }


async def say(client: httpx.AsyncClient, text: str, trigger_id: str = "1.2.abc") -> httpx.Response:
    """`/mapstorm text`, properly signed."""
    body = command(text, trigger_id)
    return await client.post("/slack/events", content=body, headers=signed(body))


def click(action_id: str, value: str, trigger_id: str = "1.2.abc", **more: object) -> bytes:
    """The body of a click on a button of a message; `more` replaces fields of the payload."""
    payload = {
        "type": "block_actions",
        "user": {"id": "U0ANA", "username": "ana", "team_id": "T0STANDIN"},
        "team": {"id": "T0STANDIN", "domain": "standin"},
        "channel": {"id": "C0ORDERS", "name": "orders"},
        "container": {"type": "message", "message_ts": "1700000000.000100", "channel_id": "C0ORDERS"},
        "trigger_id": trigger_id,
        "response_url": "http://127.0.0.1:9/actions/T0STANDIN/1",
        "actions": [{"type": "button", "action_id": action_id, "block_id": "b", "value": value, "action_ts": "1.2"}],
    }
    return urlencode({"payload": json.dumps(payload | more)}).encode()


def submission(callback_id: str, private_metadata: str, values: object, trigger_id: str = "1.2.abc") -> bytes:
    """The body of a submitted modal."""
    view = {"id": "V1", "type": "modal", "callback_id": callback_id, "private_metadata": private_metadata}
    payload = {
        "type": "view_submission",
        "user": {"id": "U0ANA", "team_id": "T0STANDIN"},
        "team": {"id": "T0STANDIN"},
        "trigger_id": trigger_id,
        "view": view | {"state": {"values": values}},
    }
    return urlencode({"payload": json.dumps(payload)}).encode()


def mention(text: str, event_id: str = "Ev0ONE", **more: object) -> bytes:
    """The body of an app_mention; `more` are fields of the inner event."""
    inner = {
        "type": "app_mention",
        "user": "U0ANA",
        "team": "T0STANDIN",
        "text": f"<@U0MAPSTORM> {text}",
        "ts": "1700000001.000100",
        "channel": "C0ORDERS",
        "event_ts": "1700000001.000100",
    }
    outer = {"type": "event_callback", "team_id": "T0STANDIN", "event_id": event_id, "event": inner | more}
    return json.dumps(outer).encode()


async def send(client: httpx.AsyncClient, body: bytes, copy: int = 0) -> httpx.Response:
    """The `copy`th delivery of a body, each signed anew as Slack's repetitions are."""
    # Far apart: a copy that is signed in the same second as another is that one replayed.
    headers = signed(body, at=time.time() - 20 * copy, kind="application/json" if body[:1] == b"{" else FORM)
    if copy:
        headers |= {"x-slack-retry-num": str(copy), "x-slack-retry-reason": "http_timeout"}
    return await client.post("/slack/events", content=body, headers=headers)
