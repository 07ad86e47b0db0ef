"""The page's script and style: files of this package, under names that change with what is in them.

Why by content: whoever has a name has these very bytes, so they may be kept for ever, and two releases of mapstorm
behind one address never mix.
"""

import base64
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

BUILT = Path(__file__).parent / "browser" / "built"
DIGITS = 16


class Asset(NamedTuple):
    """One file. `name` is the last part of its address."""

    name: str
    media_type: str
    body: bytes


@cache
def style() -> Asset:
    """The style of every page."""
    return _asset("page.css", "text/css; charset=utf-8")


@cache
def script() -> Asset:
    """The script that draws the flame graph."""
    return _asset("page.js", "text/javascript; charset=utf-8")


@cache
def by_name() -> dict[str, Asset]:
    """All of them, by the name in their address."""
    return {asset.name: asset for asset in (style(), script())}


def policy_source(body: bytes) -> str:
    """What a Content-Security-Policy calls these very bytes."""
    return f"'sha256-{base64.b64encode(sha256(body).digest()).decode()}'"


def _asset(name: str, media_type: str) -> Asset:
    body = (BUILT / name).read_bytes()
    stem, _, ending = name.partition(".")
    return Asset(f"{stem}.{sha256(body).hexdigest()[:DIGITS]}.{ending}", media_type, body)
