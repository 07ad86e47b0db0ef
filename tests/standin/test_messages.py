"""chat.* through the real client: threads, edits, whispers, who may do what, and how fast."""

from collections.abc import Awaitable
from dataclasses import replace

import httpx
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.standin.app import Standin
from bot.standin.clock import ManualClock
from bot.standin.rate import Allowance, Pace
from bot.standin.records import Channel
from bot.standin.workspace import Workspace

from .conftest import Refused

PAYMENTS = "C0PAYMENTS"
BLOCKS = [{"type": "section", "text": {"type": "mrkdwn", "text": "*hello*"}}]


async def test_a_message_and_its_thread(slack: Standin, client: AsyncWebClient) -> None:
    root = await client.chat_postMessage(channel="#payments", text="root", blocks=BLOCKS)
    assert root["channel"] == PAYMENTS
    assert root["message"]["blocks"][0]["block_id"]
    reply = await client.chat_postMessage(channel=PAYMENTS, text="reply", thread_ts=root["ts"])
    thread = await client.conversations_replies(channel=PAYMENTS, ts=root["ts"])
    assert [m["text"] for m in thread["messages"]] == ["root", "reply"]
    assert thread["messages"][0]["reply_count"] == 1
    assert [m.ts for m in slack.ws.thread(PAYMENTS, root["ts"])] == [root["ts"], reply["ts"]]
    history = await client.conversations_history(channel=PAYMENTS)
    assert [m["text"] for m in history["messages"]] == ["root"]


async def test_a_broadcast_reply_is_seen_in_the_channel_too(client: AsyncWebClient) -> None:
    root = await client.chat_postMessage(channel=PAYMENTS, text="root")
    await client.chat_postMessage(channel=PAYMENTS, text="loud", thread_ts=root["ts"], reply_broadcast=True)
    history = await client.conversations_history(channel=PAYMENTS)
    assert [m["text"] for m in history["messages"]] == ["loud", "root"]


async def test_timestamps_increase_while_the_clock_stands_still(client: AsyncWebClient) -> None:
    sent = [str((await client.chat_postMessage(channel=PAYMENTS, text="x"))["ts"]) for _ in range(20)]
    assert sent == sorted(set(sent))
    assert all(len(ts.partition(".")[2]) == 6 for ts in sent)


async def test_only_a_parent_can_be_replied_to(client: AsyncWebClient, refused: Refused) -> None:
    root = await client.chat_postMessage(channel=PAYMENTS, text="root")
    reply = await client.chat_postMessage(channel=PAYMENTS, text="reply", thread_ts=root["ts"])

    def under(ts: str) -> Awaitable[object]:
        return client.chat_postMessage(channel=PAYMENTS, text="x", thread_ts=ts)

    assert await refused(under(reply["ts"])) == "thread_not_found"
    assert await refused(under("1234567890.123456")) == "thread_not_found"
    assert await refused(under("yesterday")) == "invalid_thread_ts"
    await client.chat_delete(channel=PAYMENTS, ts=root["ts"])
    assert await refused(under(root["ts"])) == "thread_not_found"


async def test_editing_keeps_the_history(slack: Standin, client: AsyncWebClient) -> None:
    sent = await client.chat_postMessage(channel=PAYMENTS, text="capturing", blocks=BLOCKS)
    edited = await client.chat_update(channel=PAYMENTS, ts=sent["ts"], text="done")
    assert "blocks" not in edited["message"]  # text alone takes the blocks away
    assert edited["message"]["edited"]["user"] == slack.ws.app.user_id
    message = slack.ws.find(PAYMENTS, sent["ts"])
    assert message is not None
    assert [content.text for content in message.history] == ["capturing"]
    only_blocks = {"channel": PAYMENTS, "ts": sent["ts"], "blocks": BLOCKS}
    again = await client.api_call("chat.update", json=only_blocks)
    assert again["text"] == "done"
    assert len(again["message"]["blocks"]) == 1


async def test_what_cannot_be_edited(slack: Standin, client: AsyncWebClient, refused: Refused) -> None:
    sent = await client.chat_postMessage(channel=PAYMENTS, text="x")
    typed = await slack.people.message(PAYMENTS, "U0ANA", "mine")
    update = client.chat_update
    assert await refused(update(channel="#payments", ts=sent["ts"], text="y")) == "channel_not_found"
    assert await refused(update(channel="payments", ts=sent["ts"], text="y")) == "channel_not_found"
    assert await refused(update(channel=PAYMENTS, ts=typed.ts, text="y")) == "cant_update_message"
    assert await refused(update(channel=PAYMENTS, ts="1.000000", text="y")) == "message_not_found"
    assert await refused(client.chat_delete(channel=PAYMENTS, ts=typed.ts)) == "cant_delete_message"


async def test_an_edit_is_held_shorter_than_a_message(client: AsyncWebClient, refused: Refused) -> None:
    sent = await client.chat_postMessage(channel=PAYMENTS, text="x" * 4_001)

    def edit(text: str) -> Awaitable[object]:
        return client.chat_update(channel=PAYMENTS, ts=sent["ts"], text=text)

    assert await refused(edit("x" * 4_001)) == "msg_too_long"
    assert await refused(edit("ü" * 2_001)) == "msg_too_long"
    assert await refused(edit("&" * 801)) == "msg_too_long"
    await edit("&amp;" * 800)
    await edit("<@U0ANA>" * 500)


async def test_joining(slack: Standin, client: AsyncWebClient) -> None:
    slack.ws.channels[PAYMENTS].members.discard("U0MAPSTORM")
    await client.conversations_join(channel=PAYMENTS)
    members = await client.conversations_members(channel=PAYMENTS)
    assert members["members"] == ["U0ANA", "U0BO", "U0MAPSTORM"]


async def test_places_one_cannot_post(slack: Standin, client: AsyncWebClient, refused: Refused) -> None:
    for channel in (
        Channel("C0OLD", "old", is_archived=True, members={"U0MAPSTORM"}),
        Channel("C0AWAY", "away"),
        Channel("C0SECRET", "secret", is_private=True),
    ):
        slack.ws.channels[channel.id] = channel
        slack.ws.messages[channel.id] = []
    post = client.chat_postMessage
    assert await refused(post(channel="C0NOWHERE", text="x")) == "channel_not_found"
    assert await refused(post(channel="C0OLD", text="x")) == "is_archived"
    assert await refused(post(channel="#away", text="x")) == "not_in_channel"
    assert await refused(post(channel="C0SECRET", text="x")) == "channel_not_found"
    assert await refused(client.api_call("chat.postMessage", json={"channel": PAYMENTS})) == "no_text"
    assert await refused(client.api_call("chat.postMessage", json={"text": "x"})) == "invalid_arguments"


async def test_broken_json_in_a_form(client: AsyncWebClient, refused: Refused) -> None:
    form = {"channel": PAYMENTS, "text": "x", "blocks": "{oops"}
    assert await refused(client.api_call("chat.postMessage", data=form)) == "invalid_blocks_format"
    form["blocks"] = '[{"type": "divider"}]'
    assert (await client.api_call("chat.postMessage", data=form))["ok"]


async def test_whispers_reach_one_person_and_no_method(
    slack: Standin, client: AsyncWebClient, refused: Refused
) -> None:
    whisper = await client.chat_postEphemeral(channel=PAYMENTS, user="U0ANA", text="psst")
    assert [(e.user, e.content.text) for e in slack.ws.ephemerals] == [("U0ANA", "psst")]
    ts = whisper["message_ts"]
    assert await refused(client.chat_update(channel=PAYMENTS, ts=ts, text="y")) == "message_not_found"
    stranger = client.chat_postEphemeral(channel=PAYMENTS, user="U0NOBODY", text="psst")
    assert await refused(stranger) == "user_not_in_channel"


async def test_a_direct_message(slack: Standin, client: AsyncWebClient) -> None:
    opened = await client.conversations_open(users="U0ANA")
    sent = await client.chat_postMessage(channel="U0ANA", text="hello")
    assert sent["channel"] == opened["channel"]["id"]


async def test_permalink_and_reaction(client: AsyncWebClient, refused: Refused) -> None:
    sent = await client.chat_postMessage(channel=PAYMENTS, text="x")
    link = await client.chat_getPermalink(channel=PAYMENTS, message_ts=sent["ts"])
    assert link["permalink"].endswith(f"/archives/C0PAYMENTS/p{sent['ts'].replace('.', '')}")
    async with httpx.AsyncClient(trust_env=False) as http:
        page = await http.get(link["permalink"])
    assert page.headers["content-type"].startswith("text/html")
    reply = await client.chat_postMessage(channel=PAYMENTS, text="y", thread_ts=sent["ts"])
    link = await client.chat_getPermalink(channel=PAYMENTS, message_ts=reply["ts"])
    assert link["permalink"].endswith(f"?thread_ts={sent['ts']}&cid=C0PAYMENTS")
    missing = client.chat_getPermalink(channel=PAYMENTS, message_ts="1.000000")
    assert await refused(missing) == "message_not_found"
    await client.reactions_add(channel=PAYMENTS, timestamp=sent["ts"], name="eyes")
    twice = client.reactions_add(channel=PAYMENTS, timestamp=sent["ts"], name="eyes")
    assert await refused(twice) == "already_reacted"


async def test_markdown_text_stands_alone(client: AsyncWebClient, refused: Refused) -> None:
    sent = await client.chat_postMessage(channel=PAYMENTS, markdown_text="**bold**")
    assert sent["message"]["blocks"][0]["type"] == "markdown"
    both = client.chat_postMessage(channel=PAYMENTS, markdown_text="**bold**", text="bold")
    assert await refused(both) == "markdown_text_conflict"


async def test_metadata_comes_back(client: AsyncWebClient) -> None:
    metadata = {"event_type": "mapstorm_root", "event_payload": {"id": "7"}}
    sent = await client.chat_postMessage(channel=PAYMENTS, text="x", metadata=metadata)
    await client.chat_update(channel=PAYMENTS, ts=sent["ts"], text="y")
    thread = await client.conversations_replies(channel=PAYMENTS, ts=sent["ts"], include_all_metadata=True)
    assert thread["messages"][0]["metadata"] == metadata
    await client.chat_update(channel=PAYMENTS, ts=sent["ts"], text="z", metadata={})
    bare = await client.conversations_replies(channel=PAYMENTS, ts=sent["ts"], include_all_metadata=True)
    assert "metadata" not in bare["messages"][0]


async def test_an_edit_keeps_what_it_does_not_name(slack: Standin, client: AsyncWebClient) -> None:
    attachments = [{"color": "#b00020", "text": "was firing"}]
    sent = await client.chat_postMessage(channel=PAYMENTS, text="x", blocks=BLOCKS, attachments=attachments)
    edit = {"channel": PAYMENTS, "ts": sent["ts"]}
    await client.api_call("chat.update", json={**edit, "metadata": {"event_type": "e", "event_payload": {}}})
    content = slack.ws.messages[PAYMENTS][0].content
    assert (content.text, len(content.blocks), content.attachments) == ("x", 1, attachments)
    await client.api_call("chat.update", json={**edit, "text": "y", "attachments": []})
    content = slack.ws.messages[PAYMENTS][0].content
    assert (content.text, content.blocks, content.attachments) == ("y", [], [])


async def test_one_message_a_second_and_channel(clock: ManualClock) -> None:
    async with Standin(Workspace(clock=clock), pace=Pace(Allowance(1.0, 2))) as slack:
        client = AsyncWebClient(token=slack.credentials.token, base_url=slack.api_url)
        for _ in range(2):
            await client.chat_postMessage(channel=PAYMENTS, text="x")
        with pytest.raises(SlackApiError) as limited:
            await client.chat_postMessage(channel="#payments", text="x")
        assert limited.value.response.status_code == 429
        assert limited.value.response.headers["Retry-After"] == "1"
        assert limited.value.response["error"] == "ratelimited"
        await client.chat_postMessage(channel="C0ORDERS", text="another channel")
        clock.advance(1)
        await client.chat_postMessage(channel=PAYMENTS, text="x")
        assert len(slack.ws.messages[PAYMENTS]) == 3


async def test_tiers_hold_for_the_other_methods(clock: ManualClock, refused: Refused) -> None:
    async with Standin(Workspace(clock=clock)) as slack:
        client = AsyncWebClient(token=slack.credentials.token, base_url=slack.api_url)
        for _ in range(20):
            await client.users_list()
        assert await refused(client.users_list()) == "ratelimited"


async def test_tokens(slack: Standin, client: AsyncWebClient, refused: Refused) -> None:
    base = slack.api_url
    assert await refused(AsyncWebClient(base_url=base).auth_test()) == "not_authed"
    assert await refused(AsyncWebClient("xoxb-other", base_url=base).auth_test()) == "invalid_auth"
    app_token = AsyncWebClient(token=slack.credentials.app_token, base_url=base)
    assert await refused(app_token.auth_test()) == "not_allowed_token_type"
    assert await refused(client.api_call("apps.connections.open")) == "not_allowed_token_type"
    assert await refused(client.api_call("chat.teleport")) == "unknown_method"
    in_form = AsyncWebClient(base_url=base)
    assert (await in_form.api_call("auth.test", data={"token": slack.credentials.token}))["ok"]


def test_two_workspaces_of_one_seed_share_nothing() -> None:
    one, other = Workspace(), Workspace()
    one.channels[PAYMENTS].members.clear()
    assert other.channels[PAYMENTS].members
    assert replace(other.channels[PAYMENTS], members=set()) != other.channels[PAYMENTS]
