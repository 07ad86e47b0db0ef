"""What a token was granted: each method behind its scope, missing_scope as Slack says it, revoked tokens."""

from dataclasses import replace
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.standin.app import Standin
from bot.standin.methods.scopes import BY_KIND, ONE
from bot.standin.methods.table import METHODS
from bot.standin.seed import SCOPES

from .conftest import Refused

PAYMENTS = "C0PAYMENTS"


async def grant(slack: Standin, *scopes: str) -> None:
    answer = await slack.transport.http.post(f"{slack.url}/standin/scopes", json={"scopes": list(scopes)})
    assert answer.json()["ok"]


async def refusal(client: AsyncWebClient, method: str, **said: Any) -> tuple[str, str, str]:
    with pytest.raises(SlackApiError) as refused:
        await client.api_call(method, json=said)
    answer = refused.value.response
    return answer["error"], answer.get("needed", ""), answer.get("provided", "")


async def test_missing_scope_says_what_is_needed_and_what_is_there(slack: Standin, client: AsyncWebClient) -> None:
    await grant(slack, "commands", "users:read")
    given = "commands,users:read"
    posting = await refusal(client, "chat.postMessage", channel=PAYMENTS, text="x")
    assert posting == ("missing_scope", "chat:write", given)
    asking = await refusal(client, "usergroups.users.list", usergroup="S0ONCALL")
    assert asking == ("missing_scope", "usergroups:read", given)
    history = "channels:history,groups:history,mpim:history,im:history"
    assert await refusal(client, "conversations.history", channel=PAYMENTS) == ("missing_scope", history, given)
    assert (await refusal(client, "users.lookupByEmail", email="bo@example.com"))[1] == "users:read.email"
    assert slack.ws.messages[PAYMENTS] == []


async def test_a_conversation_needs_the_scope_of_its_kind(slack: Standin, client: AsyncWebClient) -> None:
    slack.ws.channels["C0ORDERS"].is_private = True
    await grant(slack, "channels:read", "channels:history")
    await client.conversations_history(channel=PAYMENTS)
    await client.conversations_info(channel=PAYMENTS)
    assert (await refusal(client, "conversations.history", channel="C0ORDERS"))[1] == "groups:history"
    assert (await refusal(client, "conversations.info", channel="C0ORDERS"))[1] == "groups:read"
    await client.conversations_list()
    kinds = "public_channel,private_channel"
    assert (await refusal(client, "conversations.list", types=kinds))[1] == "groups:read"


async def test_every_answer_tells_the_granted_scopes(slack: Standin, client: AsyncWebClient) -> None:
    assert (await client.auth_test()).headers["x-oauth-scopes"] == ",".join(SCOPES)
    await grant(slack, "commands")
    assert (await client.auth_test()).headers["x-oauth-scopes"] == "commands"
    with pytest.raises(SlackApiError) as refused:
        await client.users_info(user="U0ANA")
    assert refused.value.response.headers["x-oauth-scopes"] == "commands"
    assert refused.value.response.headers["x-accepted-oauth-scopes"] == "users:read"


async def test_some_methods_need_no_scope(slack: Standin, client: AsyncWebClient) -> None:
    sent = await client.chat_postMessage(channel=PAYMENTS, text="x")
    await grant(slack)
    await client.chat_getPermalink(channel=PAYMENTS, message_ts=sent["ts"])
    await client.auth_test()
    assert set(METHODS) - set(ONE) - set(BY_KIND) == {
        "auth.test",
        "chat.getPermalink",
        "views.open",
        "views.push",
        "views.update",
        "views.publish",
    }


async def test_addresses_are_for_those_who_may_read_them(slack: Standin, client: AsyncWebClient) -> None:
    await grant(slack, "users:read")
    assert "email" not in (await client.users_info(user="U0ANA"))["user"]["profile"]
    assert all("email" not in member["profile"] for member in (await client.users_list())["members"])


@pytest.mark.parametrize("code", ["token_revoked", "account_inactive"])
async def test_a_revoked_token(slack: Standin, client: AsyncWebClient, refused: Refused, code: str) -> None:
    url = f"{slack.url}/standin/revoke"
    assert (await slack.transport.http.post(url, json={"error": code})).json()["ok"]
    assert await refused(client.auth_test()) == code
    assert await refused(client.chat_postMessage(channel=PAYMENTS, text="x")) == code
    assert (await slack.transport.http.post(url, json={"error": "tired"})).status_code == 400
    await slack.transport.http.post(url, json={})
    assert (await client.auth_test())["ok"]


async def test_without_the_scope_mentions_are_not_heard(slack: Standin) -> None:
    slack.ws.app = replace(slack.ws.app, scopes=("commands",))
    await slack.people.message(PAYMENTS, "U0ANA", "@mapstorm help")
    assert slack.ws.deliveries == []
