"""Calls to Slack over real HTTP, and what becomes of them: the stand-in enforces what Slack enforces."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import aiohttp
import pytest
from starlette.responses import HTMLResponse, JSONResponse, Response

from bot import chat_errors
from bot.chat import LOOK_UP_PAGE, SlackChat, Upload, slack_client, slack_session
from bot.chat_errors import Fate, SlackRefused
from bot.redis_server import free_port
from bot.render import Message
from bot.standin.app import Standin
from bot.standin.rate import UNLIMITED
from bot.standin.records import Content, Json
from handlers.records import Thread

Fault = Callable[[], Response]


@dataclass
class BadDay:
    """Answers of Slack's before the real one, by method."""

    answers: dict[str, list[Fault]] = field(default_factory=dict)
    calls: list[tuple[str, Json]] = field(default_factory=list)

    async def before(self, method: str, given: Json) -> Response | None:
        self.calls.append((method, given))
        waiting = self.answers.get(method)
        return waiting.pop(0)() if waiting else None

    async def after(self, method: str, given: Json, answer: Json) -> Response | None:
        return None

    def copies(self, kind: str) -> int:
        return 1


def refused(code: str) -> Fault:
    return lambda: JSONResponse({"ok": False, "error": code})


def too_fast(seconds: str) -> Fault:
    return lambda: JSONResponse({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": seconds})


SAID = Message("short", [{"type": "section", "text": {"type": "mrkdwn", "text": "long"}}])
TOLD = {"event_type": "mapstorm_summary", "event_payload": {"id": "r1"}}


@dataclass
class Scene:
    slack: Standin
    day: BadDay
    chat: SlackChat

    def said(self) -> list[Content]:
        return [message.content for message in self.slack.ws.messages["C0ORDERS"]]


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    day = BadDay()
    async with Standin(pace=UNLIMITED, faults=day) as standin, slack_session() as session:
        yield Scene(standin, day, SlackChat(slack_client(standin.api_url, standin.credentials.token, session)))


async def test_a_channels_name_becomes_its_id(scene: Scene) -> None:
    thread = await scene.chat.post("#orders", SAID, TOLD)
    assert thread.channel == "C0ORDERS"
    await scene.chat.post(thread.channel, SAID, TOLD, thread_ts=thread.ts)
    await scene.chat.edit(thread, Message("other", []), TOLD)
    root, reply = scene.slack.ws.messages["C0ORDERS"]
    assert (root.content.text, root.content.blocks, root.edited_at is not None) == ("other", [], True)
    assert (reply.content.text, reply.thread_ts, reply.broadcast) == ("short", thread.ts, False)


async def test_every_message_has_text_blocks_and_the_events_id_and_unfurls_nothing(scene: Scene) -> None:
    thread = await scene.chat.post("C0ORDERS", SAID, TOLD)
    await scene.chat.edit(thread, SAID, TOLD)
    for _, given in scene.day.calls:
        assert given["text"]
        assert given["blocks"]
        assert given["unfurl_links"] is given["unfurl_media"] is False
    assert [content.metadata for content in scene.said()] == [TOLD]


async def test_a_message_is_found_by_the_event_it_tells_of(scene: Scene) -> None:
    root = await scene.chat.post("C0ORDERS", SAID, TOLD)
    other = {"event_type": "mapstorm_summary", "event_payload": {"id": "r1.orders-0"}}
    for _ in range(3):
        await scene.chat.post("C0ORDERS", SAID, {**other, "event_payload": {"id": "r2"}}, thread_ts=root.ts)
    reply = await scene.chat.post("C0ORDERS", SAID, other, thread_ts=root.ts)
    assert await scene.chat.find("C0ORDERS", "r1", 0) == root
    assert await scene.chat.find("C0ORDERS", "r1.orders-0", 0, root.ts) == reply
    assert await scene.chat.find("C0ORDERS", "r1.orders-0", 0) is None  # it is no root
    assert await scene.chat.find("C0ORDERS", "r1", float(root.ts) + 1) is None


async def test_a_long_thread_is_read_to_its_end(scene: Scene) -> None:
    root = await scene.chat.post("C0ORDERS", SAID, TOLD)
    for number in range(LOOK_UP_PAGE + 5):
        told = {"event_type": "mapstorm_summary", "event_payload": {"id": f"e{number}"}}
        last = await scene.chat.post("C0ORDERS", SAID, told, thread_ts=root.ts)
    assert await scene.chat.find("C0ORDERS", f"e{number}", 0, root.ts) == last


async def test_a_picture_is_uploaded_into_its_thread_with_words_for_those_who_do_not_see_it(scene: Scene) -> None:
    root = await scene.chat.post("C0ORDERS", SAID, TOLD)
    await scene.chat.upload(root, Upload("a.png", "Live heap", b"\x89PNG \xff", "27 MiB and growing"))
    shared = scene.slack.ws.messages["C0ORDERS"][-1]
    (file,) = scene.slack.ws.files.values()
    assert (shared.thread_ts, shared.files) == (root.ts, [file.id])
    assert (file.name, file.title, file.data, file.alt_text) == (
        *("a.png", "Live heap", b"\x89PNG \xff"),
        "27 MiB and growing",
    )


async def test_a_message_has_an_address(scene: Scene) -> None:
    root = await scene.chat.post("C0ORDERS", SAID, TOLD)
    link = await scene.chat.permalink(root)
    assert link
    assert "C0ORDERS" in link
    assert await scene.chat.permalink(Thread("C0ORDERS", "1.000001")) is None


@pytest.mark.parametrize(("code", "fate"), sorted(chat_errors.FATES.items()))
async def test_each_code_has_its_fate(scene: Scene, code: str, fate: Fate) -> None:
    scene.day.answers["chat.postMessage"] = [refused(code)]
    with pytest.raises(SlackRefused) as caught:
        await scene.chat.post("C0ORDERS", SAID, TOLD)
    assert (caught.value.code, caught.value.fate, caught.value.wait_s) == (code, fate, None)
    assert len(scene.day.calls) == 1


@pytest.mark.parametrize(
    "code", ["is_archived", "msg_too_long", "not_in_channel", "token_revoked", "a_code_of_next_year"]
)
async def test_what_slack_will_never_take_is_permanent(scene: Scene, code: str) -> None:
    scene.day.answers["chat.postMessage"] = [refused(code)]
    with pytest.raises(SlackRefused) as caught:
        await scene.chat.post("C0ORDERS", SAID, TOLD)
    assert caught.value.fate is Fate.PERMANENT


@pytest.mark.parametrize(
    ("header", "seconds"), [("3", 3.0), ("86400", 86400.0), ("Wed, 21 Oct 2026 07:28:00 GMT", 1.0)]
)
async def test_the_wait_that_slack_asks_for_is_told(scene: Scene, header: str, seconds: float) -> None:
    scene.day.answers["chat.postMessage"] = [too_fast(header)]
    with pytest.raises(SlackRefused) as caught:
        await scene.chat.post("C0ORDERS", SAID, TOLD)
    assert (caught.value.fate, caught.value.wait_s) == (Fate.UNSENT, seconds)


@pytest.mark.parametrize(
    "page",
    [
        lambda: HTMLResponse("<html>502 Bad Gateway", 502),
        lambda: Response(b"{", 500, media_type="application/json"),
        lambda: Response("upstream connect error", 503, media_type="text/plain"),
        lambda: JSONResponse([], 200),
    ],
)
async def test_after_an_answer_that_is_not_slacks_nobody_knows(scene: Scene, page: Fault) -> None:
    scene.day.answers["chat.postMessage"] = [page]
    with pytest.raises(SlackRefused) as caught:
        await scene.chat.post("C0ORDERS", SAID, TOLD)
    assert caught.value.fate is Fate.UNKNOWN
    assert len(scene.day.calls) == 1


async def test_where_nobody_listens_nothing_was_sent() -> None:
    chat = SlackChat(slack_client(f"http://127.0.0.1:{free_port()}/api/", "xoxb-1"))
    with pytest.raises(SlackRefused) as caught:
        await chat.post("C0ORDERS", SAID, TOLD)
    assert caught.value.fate is Fate.UNSENT


async def test_after_silence_nobody_knows() -> None:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=0.1)) as session:
        gone = asyncio.Event()

        async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read()  # until the client has had enough
            writer.close()
            gone.set()

        async with await asyncio.start_server(silence, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            chat = SlackChat(slack_client(f"http://127.0.0.1:{port}/api/", "xoxb-1", session))
            with pytest.raises(SlackRefused) as caught:
                await chat.post("C0ORDERS", SAID, TOLD)
            await gone.wait()
    assert caught.value.fate is Fate.UNKNOWN


async def test_proxies_of_the_environment_are_not_followed(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    client = slack_client(scene.slack.api_url, scene.slack.credentials.token)
    assert (await SlackChat(client).post("C0ORDERS", SAID, TOLD)).channel == "C0ORDERS"
