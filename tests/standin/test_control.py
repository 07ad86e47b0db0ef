"""The way in for page and tests, who is kept out of it, and the stand-in as a process of its own."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.standin.app import Standin
from bot.standin.seed import read_seed

from .conftest import Bolt

PAYMENTS = "C0PAYMENTS"


@pytest.fixture
def http(slack: Standin) -> httpx.AsyncClient:
    return slack.transport.http


async def test_typing_and_reading_over_http(
    slack: Standin, http: httpx.AsyncClient, app: AsyncApp, serve_bot: Bolt
) -> None:
    @app.command("/mapstorm")
    async def run(ack: AsyncAck) -> None:
        await ack("on my way")

    await serve_bot(app)
    said = {"channel": "#payments", "user": "ana", "text": "/mapstorm capture svc-orders"}
    answer = (await http.post(f"{slack.url}/standin/command", json=said)).json()
    assert answer["delivery"]["outcome"] == "acknowledged"
    typed = (await http.post(f"{slack.url}/standin/message", json={**said, "text": "thanks"})).json()
    assert typed["message"]["user"] == "U0ANA"
    seen = (await http.get(f"{slack.url}/standin/state", params={"user": "U0ANA"})).json()
    assert seen["ephemerals"][0]["text"] == "on my way"
    assert seen["channels"][0]["messages"][0]["text"] == "thanks"
    assert seen["deliveries"][0]["about"] == "/mapstorm capture svc-orders"
    other = (await http.get(f"{slack.url}/standin/state", params={"user": "U0BO"})).json()
    assert other["ephemerals"] == []


async def test_state_waits_for_news(slack: Standin, http: httpx.AsyncClient, client: AsyncWebClient) -> None:
    version = (await http.get(f"{slack.url}/standin/state")).json()["version"]
    asking = asyncio.create_task(http.get(f"{slack.url}/standin/state", params={"since": version, "wait": 10}))
    await client.chat_postMessage(channel=PAYMENTS, text="news")
    news = (await asking).json()
    assert news["version"] > version
    assert news["channels"][0]["messages"][0]["text"] == "news"


async def test_a_state_that_cannot_be_waited_for(slack: Standin, http: httpx.AsyncClient) -> None:
    answer = await http.get(f"{slack.url}/standin/state", params={"since": "yesterday"})
    assert answer.status_code == 400


async def test_edits_and_threads_are_in_the_transcript(
    slack: Standin, http: httpx.AsyncClient, client: AsyncWebClient
) -> None:
    root = await client.chat_postMessage(channel=PAYMENTS, text="first")
    await client.chat_postMessage(channel=PAYMENTS, text="reply", thread_ts=root["ts"])
    await client.chat_update(channel=PAYMENTS, ts=root["ts"], text="second")
    state = (await http.get(f"{slack.url}/standin/state")).json()
    message = state["channels"][0]["messages"][0]
    assert (message["text"], message["history"]) == ("second", [{"text": "first"}])
    assert [reply["text"] for reply in message["thread"]] == ["reply"]


async def test_slips_are_told(slack: Standin, http: httpx.AsyncClient) -> None:
    async def post(act: str, **body: Any) -> str:
        answer = await http.post(f"{slack.url}/standin/{act}", json=body)
        assert answer.status_code == 400
        return str(answer.json()["error"])

    assert await post("command", channel="#nowhere", user="ana", text="x") == "channel_not_found"
    assert await post("command", channel=PAYMENTS, user="nobody", text="x") == "user_not_found"
    assert await post("command", channel=PAYMENTS, user="ana") == "invalid_arguments"
    assert await post("click", channel=PAYMENTS, user="ana", ts="1.0", action_id="x") == "message_not_found"
    assert await post("submit", user="ana", view_id="V0", values={}) == "not_found"
    assert await post("event") == "invalid_arguments"


async def test_other_sites_are_kept_out(slack: Standin, http: httpx.AsyncClient) -> None:
    url = f"{slack.url}/standin/command"
    port = slack.url.rpartition(":")[2]
    rebound = {"host": f"evil.example:{port}"}
    assert (await http.get(f"{slack.url}/standin/state", headers=rebound)).status_code == 403
    assert (await http.get(f"{slack.url}/", headers=rebound)).status_code == 403
    foreign = {"origin": "http://evil.example"}
    assert (await http.post(url, json={}, headers=foreign)).status_code == 403
    assert (await http.get(f"{slack.url}/standin/state", headers={"host": "[oops"})).status_code == 403
    other_port = {"origin": "http://127.0.0.1:1"}
    assert (await http.post(url, json={}, headers=other_port)).status_code == 403
    assert (await http.post(url, data={"text": "x"})).status_code == 415
    assert (await http.post(url, json={}, headers={"origin": slack.url})).status_code == 400


async def test_the_page_may_fetch_nothing_from_elsewhere(slack: Standin, http: httpx.AsyncClient) -> None:
    answer = await http.get(slack.url)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


async def test_uploads_cannot_run_as_pages(slack: Standin, http: httpx.AsyncClient, client: AsyncWebClient) -> None:
    done = await client.files_upload_v2(channel=PAYMENTS, filename="a.html", content="<script>1</script>")
    answer = await http.get(done["file"]["url_private"])
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert (await http.get(f"{slack.url}/standin/files/F0")).status_code == 404


def test_other_content(tmp_path: Path) -> None:
    content = tmp_path / "content.json"
    users = [{"id": "U1", "name": "kim"}]
    channels = [{"id": "C1", "name": "ops", "topic": "night shift"}]
    app = {"user_id": "U9", "name": "stormy", "commands": ["/storm"]}
    content.write_text(json.dumps({"users": users, "channels": channels, "app": app}))
    seed = read_seed(content)
    assert [user.id for user in seed.users] == ["U1", "U9"]
    assert seed.channels[0].members == {"U1", "U9"}
    assert seed.app.commands == ("/storm",)


async def test_as_a_process() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.standin.app", "--token", "xoxb-own", stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    address = (await process.stdout.readline()).decode().strip()
    client = AsyncWebClient("xoxb-own", base_url=f"{address}/api/")
    assert (await client.auth_test())["user"] == "mapstorm"
    process.terminate()
    await process.communicate()
    assert process.returncode in (0, -15)
