"""Everything below `/reports/`: the page of a link, its flame graph and downloads, and the files all pages share.

Knows which answer is whose; not what a page says (`page.py`) nor what a file holds (`downloads.py`).

Why every token costs the same look-up, also what is no token at all: who guesses learns nothing from the answer, nor
from the work that went into it. Why pages wait for one another: each holds its capture in memory while it is made, and
the same process answers Slack.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import NamedTuple

import structlog
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from analyzers.errors import ProfileError
from bot.reports.answers import HTML, PRIVATE, Guarded, asset, plain
from bot.reports.downloads import Ended, download
from bot.reports.page import Served, html
from handlers.errors import OutageError
from handlers.paging import Download, page
from handlers.ports import Tools

# In one process: pages and flame graphs being made, and downloads from their first byte to their last, each of which
# holds as much as the registry lets one capture have (64 MiB). Others wait; whoever reads a download slowly is cut off,
# as a whole or at a piece of 64 kB.
MOST_PAGES, MOST_DOWNLOADS = 4, 2
DOWNLOAD_S, PIECE_S = 600.0, 20.0
GZIP_LEVEL = 6
ROOT, ASSETS = "/reports/", "assets/"
FLAME = "flame.json"
FILES = frozenset(Download)
NOT_A_CAPTURE = ""  # what is looked up for whatever is no token

log = structlog.get_logger()


Capture = Callable[[str], str | None]
FlameJson = Callable[[str], Awaitable[bytes | None]]


def routes(tools: Tools, capture_of: Capture, flame_json: FlameJson, *, piece_s: float = PIECE_S) -> list[BaseRoute]:
    """`capture_of` reads a token: the id of its capture, None for whatever mapstorm has not made or has expired.
    `flame_json` is a capture's flame graph as the page's script reads it, None where there is none. Whoever takes
    longer than `piece_s` to read a piece of a download gets no more of it."""
    door = GZipMiddleware(Door(tools, capture_of, flame_json, piece_s), compresslevel=GZIP_LEVEL)
    return [Below(Guarded(door))]


class Below(BaseRoute):
    """Whatever begins with `/reports`: no pattern of Starlette's matches a line break, and its own 404 would go out
    without our headers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Any method, any path below."""
        ours = scope["type"] == "http" and (_path(scope) + "/").startswith(ROOT)
        return (Match.FULL if ours else Match.NONE), {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hands on all of it."""
        await self._app(scope, receive, send)


class Asked(NamedTuple):
    """What is asked of which capture; `what` is None for the page itself."""

    token: str
    capture_id: str
    what: str | None


class Door:
    """One request: its method, then an asset, or a token and what is asked of its capture."""

    def __init__(self, tools: Tools, capture_of: Capture, flame_json: FlameJson, piece_s: float) -> None:
        self._tools = tools
        self._capture_of = capture_of
        self._flame_json = flame_json
        self._piece_s = piece_s
        self._pages = asyncio.Semaphore(MOST_PAGES)
        self._downloads = asyncio.Semaphore(MOST_DOWNLOADS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = _path(scope).removeprefix(ROOT.rstrip("/")).removeprefix("/")
        if scope["method"] not in ("GET", "HEAD"):
            response = plain("method", path)
        elif path.startswith(ASSETS):
            response = asset(path.removeprefix(ASSETS)) or plain("gone", path)
        else:
            token, slash, rest = path.partition("/")
            asked = Asked(token, self._capture_of(token) or NOT_A_CAPTURE, rest if slash else None)
            if rest in FILES:
                await self._send(asked, path, scope, receive, send)
                return
            async with self._pages:
                response = await self._answer(asked, path)
        await response(scope, receive, send)

    async def _send(self, asked: Asked, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        async def in_time(message: Message) -> None:
            async with asyncio.timeout(self._piece_s):
                await send(message)

        async with self._downloads:
            with suppress(TimeoutError, Ended):  # the connection ends, and whoever reads sees that something is missing
                async with asyncio.timeout(DOWNLOAD_S):
                    response = await self._answer(asked, path)
                    if scope["method"] == "HEAD" and isinstance(response, StreamingResponse):
                        response.body_iterator = _nothing()  # nobody inflates 250 MB to throw them away
                    await response(scope, receive, in_time)

    async def _answer(self, asked: Asked, path: str) -> Response:
        try:
            return await self._made(asked) or plain("gone", path)
        except OutageError:
            return plain("away", path)
        except ProfileError:
            return plain("gone", path)  # what is kept can be diagnosed, and not made into this file
        except Exception:
            log.exception("report not shown", capture=asked.capture_id, asked=asked.what)
            return plain("bug", path)

    async def _made(self, asked: Asked) -> Response | None:
        """None where there is no such capture, or nothing of that name. One look-up comes before all else."""
        reports = self._tools.reports
        if asked.what is None:
            found = await page(self._tools, asked.capture_id)
            if found is None:
                return None
            drawn = await reports.flame(asked.capture_id)
            body = await asyncio.to_thread(html, found, drawn, Served(asked.token))
            return Response(body, headers=PRIVATE, media_type=HTML)
        report = await reports.get(asked.capture_id)
        if report is None:
            return None
        if asked.what in FILES:
            return await download(reports, report, Download(asked.what))
        data = await self._flame_json(asked.capture_id) if asked.what == FLAME else None
        return Response(data, headers=PRIVATE, media_type="application/json") if data else None


def _path(scope: Scope) -> str:
    """Without what a server above was told to put before every address."""
    return str(scope["path"]).removeprefix(scope.get("root_path", ""))


async def _nothing() -> AsyncIterator[bytes]:
    yield b""
