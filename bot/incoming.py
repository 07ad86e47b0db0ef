"""What a request of a stranger may cost before anybody has looked at it: one header of a name, a body up to a cap.

Knows ASGI; neither secrets nor what is answered.
"""

import asyncio
from collections.abc import Iterable

from starlette.types import Receive


class Unread(Exception):
    """A body that was not read to its end: `why` is `gone`, `too large` or `too slow`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


GONE, TOO_LARGE, TOO_SLOW = "gone", "too large", "too slow"


def header(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> bytes | None:
    """The header of that name; None where there is none or more than one."""
    values = [value for each, value in headers if each == name]
    return values[0] if len(values) == 1 else None


async def body(receive: Receive, most: int, within_s: float) -> bytes:
    """All of it: at most `most` bytes, within `within_s` seconds. Raises Unread."""
    try:
        async with asyncio.timeout(within_s):
            return await _all(receive, most)
    except TimeoutError:
        raise Unread(TOO_SLOW) from None


async def _all(receive: Receive, most: int) -> bytes:
    chunks, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Unread(GONE)
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        if size > most:
            raise Unread(TOO_LARGE)
        chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks)
