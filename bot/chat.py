"""Slack's chat.* and conversations.*, one call at a time: what is sent, and what became of it. No try is repeated here.

Knows messages and files, not notes; when something is sent again is the poster's to decide. slack_sdk's own handler is
off: it repeats a post whose connection broke after Slack had it.
"""

import asyncio
import logging
import re
from typing import Any, NamedTuple

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.chat_errors import Fate, SlackRefused, meaning
from bot.log import quiet
from bot.render import Message
from handlers.records import Thread

# Less than the outbox's lease on a channel, with room for a look-up before it.
TIMEOUT_S = 8
LOOK_UP_PAGE = 200

Body = dict[str, Any]


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


class Upload(NamedTuple):
    """A file: `alt` says what a picture says, to those who do not see it; empty for a text."""

    name: str
    title: str
    data: bytes
    alt: str = ""


class SlackChat:
    """Every method raises SlackRefused."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def post(
        self, channel: str, message: Message, metadata: Body, *, thread_ts: str = "", broadcast: bool = False
    ) -> Thread:
        """`channel` is an id or #name. Slack answers with the id, the only thing chat.update takes."""
        where: Body = {"channel": channel}
        if thread_ts:
            where |= {"thread_ts": thread_ts, "reply_broadcast": broadcast}
        posted = await self._say("chat.postMessage", where, message, metadata)
        return Thread(str(posted["channel"]), str(posted["ts"]))

    async def edit(self, thread: Thread, message: Message, metadata: Body) -> None:
        """Replaces the message at `thread`. Notifies nobody."""
        await self._say("chat.update", {"channel": thread.channel, "ts": thread.ts}, message, metadata)

    async def find(self, channel: str, event: str, since: float, thread_ts: str = "") -> Thread | None:
        """Our message whose metadata names `event`, in the channel or a thread of it, not older than `since` (seconds).

        `channel` is an id.
        """
        method = "conversations.replies" if thread_ts else "conversations.history"
        asked: Body = {"channel": channel, "oldest": f"{since:.6f}", "limit": LOOK_UP_PAGE}
        # Without it Slack leaves metadata out.
        asked["include_all_metadata"] = True
        if thread_ts:
            asked["ts"] = thread_ts
        while True:
            # As a form: conversations.* take no JSON.
            answer = await self._call(method, {"params": asked})
            for message in answer.get("messages", []):
                if message.get("metadata", {}).get("event_payload", {}).get("id") == event:
                    return Thread(channel, str(message["ts"]))
            cursor = answer.get("response_metadata", {}).get("next_cursor")
            if not cursor:
                return None
            asked["cursor"] = cursor

    async def upload(self, there: Thread, file: Upload) -> None:
        """A file into the thread of `there`; three calls, which together have the time of one."""
        try:
            async with asyncio.timeout(TIMEOUT_S):
                await self._client.files_upload_v2(
                    filename=file.name,
                    title=file.title,
                    content=file.data,
                    alt_txt=file.alt or None,
                    channel=there.channel,
                    thread_ts=there.ts,
                )
        except SlackApiError as error:
            raise _refused(error) from error
        except (SlackClientError, aiohttp.ClientError, OSError, ValueError) as error:
            raise SlackRefused("upload", Fate.UNKNOWN) from error

    async def permalink(self, thread: Thread) -> str | None:
        """An https address of the message, None where Slack gives none now."""
        try:
            answer = await self._call(
                "chat.getPermalink", {"params": {"channel": thread.channel, "message_ts": thread.ts}}
            )
        except SlackRefused:
            return None
        return str(answer.get("permalink", "")) or None

    async def _say(self, method: str, where: Body, message: Message, metadata: Body) -> Body:
        body = {
            **where,
            "text": message.text,
            "blocks": message.blocks,
            "unfurl_links": False,
            "unfurl_media": False,
            "metadata": metadata,
        }
        return await self._call(method, {"json": body})

    async def _call(self, method: str, how: Body) -> Body:
        try:
            answer = await self._client.api_call(method, **how)
        except SlackApiError as error:
            raise _refused(error) from error
        except aiohttp.ClientConnectorError as error:
            raise SlackRefused("connection", Fate.UNSENT) from error
        except TimeoutError as error:
            raise SlackRefused("timeout", Fate.UNKNOWN) from error
        except (SlackClientError, aiohttp.ClientError, OSError, ValueError) as error:
            raise SlackRefused("connection", Fate.UNKNOWN) from error
        return dict(answer.data) if isinstance(answer.data, dict) else {}


def _refused(error: SlackApiError) -> SlackRefused:
    response = error.response
    status = getattr(response, "status_code", 200)
    if status == 429:
        return SlackRefused("ratelimited", Fate.UNSENT, _retry_after(getattr(response, "headers", {})))
    data = getattr(response, "data", None)
    code = str(data.get("error", "")) if isinstance(data, dict) else ""
    if status >= 500 or not code:
        return SlackRefused(code or f"http_{status}", Fate.UNKNOWN)  # not Slack's API: a page of some proxy
    return SlackRefused(code, meaning(code))


def _retry_after(headers: dict[str, str]) -> float:
    named = next((value for name, value in headers.items() if name.lower() == "retry-after"), "1")
    return float(named) if re.fullmatch(r"\d{1,6}", named) else 1.0
