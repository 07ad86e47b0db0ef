"""Only what Slack has signed passes: size, header shapes, age, HMAC, and no request twice. Knows no command.

Why before Bolt and not Bolt's own: slack_bolt 1.30 answers 500 with a traceback to a timestamp that is no number and
to a signature that is not ASCII, and logs the whole body of what it refuses.
"""

import asyncio
import hashlib
import hmac
import re
from collections.abc import Callable
from contextlib import suppress

import structlog
from redis import RedisError
from redis.asyncio import Redis
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot import incoming
from bot.redis_client import key

MAX_BODY = 1024 * 1024
MAX_AGE_S = 300
READ_S = 5.0
# Twice the age: a signature is worthless before it is forgotten, whichever way the clocks differ.
REMEMBERED_S = 600
# The acknowledgement must not wait for a Redis that does not answer.
REPLAY_CHECK_S = 0.5

_SIGNATURE = re.compile(rb"v0=[0-9a-f]{64}")
_TIMESTAMP = re.compile(rb"[0-9]{1,12}")

log = structlog.get_logger()


class Refused(Exception):
    """Why a request is not taken for Slack's. Said in the log, not to the sender."""


class Signed:
    """ASGI middleware. 401 for everything that is not surely Slack's, without a word about why."""

    def __init__(self, app: ASGIApp, secret: str, redis: Redis, now: Callable[[], float]) -> None:
        self._app = app
        self._secret = secret.encode()
        self._redis = redis
        self._now = now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            body, signature = await self._trusted(scope, receive)
        except Refused as why:
            log.warning("request refused", why=str(why))
            await PlainTextResponse("", 401)(scope, receive, send)
            return
        await self._app(scope, _replay(body, receive), self._noting(signature, send))

    async def _trusted(self, scope: Scope, receive: Receive) -> tuple[bytes, str]:
        """The body and its signature. Raises Refused."""
        timestamp = _only(scope, b"x-slack-request-timestamp", _TIMESTAMP)
        signature = _only(scope, b"x-slack-signature", _SIGNATURE)
        if abs(self._now() - int(timestamp)) > MAX_AGE_S:
            raise Refused("too old")
        try:
            body = await incoming.body(receive, MAX_BODY, READ_S)
        except incoming.Unread as unread:
            raise Refused(unread.why) from None
        digest = hmac.new(self._secret, b"v0:" + timestamp + b":" + body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(b"v0=" + digest.encode(), signature):
            raise Refused("wrong signature")
        if not _is_text(body):
            raise Refused("not UTF-8")  # Bolt would answer 500
        if await self._seen(signature.decode()):
            raise Refused("replayed")
        return body, signature.decode()

    async def _seen(self, signature: str) -> bool:
        """Slack's own retries are signed anew. Without Redis a replay passes for five minutes: better than deafness."""
        try:
            async with asyncio.timeout(REPLAY_CHECK_S):
                return not await self._redis.set(key("signature", signature[3:]), "", nx=True, ex=REMEMBERED_S)
        except (RedisError, OSError):
            return False

    def _noting(self, signature: str, send: Send) -> Send:
        """Slack repeats at once what was answered with 5xx, signed within the same second: that is no replay."""

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] >= 500:
                with suppress(RedisError, OSError):
                    async with asyncio.timeout(REPLAY_CHECK_S):
                        await self._redis.delete(key("signature", signature[3:]))
            await send(message)

        return sending


def _only(scope: Scope, name: bytes, shape: re.Pattern[bytes]) -> bytes:
    value = incoming.header(scope["headers"], name)
    if value is None or not shape.fullmatch(value):
        raise Refused(f"{name.decode()} missing or malformed")
    return value


def _is_text(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _replay(body: bytes, receive: Receive) -> Receive:
    """The body once more for the app behind; after it, whatever the connection says."""
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
