"""The port Chat: notes to Slack's chat.*, and what Slack answers to one tree of errors. Not how anything is worded.

A retry here exists for two answers only: 429, once and within bounds, and blocks that Slack does not take. slack_sdk's
own handler is off: it repeats a post whose connection broke after Slack had it.
"""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot import chat_errors
from bot.log import quiet
from bot.pace import EDITS, POSTS, Pace
from bot.render import Message
from handlers.errors import OutageError
from handlers.notes import CaptureFailed, CaptureFinished, CaptureStarted, Note, Summary
from handlers.records import Thread

Renderer = Callable[[Note], Message]

TIMEOUT_S = 10
LONGEST_RETRY_AFTER_S = 10.0

log = structlog.get_logger()


def slack_session() -> aiohttp.ClientSession:
    """One for all calls of a process: slack_sdk would make a new connection for each."""
    return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT_S), trust_env=False)


def slack_client(api_url: str, token: str | None, session: aiohttp.ClientSession | None = None) -> AsyncWebClient:
    """A client that asks `api_url` and nobody else: proxy variables are not followed, not even by slack_sdk."""
    client = AsyncWebClient(
        token=token,
        base_url=api_url,
        timeout=TIMEOUT_S,
        session=session,
        trust_env_in_session=False,
        retry_handlers=[],
        logger=quiet("mapstorm.slack", logging.WARNING),
    )
    client.proxy = None
    return client


class SlackChat:
    """Posts, edits and replies."""

    def __init__(
        self,
        client: AsyncWebClient,
        pace: Pace,
        render: Renderer,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._client = client
        self._pace = pace
        self._render = render
        self._pause = pause

    async def open(self, channel: str, note: Note) -> Thread:
        """`channel` is an id or #name. Slack answers with the id, the only thing chat.update takes."""
        await self._pace.wait(channel.removeprefix("#"), POSTS)
        posted = await self._say("chat.postMessage", note, channel=channel)
        return Thread(str(posted["channel"]), str(posted["ts"]))

    async def edit(self, thread: Thread, note: Note) -> None:
        await self._pace.wait("edits", EDITS)
        await self._say("chat.update", note, channel=thread.channel, ts=thread.ts)

    async def reply(self, thread: Thread, note: Note) -> None:
        await self._pace.wait(thread.channel, POSTS)
        await self._say("chat.postMessage", note, channel=thread.channel, thread_ts=thread.ts)

    async def _say(self, method: str, note: Note, **where: str) -> dict[str, Any]:
        message = self._render(note)
        body = {
            **where,
            "text": message.text,
            "blocks": message.blocks,
            "unfurl_links": False,
            "unfurl_media": False,
            **_metadata(note),
        }
        try:
            return await self._patient(method, body)
        except SlackApiError as error:
            if _code(error) not in chat_errors.BLOCKS:
                raise chat_errors.meaning(_code(error)) from error
            log.error("blocks refused, sent as text", method=method, code=_code(error), note=_event_type(note))
        try:
            return await self._patient(method, _without_blocks(method, body))
        except SlackApiError as error:
            raise chat_errors.meaning(_code(error)) from error

    async def _patient(self, method: str, body: dict[str, Any]) -> dict[str, Any]:
        """The call, once more after a 429 that asks for a short wait."""
        try:
            return await self._call(method, body)
        except SlackApiError as error:
            wait = _retry_after(error)
            if wait is None or wait > LONGEST_RETRY_AFTER_S:
                raise
            log.warning("slack asks to wait", method=method, seconds=wait)
            await self._pause(wait)
        return await self._call(method, body)

    async def _call(self, method: str, body: dict[str, Any]) -> dict[str, Any]:
        try:
            answer = await self._client.api_call(method, json=body)
        except SlackApiError as error:
            if not _code(error):
                raise OutageError("slack") from error  # an answer, but not Slack's API: a page of some proxy
            raise
        except (SlackClientError, aiohttp.ClientError, OSError) as error:
            raise OutageError("slack") from error
        return dict(answer.data) if isinstance(answer.data, dict) else {}


def _without_blocks(method: str, body: dict[str, Any]) -> dict[str, Any]:
    # An edit needs the empty list: it is what takes the old blocks away.
    empty: dict[str, Any] = {"blocks": []} if method == "chat.update" else {}
    return {name: value for name, value in body.items() if name != "blocks"} | empty


def _code(error: SlackApiError) -> str:
    data = getattr(error.response, "data", None)
    return str(data.get("error", "")) if isinstance(data, dict) else ""


def _retry_after(error: SlackApiError) -> float | None:
    """Seconds to wait, None where the answer is no 429."""
    response = error.response
    if getattr(response, "status_code", None) != 429:
        return None
    headers = getattr(response, "headers", {})
    named = next((value for name, value in headers.items() if name.lower() == "retry-after"), "1")
    return float(named) if re.fullmatch(r"\d{1,6}", named) else 1.0


def _event_type(note: Note) -> str:
    return "mapstorm_" + re.sub(r"(?<!^)(?=[A-Z])", "_", type(note).__name__).lower()


def _metadata(note: Note) -> dict[str, Any]:
    """What tells two posts of one event apart from two events, for whoever reads the channel's history."""
    match note:
        case Summary() | CaptureFailed():
            identity = note.capture_id
        case CaptureStarted() | CaptureFinished():
            identity = note.request_id
        case _:
            return {}
    return {"metadata": {"event_type": _event_type(note), "event_payload": {"id": identity}}}
