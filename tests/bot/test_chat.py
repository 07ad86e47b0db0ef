"""Notes to Slack over real HTTP: the stand-in enforces what Slack enforces, faults do what Slack does on bad days."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import aiohttp
import pytest
from redis.asyncio import Redis
from starlette.responses import HTMLResponse, JSONResponse, Response

from bot import chat_errors
from bot.chat import LONGEST_RETRY_AFTER_S, SlackChat, slack_client, slack_session
from bot.pace import POSTS, Allowance, Pace
from bot.redis_client import connect
from bot.redis_server import free_port
from bot.render import Message
from bot.standin.app import Standin
from bot.standin.rate import UNLIMITED
from bot.standin.rate import Pace as SlacksPace
from bot.standin.records import Content, Json
from handlers.errors import ChatRefused, OutageError
from handlers.notes import CaptureFailed, CaptureStarted, Help, Note
from handlers.records import Thread
from tests.bot import records

STARTED = CaptureStarted(records.SERVICE, ("orders-0",), "U0ANA", "r1")
FAILED = CaptureFailed(records.SERVICE, "orders-0", "r1.orders-0", "unreachable", "")

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


def plain(note: Note) -> Message:
    text = type(note).__name__
    return Message(text, [{"type": "section", "text": {"type": "mrkdwn", "text": text}}])


class NoPace(Pace):
    """Nobody waits."""

    def __init__(self) -> None: ...

    async def wait(self, name: str, allowance: Allowance) -> None: ...


@dataclass
class Scene:
    slack: Standin
    day: BadDay
    chat: SlackChat
    paused: list[float]

    def said(self) -> list[Content]:
        return [message.content for message in self.slack.ws.messages["C0ORDERS"]]


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    day, paused = BadDay(), []

    async def pause(seconds: float) -> None:
        paused.append(seconds)

    async with Standin(pace=UNLIMITED, faults=day) as standin, slack_session() as session:
        client = slack_client(standin.api_url, standin.credentials.token, session)
        yield Scene(standin, day, SlackChat(client, NoPace(), plain, pause), paused)


async def test_a_channels_name_becomes_its_id(scene: Scene) -> None:
    thread = await scene.chat.open("#orders", STARTED)
    assert thread.channel == "C0ORDERS"
    await scene.chat.reply(thread, FAILED)
    await scene.chat.edit(thread, Help())
    root, reply = scene.slack.ws.messages["C0ORDERS"]
    assert (root.content.text, root.edited_at is not None) == ("Help", True)
    assert (reply.content.text, reply.thread_ts) == ("CaptureFailed", thread.ts)


async def test_every_message_has_text_blocks_and_the_events_id_and_unfurls_nothing(scene: Scene) -> None:
    thread = await scene.chat.open("C0ORDERS", STARTED)
    await scene.chat.reply(thread, FAILED)
    for _, given in scene.day.calls:
        assert given["text"]
        assert given["blocks"]
        assert given["unfurl_links"] is given["unfurl_media"] is False
    first, second = (content.metadata or {} for content in scene.said())
    assert first == {"event_type": "mapstorm_capture_started", "event_payload": {"id": "r1"}}
    assert second == {"event_type": "mapstorm_capture_failed", "event_payload": {"id": "r1.orders-0"}}


async def test_refused_blocks_go_as_text_once(scene: Scene) -> None:
    huge = Message("short", [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}])
    chat = SlackChat(slack_client(scene.slack.api_url, scene.slack.credentials.token), NoPace(), lambda _: huge)
    thread = await chat.open("C0ORDERS", STARTED)
    await scene.chat.edit(thread, STARTED)
    await chat.edit(thread, STARTED)
    (content,) = scene.said()
    assert (content.text, content.blocks) == ("short", [])


async def test_text_that_is_refused_as_well_is_final(scene: Scene) -> None:
    scene.day.answers["chat.postMessage"] = [refused("invalid_blocks"), refused("invalid_blocks")]
    with pytest.raises(ChatRefused, match="invalid_blocks"):
        await scene.chat.open("C0ORDERS", STARTED)
    assert len(scene.day.calls) == 2


async def test_slacks_own_refusals_are_final(scene: Scene) -> None:
    with pytest.raises(ChatRefused, match="channel_not_found"):
        await scene.chat.open("#nowhere", STARTED)
    with pytest.raises(ChatRefused, match="message_not_found"):
        await scene.chat.edit(Thread("C0ORDERS", "1.000001"), STARTED)
    archived = scene.slack.ws.channels["C0GENERAL"]
    archived.is_archived = True
    with pytest.raises(ChatRefused, match="is_archived"):
        await scene.chat.open("#general", STARTED)


@pytest.mark.parametrize("code", sorted(chat_errors.TRANSIENT))
async def test_slacks_own_trouble_is_an_outage(scene: Scene, code: str) -> None:
    scene.day.answers["chat.postMessage"] = [refused(code)]
    with pytest.raises(OutageError) as caught:
        await scene.chat.open("C0ORDERS", STARTED)
    assert caught.value.retryable


@pytest.mark.parametrize(
    "code", ["is_archived", "msg_too_long", "not_in_channel", "token_revoked", "a_code_of_next_year"]
)
async def test_what_slack_will_never_take_is_final(scene: Scene, code: str) -> None:
    scene.day.answers["chat.postMessage"] = [refused(code)]
    with pytest.raises(ChatRefused, match=code) as caught:
        await scene.chat.open("C0ORDERS", STARTED)
    assert not caught.value.retryable
    assert len(scene.day.calls) == 1


def test_no_code_means_two_things() -> None:
    assert not chat_errors.BLOCKS & chat_errors.TRANSIENT


async def test_a_short_wait_that_slack_asks_for_is_kept_once(scene: Scene) -> None:
    scene.day.answers["chat.postMessage"] = [too_fast("3")]
    await scene.chat.open("C0ORDERS", STARTED)
    assert scene.paused == [3.0]
    assert len(scene.said()) == 1
    scene.day.answers["chat.postMessage"] = [too_fast("3"), too_fast("3")]
    with pytest.raises(OutageError):
        await scene.chat.open("C0ORDERS", STARTED)
    assert scene.paused == [3.0, 3.0]


@pytest.mark.parametrize("header", [str(int(LONGEST_RETRY_AFTER_S) + 1), "86400"])
async def test_a_long_wait_is_the_queues(scene: Scene, header: str) -> None:
    scene.day.answers["chat.postMessage"] = [too_fast(header)]
    with pytest.raises(OutageError):
        await scene.chat.open("C0ORDERS", STARTED)
    assert scene.paused == []


async def test_an_odd_wait_is_a_second(scene: Scene) -> None:
    scene.day.answers["chat.postMessage"] = [too_fast("Wed, 21 Oct 2026 07:28:00 GMT")]
    await scene.chat.open("C0ORDERS", STARTED)
    assert scene.paused == [1.0]


@pytest.mark.parametrize(
    "page",
    [
        lambda: HTMLResponse("<html>502 Bad Gateway", 502),
        lambda: Response(b"{", 500, media_type="application/json"),
        lambda: Response("upstream connect error", 503, media_type="text/plain"),
        lambda: JSONResponse([], 200),
    ],
)
async def test_an_answer_that_is_not_slacks_is_an_outage(scene: Scene, page: Fault) -> None:
    scene.day.answers["chat.postMessage"] = [page]
    with pytest.raises(OutageError, match="slack"):
        await scene.chat.open("C0ORDERS", STARTED)
    assert len(scene.day.calls) == 1


async def test_nobody_there_is_an_outage() -> None:
    chat = SlackChat(slack_client(f"http://127.0.0.1:{free_port()}/api/", "xoxb-1"), NoPace(), plain)
    with pytest.raises(OutageError, match="slack"):
        await chat.open("C0ORDERS", STARTED)


async def test_a_slack_that_does_not_answer_is_an_outage(scene: Scene) -> None:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=0.1)) as session:
        gone = asyncio.Event()

        async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read()  # until the client has had enough
            writer.close()
            gone.set()

        async with await asyncio.start_server(silence, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            chat = SlackChat(slack_client(f"http://127.0.0.1:{port}/api/", "xoxb-1", session), NoPace(), plain)
            with pytest.raises(OutageError, match="slack"):
                await chat.open("C0ORDERS", STARTED)
            await gone.wait()


async def test_proxies_of_the_environment_are_not_followed(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    client = slack_client(scene.slack.api_url, scene.slack.credentials.token)
    assert (await SlackChat(client, NoPace(), plain).open("C0ORDERS", STARTED)).channel == "C0ORDERS"


@pytest.mark.redis
async def test_all_workers_together_keep_one_pace(redis: Redis) -> None:
    waits: list[float] = []

    async def pause(seconds: float) -> None:
        waits.append(seconds)

    here, elsewhere = Pace(redis, pause), Pace(redis, pause)
    for pace in (here, elsewhere) * 3:
        await pace.wait("C0ORDERS", POSTS)
    await here.wait("C0PAYMENTS", POSTS)
    # A burst of three, then one a second; the tests themselves take some of it.
    assert len(waits) == 3
    assert all(abs(wait - due) < 0.3 for wait, due in zip(waits, (1, 2, 3), strict=True))


@pytest.mark.redis
async def test_a_channel_with_too_much_before_it_is_an_outage(redis: Redis) -> None:
    async def pause(seconds: float) -> None: ...

    pace = Pace(redis, pause)
    slow = Allowance(20_000, 1)
    await pace.wait("C0ORDERS", slow)
    await pace.wait("C0ORDERS", slow)
    with pytest.raises(OutageError):
        await pace.wait("C0ORDERS", slow)


@pytest.mark.redis
async def test_an_answer_waits_for_those_of_many_instances_before_it(redis: Redis) -> None:
    waits: list[float] = []

    async def pause(seconds: float) -> None:
        waits.append(seconds)

    pace = Pace(redis, pause)
    for _ in range(150):
        await pace.wait("C0ORDERS", POSTS)
    assert 100 < waits[-1] < 150


async def test_without_redis_nobody_waits() -> None:
    async with connect(f"redis://127.0.0.1:{free_port()}/0") as away:
        await Pace(away).wait("C0ORDERS", POSTS)


@pytest.mark.redis
async def test_our_pace_is_within_slacks(redis: Redis) -> None:
    day = BadDay()
    async with Standin(pace=SlacksPace(), faults=day) as standin, slack_session() as session:
        client = slack_client(standin.api_url, standin.credentials.token, session)
        chat = SlackChat(client, Pace(redis), plain, _never)
        thread = await chat.open("#orders", STARTED)
        for _ in range(5):
            await chat.reply(thread, FAILED)
    assert len(day.calls) == 6


async def _never(seconds: float) -> None:
    raise AssertionError("Slack had to ask for a pause")
