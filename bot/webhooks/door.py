"""One webhook's endpoint, in the order in which a stranger gets least: method, headers, size, signature, depth, JSON.

Knows what each outcome is answered; not what an alert looks like (`handlers/sources/`) nor what becomes of it.

Why 503 and never 429: Alertmanager tries a 5xx again within the same flush, and anything else only minutes later.
"""

import asyncio
import time
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

import orjson
import structlog
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from bot import incoming
from bot.webhooks.depth import refuse_bombs
from bot.webhooks.secrets import Headers, Refused, Webhook
from handlers.alert import Notification, Origin
from handlers.errors import BadAlert, OutageError

MAX_BODY = 2 * 1024 * 1024
READ_S = 5.0
# Answered within a second even where Redis is not: Alertmanager waits for each answer, and its peers for it.
TAKE_S = 0.8
MOST_AT_ONCE = 64
# Larger bodies are read in a thread: 2 MiB of small alerts take a third of a second.
SMALL = 64 * 1024
RETRY_AFTER_S = 5

log = structlog.get_logger()


class Answer(StrEnum):
    """How a webhook was answered, as metrics name it."""

    TAKEN = "taken"
    BAD = "bad"
    REFUSED = "refused"
    ABSENT = "absent"
    METHOD = "method"
    TOO_LARGE = "too_large"
    TOO_SLOW = "too_slow"
    BUSY = "busy"
    AWAY = "away"
    BUG = "bug"


STATUS = {
    Answer.TAKEN: 200,
    Answer.BAD: 400,
    Answer.REFUSED: 401,
    Answer.ABSENT: 404,
    Answer.METHOD: 405,
    Answer.TOO_LARGE: 413,
    Answer.TOO_SLOW: 503,
    Answer.BUSY: 503,
    Answer.AWAY: 503,
    Answer.BUG: 500,
}


_UNREAD = {
    incoming.GONE: Answer.BAD,
    incoming.TOO_LARGE: Answer.TOO_LARGE,
    incoming.TOO_SLOW: Answer.TOO_SLOW,
}


class Ended(Exception):
    """A request that comes to its end before it is taken. `detail` is for the sender, and only of a bad one."""

    def __init__(self, answer: Answer, detail: str = "") -> None:
        super().__init__(answer)
        self.answer = answer
        self.detail = detail


async def _untold(_: Origin) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Behind:
    """What is behind every door. `take` makes a notification durable and says how many of its alerts mean no service,
    or raises OutageError; `full` says whether so much waits that no more should be let in; `count` is told each answer
    and how many seconds it took; `refused` is told of who was not let in, after the answer, which does not wait for it.

    `now` is seconds since 1970; a body must have come within `read_s`, and be durable within `take_s` more.
    """

    take: Callable[[Notification], Awaitable[int]]
    full: Callable[[], Awaitable[bool]]
    count: Callable[[Origin, Answer, float], None]
    now: Callable[[], float] = time.time
    refused: Callable[[Origin], Awaitable[None]] = _untold
    read_s: float = READ_S
    take_s: float = TAKE_S


class Door:
    """The ASGI app of one origin. While `configured` gives None there is no such endpoint."""

    def __init__(
        self,
        origin: Origin,
        methods: tuple[str, ...],
        configured: Callable[[], Webhook | None],
        read: Callable[[object], Notification],
        behind: Behind,
    ) -> None:
        self.origin = origin
        self._methods = methods
        self._configured = configured
        self._read = read
        self._behind = behind
        self._inside = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = time.perf_counter()
        detail, unmatched = "", 0
        try:
            unmatched = await self._let_in(scope, receive)
            answer = Answer.TAKEN
        except Ended as ended:
            answer, detail = ended.answer, ended.detail
        except Refused as why:
            log.warning("webhook refused", origin=self.origin, why=str(why))
            answer = Answer.REFUSED
        except Exception as error:
            # Not the message of it: that may quote the body.
            trace = [f"{at.filename}:{at.lineno}" for at in traceback.extract_tb(error.__traceback__)]
            log.error("webhook failed", origin=self.origin, bug=type(error).__name__, trace=trace)
            answer = Answer.BUG
        self._behind.count(self.origin, answer, time.perf_counter() - began)
        await self._response(answer, detail, unmatched)(scope, receive, send)
        if answer is Answer.REFUSED:
            await self._behind.refused(self.origin)

    async def _let_in(self, scope: Scope, receive: Receive) -> int:
        """Returns once the notification is durable: how many of its alerts mean no service. Raises Ended, Refused."""
        webhook = self._configured()
        if webhook is None:
            raise Ended(Answer.ABSENT)
        if scope["method"] not in self._methods:
            raise Ended(Answer.METHOD)
        headers: Headers = scope["headers"]
        if webhook.authorization:
            webhook.authorization.check(headers)
        if webhook.signing:
            webhook.signing.shape(headers, self._behind.now())
        if self._inside >= MOST_AT_ONCE:
            raise Ended(Answer.BUSY)
        self._inside += 1
        try:
            body = await _read_all(receive, self._behind.read_s)
            if webhook.signing:
                webhook.signing.check(headers, body, self._behind.now())
            said = self._notification(body) if len(body) <= SMALL else await asyncio.to_thread(self._notification, body)
            return await self._take(said)
        finally:
            self._inside -= 1

    def _notification(self, body: bytes) -> Notification:
        try:
            refuse_bombs(body)
            return self._read(orjson.loads(body))
        except orjson.JSONDecodeError:
            raise Ended(Answer.BAD, "body is not JSON") from None
        except BadAlert as error:
            raise Ended(Answer.BAD, error.detail) from None

    async def _take(self, said: Notification) -> int:
        try:
            async with asyncio.timeout(self._behind.take_s):
                if await self._behind.full():
                    raise Ended(Answer.BUSY)
                return await self._behind.take(said)
        except (OutageError, TimeoutError):
            raise Ended(Answer.AWAY) from None

    def _response(self, answer: Answer, detail: str, unmatched: int) -> Response:
        headers = {}
        if STATUS[answer] == 503:
            headers["retry-after"] = str(RETRY_AFTER_S)
        if answer is Answer.METHOD:
            headers["allow"] = ", ".join(self._methods)
        if answer not in (Answer.TAKEN, Answer.BAD):
            return Response(None, STATUS[answer], headers)
        more = {"detail": detail, "unmatched": unmatched}
        said = {"answer": answer, **{name: value for name, value in more.items() if value}}
        return JSONResponse(said, STATUS[answer], headers)


async def _read_all(receive: Receive, within_s: float) -> bytes:
    """The body. Raises Ended."""
    try:
        return await incoming.body(receive, MAX_BODY, within_s)
    except incoming.Unread as unread:
        raise Ended(_UNREAD[unread.why]) from None
