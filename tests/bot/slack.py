"""Slack's requests as Slack signs them, into an app without a network."""

import hashlib
import hmac
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlencode

import httpx
from starlette.types import ASGIApp

from bot import render
from bot.metrics import Metrics
from bot.once import Once
from bot.slash import bolt_app
from bot.web import create_app
from bot.wiring import House

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"  # noqa: S105 - the one of Slack's documentation
TOKEN = "xoxb-test"  # noqa: S105
FORM = "application/x-www-form-urlencoded"


def app(house: House) -> ASGIApp:
    """The web process's app."""
    metrics = Metrics()
    return create_app(
        house, bolt_app(house.tools, render.message, house.slack, Once(house.redis), metrics.count), metrics, SECRET
    )


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
