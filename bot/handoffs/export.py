"""The thread of a handoff as a Markdown file, uploaded into that thread. Knows mrkdwn and Slack's uploads, no Redis."""

import asyncio
import html
import re
from collections.abc import Awaitable, Callable

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.words import Medium, clean, escape, text_of
from handlers.errors import MissingScope, NotPosted, OutageError
from handlers.handoff import Handoff
from handlers.handoff_notes import HandoffRoot
from handlers.notes import Note
from handlers.records import Thread
from handlers.rotation import Rotation

Export = Callable[[Handoff, Rotation, tuple[str, ...], Thread | None], Awaitable[None]]

# Whoever typed the command waits for it, and Slack waits three seconds.
PATIENCE_S = 2.5

_LINK = re.compile(r"<(https?://[^<>|]*)\|([^<>]*)>")
_DATE = re.compile(r"<!date\^[^<>|]*\|([^<>]*)>")
_USER = re.compile(r"<@([UW][A-Z0-9]+)>")
_OTHER = re.compile(r"<[!@#][^<>|]*(?:\|([^<>]*))?>")
_BOLD = re.compile(r"(?<![\w*`])\*(?=\S)([^*`\n]+?)(?<=\S)\*(?![\w*`])")
_SPAN = re.compile(r"(`[^`\n]*`)")


def exporting(slack: AsyncWebClient) -> Export:
    """Uploads what the thread was told. Raises NotPosted, MissingScope, OutageError."""

    async def export(handoff: Handoff, rotation: Rotation, told: tuple[str, ...], thread: Thread | None) -> None:
        if thread is None:
            raise NotPosted
        content = markdown(handoff, rotation, told)
        name = f"handoff-{rotation.name}-{handoff.at:.0f}.md"
        try:
            async with asyncio.timeout(PATIENCE_S):
                await slack.files_upload_v2(
                    filename=name,
                    title=name,
                    content=content.encode(),
                    channel=thread.channel,
                    thread_ts=thread.ts,
                )
        except SlackApiError as error:
            said = error.response.data if isinstance(error.response.data, dict) else {}
            if said.get("error") == "missing_scope":
                raise MissingScope(str(said.get("needed", ""))) from error
            raise OutageError("slack") from error
        except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
            raise OutageError("slack") from error

    return export


def words(note: Note) -> str:
    """A note as it is kept for the file: mrkdwn, whole."""
    return text_of(note, Medium.SLACK)


def markdown(handoff: Handoff, rotation: Rotation, told: tuple[str, ...]) -> str:
    """The root as it stands, then all that was said, in order. People whom the handoff knows have their names."""
    names = {one.slack: one.name for one in (*handoff.outgoing, *handoff.incoming) if one.slack}
    parts = [words(HandoffRoot(handoff, rotation, handoff.trouble)), *told]
    return "\n---\n\n".join(_markdown(part, names) for part in parts)


def _name(name: str) -> str:
    """In a code span that a calendar's name cannot leave; as entities, as all that words.py writes."""
    text = clean(name).replace("`", "'").strip() or "?"
    return f"`{escape(text)}`"


def _markdown(mrkdwn: str, names: dict[str, str]) -> str:
    """What stands in code spans stays as it is, whoever wrote it."""
    text = _DATE.sub(r"\1", _LINK.sub(r"[\2](\1)", mrkdwn))
    text = _USER.sub(lambda found: _name(names.get(found[1], found[1])), text)
    text = _OTHER.sub(lambda found: found[1] or "", text)
    parts = _SPAN.split(text)
    # Odd ones are the spans. Entities are Slack's; Markdown reads none inside of them.
    bold = (html.unescape(part) if index % 2 else _BOLD.sub(r"**\1**", part) for index, part in enumerate(parts))
    lines = "".join(bold).split("\n")
    # Two spaces keep a line's end, a heading mark or a quote at its beginning would not be meant.
    return "\n".join(f"{line.removeprefix('^ ')}  " if line.strip() else "" for line in lines).rstrip() + "\n"
