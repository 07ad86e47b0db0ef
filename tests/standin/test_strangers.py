"""Guests, people who left, and people of another workspace: in users.info, and in what the bot is sent."""

import json
from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from starlette.requests import Request
from starlette.responses import Response

from bot.standin.app import Standin
from bot.standin.records import User

from .conftest import Bolt, Refused

PAYMENTS = "C0PAYMENTS"
THEIRS, OURS = "T0ELSEWHERE", "T0STANDIN"


@pytest.fixture
def stranger(slack: Standin) -> User:
    return slack.ws.admit(User("U0XI", "xi", "Xi Elsewhere", "xi@example.org", team_id=THEIRS), PAYMENTS)


async def test_guests(slack: Standin, client: AsyncWebClient) -> None:
    slack.ws.admit(User("U0GUEST", "gil", is_restricted=True), PAYMENTS)
    slack.ws.admit(User("U0SINGLE", "sam", is_ultra_restricted=True), PAYMENTS)

    async def standing(user: str) -> tuple[bool, bool]:
        told = (await client.users_info(user=user))["user"]
        return told["is_restricted"], told["is_ultra_restricted"]

    assert await standing("U0ANA") == (False, False)
    assert await standing("U0GUEST") == (True, False)
    assert await standing("U0SINGLE") == (True, True)  # Slack: an ultra-restricted guest is restricted as well


async def test_somebody_of_another_workspace(slack: Standin, client: AsyncWebClient, stranger: User) -> None:
    told = (await client.users_info(user=stranger.id))["user"]
    # They share a channel with the app, so Slack does not call them a stranger: the team alone tells.
    assert (told["team_id"], told["is_stranger"]) == (THEIRS, False)
    slack.ws.channels[PAYMENTS].members.discard(stranger.id)
    assert (await client.users_info(user=stranger.id))["user"]["is_stranger"] is True
    assert "is_stranger" not in (await client.users_info(user="U0ANA"))["user"]


async def test_somebody_who_left(slack: Standin, client: AsyncWebClient, refused: Refused) -> None:
    slack.ws.users["U0ANA"] = User("U0ANA", "ana", email="ana@example.com", deleted=True)
    assert (await client.users_info(user="U0ANA"))["user"]["deleted"] is True
    assert await refused(client.users_lookupByEmail(email="ana@example.com")) == "users_not_found"
    assert (await client.usergroups_users_list(usergroup="S0ONCALL"))["users"] == []


async def test_a_channel_shared_with_another_workspace(client: AsyncWebClient, stranger: User) -> None:
    shared = (await client.conversations_info(channel=PAYMENTS))["channel"]
    assert (shared["is_ext_shared"], shared["connected_team_ids"]) == (True, [THEIRS, OURS])
    assert "is_ext_shared" not in (await client.conversations_info(channel="C0ORDERS"))["channel"]


async def test_what_the_bot_is_sent_of_them(
    slack: Standin, client: AsyncWebClient, stranger: User, serve_bot: Bolt
) -> None:
    heard: list[dict[str, Any]] = []

    async def bot(request: Request) -> Response:
        if request.headers["content-type"] == "application/json":
            heard.append(await request.json())
        else:
            async with request.form() as form:
                heard.append(json.loads(str(form["payload"])) if "payload" in form else dict(form))
        return Response()

    await serve_bot(bot)
    button = {"type": "button", "text": {"type": "plain_text", "text": "Ack"}, "action_id": "ack"}
    blocks = [{"type": "actions", "elements": [button]}]
    sent = await client.chat_postMessage(channel=PAYMENTS, text="x", blocks=blocks)
    await slack.people.command(PAYMENTS, stranger.id, "/mapstorm ack")
    await slack.people.click(PAYMENTS, stranger.id, sent["ts"], "ack")
    await slack.people.message(PAYMENTS, stranger.id, "@mapstorm ack")
    command, click, event = heard
    assert command["team_id"] == THEIRS
    assert (click["user"]["team_id"], click["team"]["id"]) == (THEIRS, OURS)
    assert (event["team_id"], event["context_team_id"], event["is_ext_shared_channel"]) == (THEIRS, OURS, True)
    assert event["authorizations"][0]["team_id"] == OURS
    assert (event["event"]["team"], event["event"]["user_team"]) == (THEIRS, THEIRS)


async def test_a_strangers_modal_names_both_workspaces(
    slack: Standin, app: AsyncApp, stranger: User, serve_bot: Bolt
) -> None:
    heard: list[dict[str, Any]] = []

    @app.view("snooze")
    async def submitted(ack: Any, body: dict[str, Any]) -> None:
        heard.append(body)
        await ack()

    await serve_bot(app)
    title = {"type": "plain_text", "text": "Snooze"}
    view = {"type": "modal", "callback_id": "snooze", "title": title, "blocks": []}
    opened = await app.client.views_open(trigger_id=slack.tickets.trigger(stranger.id), view=view)
    delivery = await slack.people.submit(stranger.id, opened["view"]["id"], {})
    assert delivery is not None
    assert delivery.outcome == "acknowledged"
    assert (heard[0]["user"]["team_id"], heard[0]["view"]["app_installed_team_id"]) == (THEIRS, OURS)


async def test_people_can_come_over_http(slack: Standin, client: AsyncWebClient) -> None:
    url = f"{slack.url}/standin/person"
    person = {"id": "U0NEW", "name": "new", "is_restricted": True}
    assert (await slack.transport.http.post(url, json={"person": person, "channels": ["#payments"]})).json()["ok"]
    assert "U0NEW" in (await client.conversations_members(channel=PAYMENTS))["members"]
    for wrong in ({"name": "nobody"}, None, {"id": "U1", "name": "x", "wings": 2}):
        assert (await slack.transport.http.post(url, json={"person": wrong})).status_code == 400
