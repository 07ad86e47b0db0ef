"""How something reaches the bot: over an open Socket Mode connection, else signed over HTTP.

Knows signatures and encodings; not what is said, nor how long the answer may take.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import httpx

from bot.standin.clock import Clock
from bot.standin.credentials import Credentials
from bot.standin.records import Json
from bot.standin.sockets import Sockets

COMMAND, INTERACTIVE, EVENT = "slash_commands", "interactive", "events_api"


class Unreachable(Exception):
    """The bot could not be asked, or did not answer with success."""

    def __init__(self, reason: str, no_retry: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.no_retry = no_retry


@dataclass
class Transport:
    clock: Clock
    credentials: Credentials
    sockets: Sockets
    bot_url: str | None = None
    # No proxies from the environment: the bot is on loopback.
    http: httpx.AsyncClient = field(
        default_factory=lambda: httpx.AsyncClient(trust_env=False, timeout=None)  # noqa: S113 - the courier times
    )

    @property
    def via(self) -> str:
        return "socket" if self.sockets.open else "http"

    async def send(self, kind: str, payload: Json, retry: int = 0, reason: str = "") -> Any:
        """The body of the acknowledgement: an object, a text, or None."""
        if self.sockets.open:
            return await self.sockets.send(kind, payload, retry, reason)
        if not self.bot_url:
            raise Unreachable("connection_failed")
        body, encoding = _encode(kind, payload)
        headers = {"content-type": encoding, "user-agent": "Slackbot 1.0 (stand-in)"}
        headers |= sign(self.credentials.signing_secret, body, self.clock.now())
        if retry:
            headers |= {"x-slack-retry-num": str(retry), "x-slack-retry-reason": reason}
        try:
            response = await self.http.post(self.bot_url, content=body, headers=headers)
        except httpx.HTTPError:
            raise Unreachable("connection_failed") from None
        if not response.is_success:
            raise Unreachable("http_error", response.headers.get("x-slack-no-retry") == "1")
        return _decode(response.text)

    async def close(self) -> None:
        await self.http.aclose()


def sign(secret: str, body: bytes, now: float) -> dict[str, str]:
    """Slack's v0 signature: docs.slack.dev/authentication/verifying-requests-from-slack."""
    timestamp = str(int(now))
    digest = hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256)
    return {"x-slack-request-timestamp": timestamp, "x-slack-signature": f"v0={digest.hexdigest()}"}


def _encode(kind: str, payload: Json) -> tuple[bytes, str]:
    if kind == EVENT:
        return json.dumps(payload).encode(), "application/json"
    form = payload if kind == COMMAND else {"payload": json.dumps(payload)}
    return urlencode(form).encode(), "application/x-www-form-urlencoded"


def _decode(body: str) -> Any:
    if not body.strip():
        return None
    try:
        return json.loads(body)
    except ValueError:
        return body
