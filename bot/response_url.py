"""A later answer to a command, through the address that Slack sent along with it. No token, no scope, no membership.

The address is kept nowhere but in the process that was given it, and never logged: for half an hour, whoever has it can
speak as the app.

Why not slack_sdk's webhook client: it follows the proxy variables of the environment.
"""

from collections.abc import Callable
from urllib.parse import urlsplit

import httpx
import structlog

from bot.render import Message
from handlers.notes import Note

SLACK = frozenset({"https://hooks.slack.com", "https://hooks.slack-gov.com"})
TIMEOUT_S = 5.0

log = structlog.get_logger()


async def say(address: str, note: Note, render: Callable[[Note], Message], api_url: str) -> None:
    """To the asker alone, in place of nothing. What cannot be said is only logged: there is nobody else to tell.

    Posts to Slack only, or to where `api_url` (the stand-in's) is.
    """
    if _origin(address) not in SLACK | {_origin(api_url)}:
        log.error("a later answer was not said", why="not Slack's address")
        return
    message = render(note)
    body = {
        "response_type": "ephemeral",
        "replace_original": False,
        "text": message.text,
        "blocks": message.blocks,
    }
    try:
        async with httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=TIMEOUT_S) as client:
            answer = await client.post(address, json=body)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        log.warning("a later answer was not said", why=type(error).__name__)
        return
    if answer.status_code != 200:
        log.warning("a later answer was not said", status=answer.status_code)


def _origin(address: str) -> str:
    try:
        parts = urlsplit(address)
        return f"{parts.scheme}://{parts.netloc}"
    except ValueError:
        return ""
