"""Socket Mode with Bolt's own handler: everything arrives over the WebSocket, and nothing over HTTP."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.standin.app import Standin

from .conftest import Refused, until

PAYMENTS = "C0PAYMENTS"


@pytest.fixture
async def handler(slack: Standin, app: AsyncApp) -> AsyncIterator[AsyncSocketModeHandler]:
    web = AsyncWebClient(base_url=slack.api_url)
    made = AsyncSocketModeHandler(app, slack.credentials.app_token, web_client=web)
    await made.connect_async()  # type: ignore[no-untyped-call]
    await until(slack, lambda: slack.sockets.open)
    yield made
    await made.close_async()  # type: ignore[no-untyped-call]


async def test_command_and_click_over_the_socket(
    slack: Standin, app: AsyncApp, client: AsyncWebClient, handler: AsyncSocketModeHandler
) -> None:
    clicked: list[str] = []

    @app.command("/mapstorm")
    async def run(ack: AsyncAck, command: dict[str, Any]) -> None:
        await ack(f"hello {command['user_name']}")

    @app.action("again")
    async def again(ack: AsyncAck, action: dict[str, Any]) -> None:
        clicked.append(action["action_id"])
        await ack()

    delivery = await slack.people.command(PAYMENTS, "U0ANA", "/mapstorm help")
    assert delivery is not None
    assert (delivery.via, delivery.outcome) == ("socket", "acknowledged")
    assert [whisper.content.text for whisper in slack.ws.ephemerals] == ["hello ana"]
    button = {"type": "button", "text": {"type": "plain_text", "text": "Again"}, "action_id": "again"}
    sent = await client.chat_postMessage(channel=PAYMENTS, text="x", blocks=[{"type": "actions", "elements": [button]}])
    await slack.people.click(PAYMENTS, "U0ANA", sent["ts"], "again")
    assert clicked == ["again"]


async def test_an_event_over_the_socket(slack: Standin, app: AsyncApp, handler: AsyncSocketModeHandler) -> None:
    @app.event("app_mention")
    async def mention(event: dict[str, Any], client: AsyncWebClient) -> None:
        await client.chat_postMessage(channel=PAYMENTS, text="heard")

    delivery = await slack.people.event({"type": "app_mention", "user": "U0ANA", "channel": PAYMENTS})
    assert delivery.outcome == "acknowledged"
    await until(slack, lambda: slack.ws.messages[PAYMENTS])


async def test_who_may_open_a_connection(slack: Standin, client: AsyncWebClient, refused: Refused) -> None:
    assert await refused(client.api_call("apps.connections.open")) == "not_allowed_token_type"
    upgrade = {"connection": "upgrade", "upgrade": "websocket", "sec-websocket-version": "13"}
    upgrade["sec-websocket-key"] = "dGhlIHNhbXBsZSBub25jZQ=="
    answer: httpx.Response = await slack.transport.http.get(f"{slack.url}/link/?ticket=made-up", headers=upgrade)
    assert answer.status_code == 403
