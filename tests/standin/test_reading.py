"""Reading channels and people, and uploading files, through the real client."""

from typing import Any

import pytest
from slack_sdk.errors import SlackRequestError
from slack_sdk.web.async_client import AsyncWebClient

from bot.standin.app import Standin

from .conftest import Refused

PAYMENTS = "C0PAYMENTS"


async def test_channels(client: AsyncWebClient, refused: Refused) -> None:
    listed = await client.conversations_list(limit=2)
    assert [c["name"] for c in listed["channels"]] == ["payments", "orders"]
    rest = await client.conversations_list(limit=2, cursor=listed["response_metadata"]["next_cursor"])
    assert [c["name"] for c in rest["channels"]] == ["general"]
    assert rest["response_metadata"]["next_cursor"] == ""
    info = await client.conversations_info(channel=PAYMENTS)
    assert info["channel"]["is_member"] is True
    assert await refused(client.conversations_info(channel="#payments")) == "channel_not_found"
    assert await refused(client.conversations_list(types="planets")) == "invalid_types"


async def test_history_pages_and_edges(client: AsyncWebClient) -> None:
    sent = [(await client.chat_postMessage(channel=PAYMENTS, text=f"{n}"))["ts"] for n in range(5)]
    page = await client.conversations_history(channel=PAYMENTS, limit=2)
    assert [m["text"] for m in page["messages"]] == ["4", "3"]
    assert page["has_more"] is True
    after = await client.conversations_history(channel=PAYMENTS, oldest=sent[3])
    assert [m["text"] for m in after["messages"]] == ["4"]
    edges = await client.conversations_history(channel=PAYMENTS, oldest=sent[3], inclusive=True)
    assert [m["text"] for m in edges["messages"]] == ["4", "3"]


async def test_a_thread_by_pages_and_edges(client: AsyncWebClient) -> None:
    root = (await client.chat_postMessage(channel=PAYMENTS, text="root"))["ts"]
    sent = [(await client.chat_postMessage(channel=PAYMENTS, text=f"{n}", thread_ts=root))["ts"] for n in range(4)]

    async def texts(**more: Any) -> list[str]:
        found = await client.conversations_replies(channel=PAYMENTS, ts=root, **more)
        return [message["text"] for message in found["messages"]]

    page = await client.conversations_replies(channel=PAYMENTS, ts=root, limit=3)
    assert [m["text"] for m in page["messages"]] == ["root", "0", "1"]
    assert page["has_more"] is True
    assert await texts(limit=3, cursor=page["response_metadata"]["next_cursor"]) == ["2", "3"]
    assert await texts(oldest=sent[2]) == ["root", "3"]
    assert await texts(oldest=sent[2], inclusive=True) == ["root", "2", "3"]
    assert await texts(latest=sent[1]) == ["root", "0"]
    found = await client.conversations_replies(channel=PAYMENTS, ts=sent[1])
    assert [m["text"] for m in found["messages"]] == ["1"]


async def test_metadata_is_for_those_who_ask(client: AsyncWebClient) -> None:
    metadata = {"event_type": "mapstorm_reply", "event_payload": {"id": "7"}}
    root = (await client.chat_postMessage(channel=PAYMENTS, text="root", metadata=metadata))["ts"]
    for call, more in ((client.conversations_history, {}), (client.conversations_replies, {"ts": root})):
        assert "metadata" not in (await call(channel=PAYMENTS, **more))["messages"][0]
        asked = await call(channel=PAYMENTS, include_all_metadata=True, **more)
        assert asked["messages"][0]["metadata"] == metadata


async def test_people(client: AsyncWebClient, refused: Refused) -> None:
    assert (await client.users_info(user="U0ANA"))["user"]["profile"]["email"] == "ana@example.com"
    assert (await client.users_lookupByEmail(email="BO@example.com"))["user"]["id"] == "U0BO"
    assert len((await client.users_list())["members"]) == 3
    assert (await client.usergroups_list(include_users=True))["usergroups"][0]["users"] == ["U0ANA"]
    assert (await client.usergroups_users_list(usergroup="S0ONCALL"))["users"] == ["U0ANA"]
    assert await refused(client.users_info(user="U0X")) == "user_not_found"
    assert await refused(client.users_lookupByEmail(email="x@example.com")) == "users_not_found"
    assert await refused(client.usergroups_users_list(usergroup="S0X")) == "no_such_subteam"


async def test_a_file_in_a_thread(slack: Standin, client: AsyncWebClient) -> None:
    root = await client.chat_postMessage(channel=PAYMENTS, text="root")
    done = await client.files_upload_v2(
        channel=PAYMENTS, thread_ts=root["ts"], filename="größe.txt", content="größe", initial_comment="all of it"
    )
    file = done["file"]
    assert file["size"] == len("größe".encode())
    reply = slack.ws.thread(PAYMENTS, root["ts"])[1]
    assert (reply.content.text, reply.files) == ("all of it", [file["id"]])
    assert slack.ws.files[file["id"]].data == "größe".encode()


async def test_refused_uploads(slack: Standin, client: AsyncWebClient, refused: Refused) -> None:
    assert await refused(client.files_getUploadURLExternal(filename="a", length=0)) == "invalid_arguments"
    huge = client.files_getUploadURLExternal(filename="a", length=2_000_000_000)
    assert await refused(huge) == "file_upload_size_restricted"
    ticket = await client.files_getUploadURLExternal(filename="a", length=3)
    files = [{"id": ticket["file_id"], "title": "a"}]
    too_early = client.files_completeUploadExternal(files=files, channel_id=PAYMENTS)
    assert await refused(too_early) == "file_not_found"
    async with slack.transport.http.stream("POST", ticket["upload_url"], content=b"four") as answer:
        assert answer.status_code == 400
    by_name = client.files_upload_v2(channel="#payments", filename="a.txt", content="abc")
    assert await refused(by_name) == "channel_not_found"


async def test_an_upload_address_works_once(slack: Standin, client: AsyncWebClient) -> None:
    ticket = await client.files_getUploadURLExternal(filename="a", length=3)
    http = slack.transport.http
    assert (await http.post(ticket["upload_url"], content=b"abc")).status_code == 200
    assert (await http.post(ticket["upload_url"], content=b"abc")).status_code == 404
    with pytest.raises(SlackRequestError):
        await client.files_upload_v2(channel=PAYMENTS)
