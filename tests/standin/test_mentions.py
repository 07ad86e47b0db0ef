"""Who is called, and when: by the first words of a message, never by an edit. And the bot being called itself."""

from collections.abc import Awaitable
from dataclasses import replace
from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.say.async_say import AsyncSay
from slack_sdk.web.async_client import AsyncWebClient

from bot.standin import mentions
from bot.standin.app import Standin
from bot.standin.records import Content

from .conftest import Bolt, Refused, until

PAYMENTS = "C0PAYMENTS"


async def test_an_edit_calls_nobody(slack: Standin, client: AsyncWebClient) -> None:
    loud = await client.chat_postMessage(channel=PAYMENTS, text="<!subteam^S0ONCALL> look, <@U0ANA|ana>")
    quiet = await client.chat_postMessage(channel=PAYMENTS, text="nothing")
    await client.chat_update(channel=PAYMENTS, ts=loud["ts"], text="all is well")
    await client.chat_update(channel=PAYMENTS, ts=quiet["ts"], text="<@U0BO> <!channel>")
    assert mentions.calling(slack.ws.messages[PAYMENTS]) == [(loud["ts"], ["S0ONCALL", "U0ANA"])]
    state = (await slack.transport.http.get(f"{slack.url}/standin/state")).json()
    assert [message["mentions"] for message in state["channels"][0]["messages"]] == [["S0ONCALL", "U0ANA"], []]


@pytest.mark.parametrize(
    ("blocks", "called"),
    [
        ([{"type": "section", "text": {"type": "mrkdwn", "text": "hey <!here>"}}], {"here"}),
        ([{"type": "section", "text": {"type": "plain_text", "text": "hey <@U0ANA>"}}], set()),
        ([{"type": "section", "fields": [{"type": "mrkdwn", "text": "<@U0BO> &lt;@U0ANA&gt;"}]}], {"U0BO"}),
        ([{"type": "markdown", "text": "<!everyone|all>"}], {"everyone"}),
        (
            [
                {
                    "type": "rich_text",
                    "elements": [
                        {
                            "type": "rich_text_section",
                            "elements": [
                                {"type": "usergroup", "usergroup_id": "S0ONCALL"},
                                {"type": "user", "user_id": "U0ANA"},
                                {"type": "broadcast", "range": "channel"},
                                {"type": "text", "text": "<@U0BO>"},
                            ],
                        }
                    ],
                }
            ],
            {"S0ONCALL", "U0ANA", "channel"},
        ),
    ],
)
def test_where_a_mention_counts(blocks: list[dict[str, Any]], called: set[str]) -> None:
    assert mentions.asked(Content("x", blocks)) == called


async def test_a_broadcast_stays_in_the_channel_when_it_is_edited(client: AsyncWebClient, refused: Refused) -> None:
    root = await client.chat_postMessage(channel=PAYMENTS, text="root")

    def reply(text: str, loud: bool) -> Awaitable[Any]:
        return client.chat_postMessage(channel=PAYMENTS, text=text, thread_ts=root["ts"], reply_broadcast=loud)

    async def shown() -> list[tuple[str, str]]:
        history = await client.conversations_history(channel=PAYMENTS)
        return [(message["text"], message.get("subtype", "")) for message in history["messages"]]

    loud, quiet = await reply("loud", True), await reply("quiet", False)
    edited = await client.chat_update(channel=PAYMENTS, ts=loud["ts"], text="louder")
    assert edited["message"]["subtype"] == "thread_broadcast"
    assert await shown() == [("louder", "thread_broadcast"), ("root", "")]
    await client.chat_update(channel=PAYMENTS, ts=loud["ts"], text="x", reply_broadcast=False)
    assert len(await shown()) == 2  # there is no way back
    both = client.chat_update(channel=PAYMENTS, ts=quiet["ts"], text="now loud", reply_broadcast=True)
    assert await refused(both) == "no_dual_broadcast_content_update"
    await client.api_call("chat.update", json={"channel": PAYMENTS, "ts": quiet["ts"], "reply_broadcast": True})
    assert ("quiet", "thread_broadcast") in await shown()
    a_root = {"channel": PAYMENTS, "ts": root["ts"], "reply_broadcast": True}
    assert await refused(client.api_call("chat.update", json=a_root)) == "cant_broadcast_message"
    thread = await client.conversations_replies(channel=PAYMENTS, ts=root["ts"])
    assert [message["text"] for message in thread["messages"]] == ["root", "x", "quiet"]


async def test_calling_the_bot_by_name_in_a_thread(slack: Standin, app: AsyncApp, serve_bot: Bolt) -> None:
    heard: list[dict[str, Any]] = []

    @app.event("app_mention")
    async def mention(body: dict[str, Any], event: dict[str, Any], say: AsyncSay) -> None:
        heard.append(body)
        await say("yes", thread_ts=event["thread_ts"])

    await serve_bot(app)
    root = await slack.people.message(PAYMENTS, "U0ANA", "is it svc-orders again? ana@mapstorm.example @nobody")
    await slack.people.message(PAYMENTS, "U0ANA", "@mapstorm incidents, @bo.", root.ts)
    await until(slack, lambda: len(slack.ws.thread(PAYMENTS, root.ts)) == 3)
    assert root.content.text == "is it svc-orders again? ana@mapstorm.example @nobody"
    assert len(heard) == 1
    event = heard[0]["event"]
    assert event["text"] == "<@U0MAPSTORM> incidents, <@U0BO>."
    assert (event["thread_ts"], event["channel"], event["user"]) == (root.ts, PAYMENTS, "U0ANA")
    assert heard[0]["event_id"].startswith("Ev")


async def test_a_direct_message_is_no_mention(slack: Standin) -> None:
    direct = slack.ws.direct("U0ANA")
    await slack.people.message(direct.id, "U0ANA", "@mapstorm help")
    assert slack.ws.deliveries == []
    slack.ws.app = replace(slack.ws.app, events=("app_mention", "message"))
    await slack.people.message(direct.id, "U0ANA", "@mapstorm help")
    assert [delivery.about for delivery in slack.ws.deliveries] == ["event message"]


async def test_a_whisper_in_a_thread(slack: Standin, client: AsyncWebClient) -> None:
    root = await client.chat_postMessage(channel=PAYMENTS, text="root")
    await client.chat_postEphemeral(channel=PAYMENTS, user="U0ANA", text="psst", thread_ts=root["ts"])
    assert [whisper.thread_ts for whisper in slack.ws.ephemerals] == [root["ts"]]
