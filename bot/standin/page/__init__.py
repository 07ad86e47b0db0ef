"""The page of the stand-in: one HTML file and what esbuild bundled. Serves files; knows no state.

The bundle is built from `src/` (see README.md here) and committed, so the product needs no Node.
"""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles

HERE = Path(__file__).parent
# Nothing is fetched from elsewhere. Pictures may come from the bot's web server, on loopback too.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; font-src 'self'; "
    "img-src 'self' data: http://127.0.0.1:* http://localhost:*; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


async def index(request: Request) -> Response:
    headers = {
        "content-security-policy": POLICY,
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "cache-control": "no-store",
    }
    return FileResponse(HERE / "index.html", media_type="text/html", headers=headers)


def files() -> StaticFiles:
    return StaticFiles(directory=HERE / "built")
