"""The app's Home tab: who hears that it was opened, what may be published there, and what a press in it looks like."""

import asyncio
from dataclasses import replace
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.standin.app import Standin

from .conftest import Bolt, Refused

Body = dict[str, Any]


async def test_who_opens_the_home_tab_is_told_of_with_what_was_published(
    slack: Standin, app: AsyncApp, client: AsyncWebClient, serve_bot: Bolt
) -> None:
    heard: asyncio.Queue[Body] = asyncio.Queue()

    @app.event("app_home_opened")
    async def opened(event: Body) -> None:
        await heard.put(event)

    @app.action("go")
    async def go(ack: AsyncAck, body: Body) -> None:
        await ack()
        await heard.put(body)

    await serve_bot(app)
    await slack.people.come_home("U0ANA")
    first = await heard.get()
    button = {"type": "button", "text": {"type": "plain_text", "text": "Go"}, "action_id": "go"}
    rows = [{"type": "actions", "block_id": name, "elements": [button | {"value": name}]} for name in ("a", "b")]
    home = (await client.views_publish(user_id="U0ANA", view={"type": "home", "blocks": rows}))["view"]
    await slack.people.come_home("U0ANA")
    again = await heard.get()
    await slack.people.come_home("U0ANA", "messages")
    other = await heard.get()
    assert [event["tab"] for event in (first, again, other)] == ["home", "home", "messages"]
    assert ("view" in first, again["view"]["id"], "view" in other) == (False, home["id"], False)
    assert first["channel"] == slack.ws.direct("U0ANA").id

    await slack.people.click_in_view("U0ANA", home["id"], "go", {}, block_id="b")
    pressed = await heard.get()
    assert pressed["container"] == {"type": "view", "view_id": home["id"]}
    assert (pressed["view"]["type"], pressed["actions"][0]["value"]) == ("home", "b")
    assert not {"channel", "message", "response_url"} & set(pressed)


async def test_an_app_that_does_not_ask_for_it_hears_nothing_of_its_home(slack: Standin) -> None:
    slack.ws.app = replace(slack.ws.app, events=("app_mention",))
    assert await slack.people.come_home("U0ANA") is None
    assert not slack.ws.deliveries


async def test_a_home_is_published_within_slacks_rules(
    slack: Standin, client: AsyncWebClient, refused: Refused
) -> None:
    def of(count: int) -> Body:
        return {"type": "home", "blocks": [{"type": "divider"}] * count}

    published = await client.views_publish(user_id="U0ANA", view=of(100))
    assert await refused(client.views_publish(user_id="U0ANA", view=of(101))) == "invalid_arguments"
    assert await refused(client.views_publish(user_id="U0NOBODY", view=of(1))) == "invalid_arguments"
    assert await refused(client.views_publish(user_id="U0ANA", view=of(1), hash="old")) == "hash_conflict"
    await client.views_publish(user_id="U0ANA", view=of(1), hash=published["view"]["hash"])
    long = of(0) | {"private_metadata": "x" * 3_001}
    assert await refused(client.views_publish(user_id="U0ANA", view=long)) == "invalid_arguments"
    slack.ws.app = replace(slack.ws.app, home_tab=False)
    assert await refused(client.views_publish(user_id="U0ANA", view=of(1))) == "not_enabled"
