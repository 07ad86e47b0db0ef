"""Makes go wrong what it was told to: the faults of calls to Slack, the detours of requests to the bot.

Knows counts, chances and waits; what each kind of trouble means is in `fault.py`, when it is asked in `faults.py`.
"""

import math
from dataclasses import asdict, dataclass
from random import Random

from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from bot.standin.check import kinds
from bot.standin.clock import Clock
from bot.standin.fault import Detour, Fault, Kind
from bot.standin.records import Json


@dataclass
class Armed:
    """A fault or a detour, how often it may still happen (None: without end) and how often it has."""

    what: Fault | Detour
    left: int | None
    met: int = 0


class Trouble:
    """The faults of one stand-in; none until some are added. The same seed gives the same luck."""

    def __init__(self, clock: Clock, seed: int = 0) -> None:
        self._clock = clock
        self._random = Random(seed)  # noqa: S311 - luck, not secrets
        self.armed: list[Armed] = []

    def add(self, *wanted: Fault | Detour) -> None:
        self.armed += [Armed(what, what.times) for what in wanted]

    def clear(self, seed: int = 0) -> None:
        self.armed.clear()
        self._random.seed(seed)

    def told(self) -> list[Json]:
        """What is armed and how often each has happened, those that are used up too."""
        return [{**asdict(one.what), "left": one.left, "met": one.met} for one in self.armed]

    async def before(self, method: str, given: Json) -> Response | None:
        return await self._meet(method, given, after=False)

    async def after(self, method: str, given: Json, answer: Json) -> Response | None:
        return await self._meet(method, given, after=True)

    def copies(self, kind: str) -> int:
        """Always one: `route` says how often, because each copy may be late by itself."""
        return 1

    def route(self, kind: str) -> list[float]:
        """When each copy of a delivery is sent, in seconds from now."""
        for one in self.armed:
            if isinstance(one.what, Detour) and one.what.kind in ("", kind) and self._happens(one):
                detour = one.what
                return [detour.late + self._random.random() * detour.spread for _ in range(max(1, detour.copies))]
        return [0.0]

    async def _meet(self, method: str, given: Json, after: bool) -> Response | None:
        for one in list(self.armed):
            fault = one.what
            if not isinstance(fault, Fault) or fault.after is not after:
                continue
            if not _fits(fault, method, given) or not self._happens(one):
                continue
            if fault.kind is not Kind.SLOW:
                return _answer(fault, given)
            await self._clock.sleep(fault.seconds)
        return None

    def _happens(self, one: Armed) -> bool:
        if one.left == 0 or self._random.random() >= one.what.chance:
            return False
        one.met += 1
        one.left = None if one.left is None else one.left - 1
        return True


class Cut(Response):
    """No answer at all: the connection is closed. Only the stand-in's own server can do it."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"]["hang_up"]()
        while (await receive())["type"] != "http.disconnect":
            pass


def _fits(fault: Fault, method: str, given: Json) -> bool:
    if fault.method not in ("", method) or fault.channel not in ("", str(given.get("channel", ""))):
        return False
    return fault.kind is not Kind.UNKNOWN_BLOCKS or bool(_unknown(fault, given))


def _answer(fault: Fault, given: Json) -> Response:
    match fault.kind:
        case Kind.RATE_LIMITED:
            wait = str(math.ceil(fault.seconds))
            return JSONResponse({"ok": False, "error": "ratelimited"}, 429, {"retry-after": wait})
        case Kind.OUTAGE:
            return PlainTextResponse("upstream connect error or disconnect/reset before headers", fault.status)
        case Kind.CUT:
            return Cut()
        case Kind.UNKNOWN_BLOCKS:
            said = [
                f"unsupported type: {kind} [json-pointer:/blocks/{index}/type]"
                for index, kind in _unknown(fault, given)
            ]
            metadata = {"messages": [f"[ERROR] {one}" for one in said]}
            return JSONResponse({"ok": False, "error": "invalid_blocks", "errors": said, "response_metadata": metadata})
        case _:
            return JSONResponse({"ok": False, "error": fault.code})


def _unknown(fault: Fault, given: Json) -> list[tuple[int, str]]:
    return [(index, kind) for index, kind in enumerate(kinds(given.get("blocks"))) if kind in fault.blocks]
