"""Channels that are archived, a bot that is put out, messages that go: ordered over HTTP, met through the client."""

from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.standin.app import Standin

from .conftest import Refused

PAYMENTS = "C0PAYMENTS"


async def act(slack: Standin, name: str, **said: Any) -> bool:
    answer = await slack.transport.http.post(f"{slack.url}/standin/{name}", json=said)
    return bool(answer.json()["ok"])


async def test_an_archived_channel(slack: Standin, client: AsyncWebClient, refused: Refused) -> None:
    sent = await client.chat_postMessage(channel=PAYMENTS, text="x")
    assert await act(slack, "archive", channel="#payments")
    assert await refused(client.chat_postMessage(channel=PAYMENTS, text="x")) == "is_archived"
    assert await refused(client.chat_update(channel=PAYMENTS, ts=sent["ts"], text="y")) == "is_inactive"
    assert (await client.conversations_info(channel=PAYMENTS))["channel"]["is_archived"] is True
    listed = await client.conversations_list(exclude_archived=True)
    assert PAYMENTS not in [channel["id"] for channel in listed["channels"]]
    assert len((await client.conversations_history(channel=PAYMENTS))["messages"]) == 1
    assert await act(slack, "archive", channel=PAYMENTS, archived=False)
    await client.chat_postMessage(channel=PAYMENTS, text="x")


async def test_a_bot_that_is_put_out_of_a_channel(slack: Standin, client: AsyncWebClient, refused: Refused) -> None:
    sent = await client.chat_postMessage(channel=PAYMENTS, text="x")
    assert await act(slack, "remove", channel=PAYMENTS)
    assert await refused(client.chat_postMessage(channel=PAYMENTS, text="x")) == "not_in_channel"
    assert await refused(client.conversations_history(channel=PAYMENTS)) == "not_in_channel"
    assert await refused(client.conversations_replies(channel=PAYMENTS, ts=sent["ts"])) == "not_in_channel"
    assert (await client.conversations_info(channel=PAYMENTS))["channel"]["is_member"] is False
    await slack.people.message(PAYMENTS, "U0ANA", "@mapstorm are you there?")
    assert slack.ws.deliveries == []
    assert await act(slack, "invite", channel=PAYMENTS)
    await client.chat_postMessage(channel=PAYMENTS, text="x")


async def test_a_deleted_message(slack: Standin, client: AsyncWebClient, refused: Refused) -> None:
    root = await client.chat_postMessage(channel=PAYMENTS, text="root")
    await client.chat_postMessage(channel=PAYMENTS, text="reply", thread_ts=root["ts"])
    where = {"channel": PAYMENTS, "ts": root["ts"]}
    assert await act(slack, "delete", **where)
    assert await refused(client.chat_update(**where, text="y")) == "message_not_found"
    reply = client.chat_postMessage(channel=PAYMENTS, text="late", thread_ts=root["ts"])
    assert await refused(reply) == "thread_not_found"
    assert await refused(client.conversations_replies(**where)) == "thread_not_found"
    assert not await act(slack, "delete", **where)


async def test_somebody_is_put_out(slack: Standin, client: AsyncWebClient, refused: Refused) -> None:
    assert await act(slack, "remove", channel=PAYMENTS, user="ana")
    whisper = client.chat_postEphemeral(channel=PAYMENTS, user="U0ANA", text="psst")
    assert await refused(whisper) == "user_not_in_channel"
    assert not await act(slack, "remove", channel="#nowhere")
