"""Keeps other web sites out: only loopback names in Host, no foreign Origin, JSON for anything that acts.

Why: the stand-in listens on loopback without a password. A page elsewhere could reach it by a rebound DNS
name or a cross-site form; the first has a foreign Host, the second cannot send JSON without asking first.
"""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class Guard:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        status = _verdict(scope) if scope["type"] in ("http", "websocket") else 0
        if status and scope["type"] == "websocket":
            await WebSocket(scope, receive, send).close(1008)
        elif status:
            await PlainTextResponse("refused", status)(scope, receive, send)
        else:
            await self.app(scope, receive, send)


def _verdict(scope: Scope) -> int:
    headers = Headers(scope=scope)
    host = headers.get("host", "")
    origin = headers.get("origin")
    try:
        strange = urlsplit(f"//{host}").hostname not in LOOPBACK
        foreign = origin is not None and urlsplit(origin).netloc != host
    except ValueError:
        return 403
    if strange or foreign:
        return 403
    acts = scope["type"] == "http" and scope["method"] not in ("GET", "HEAD")
    if acts and scope["path"].startswith("/standin/"):
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        return 0 if kind == "application/json" else 415
    return 0
