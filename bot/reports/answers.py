"""What every answer below `/reports/` has in common: its headers, and the pages that say nothing of any capture.

Knows HTTP and no token. The page is its reader's alone: it is not kept, not found by search engines, names itself to
nobody it links to, and nothing else may be drawn into it or around it.
"""

from collections.abc import Mapping

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.reports import assets
from bot.words import Medium, markup

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = (
    (b"content-security-policy", _POLICY.encode()),
    (b"x-robots-tag", b"noindex, nofollow"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
PRIVATE = {"cache-control": "private, no-store"}
FOR_EVER = {"cache-control": "public, max-age=31536000, immutable"}
HTML = "text/html; charset=utf-8"
RETRY_AFTER_S = 5
_STATUS = {"gone": 404, "method": 405, "bug": 500, "away": 503}
_MORE: Mapping[str, Mapping[str, str]] = {
    "method": {"allow": "GET, HEAD"},
    "away": {"retry-after": str(RETRY_AFTER_S)},
}


class Guarded:
    """Gives every answer of `app` its headers, and takes the body from answers to HEAD."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *HEADERS]
            elif scope["method"] == "HEAD":
                message = {**message, "body": b""}
            await send(message)

        await self._app(scope, receive, guarded)


def plain(what: str, path: str) -> Response:
    """The page for `gone`, `method`, `bug` or `away`. `path` below `/reports/` says no more than where the style is."""
    style = ("../" * path.count("/") or "./") + f"assets/{assets.style().name}"
    body = markup("report/plain.html.j2", Medium.PAGE, what=what, style=style)
    return Response(body, _STATUS[what], {**PRIVATE, **_MORE.get(what, {})}, HTML)


def asset(name: str) -> Response | None:
    """A file that pages share, None where there is none of that name."""
    found = assets.by_name().get(name)
    return Response(found.body, headers=FOR_EVER, media_type=found.media_type) if found else None
