"""What a pprof server's HTTP answer says before its bytes mean anything: refusals, encodings, caps, idleness.

Knows one answer at a time; not which request it belongs to, nor addresses.
"""

import asyncio
import zlib
from collections.abc import Callable
from contextlib import suppress

import httpx

from handlers.errors import CaptureError, NoPprof, NotPprof, Refused, ServerFault, TooLarge, Unreachable

Sink = Callable[[bytes], None]

# A proxy that gave up waiting, and a server that is asked too much: both may answer at the next try.
BUSY = (408, 429)

DRAIN_S = 1.0
DRAIN_BYTES = 64 * 1024
INFLATE_BYTES = 1024 * 1024
# One read of chunks of a single byte keeps the loop busy for more than a second: deadlines and other captures wait.
BREATH_CHUNKS = 256


def refusal(response: httpx.Response) -> CaptureError | None:
    """What an answer's head alone says against it."""
    status = response.status_code
    if status in (401, 403):
        return Refused(str(status))
    if status in (404, 405):
        return NoPprof(str(status))
    if status in BUSY or status >= 500:
        return ServerFault(str(status))
    if status != 200:
        return NotPprof(str(status))
    if "html" in response.headers.get("content-type", ""):
        return NotPprof("html")
    if _encoding(response) not in ("", "identity", "gzip", "x-gzip"):
        return NotPprof("encoding")
    return None


def _encoding(response: httpx.Response) -> str:
    named: str = response.headers.get("content-encoding", "")
    return named.strip().lower()


async def drain(response: httpx.Response) -> None:
    """Reads a short refusal to its end: only then the connection, and with it the process, stays ours."""
    seen = 0
    with suppress(TimeoutError, httpx.RequestError):
        async with asyncio.timeout(DRAIN_S):
            async for chunk in response.aiter_raw():
                seen += len(chunk)
                if seen > DRAIN_BYTES:
                    return


async def pour(response: httpx.Response, sink: Sink, cap: int, idle_s: float) -> None:
    """Counts what comes over the wire, and what it inflates to where a server compresses unasked."""
    inflater = _Inflater(sink, cap) if "gzip" in _encoding(response) else None
    feed = inflater.feed if inflater else sink
    now = asyncio.get_running_loop().time
    moved = now()
    seen = chunks = 0
    async with asyncio.timeout(idle_s) as idle:
        async for chunk in response.aiter_raw():
            seen += len(chunk)
            chunks += 1
            if seen > cap:
                raise TooLarge(str(cap))
            feed(chunk)
            if now() - moved > idle_s / 4:  # not for each 4 KiB: it would cost a third of the reading
                moved = now()
                idle.reschedule(moved + idle_s)
            if chunks % BREATH_CHUNKS == 0:
                await asyncio.sleep(0)
    if inflater:
        inflater.finish()


class _Inflater:
    """gzip in steps: httpx's own decoder makes 67 MB of one chunk of 194 KB."""

    def __init__(self, sink: Sink, cap: int) -> None:
        self._sink = sink
        self._cap = cap
        self._left = cap
        self._gzip = zlib.decompressobj(zlib.MAX_WBITS + 16)

    def feed(self, chunk: bytes) -> None:
        if self._gzip.eof:
            raise NotPprof("encoding")  # net/http's compressing handlers send one member and stop
        while True:
            try:
                data = self._gzip.decompress(chunk, INFLATE_BYTES)
            except zlib.error as error:
                raise NotPprof("encoding") from error
            self._left -= len(data)
            if self._left < 0:
                raise TooLarge(str(self._cap))
            if data:
                self._sink(data)
            chunk = self._gzip.unconsumed_tail
            if not chunk and len(data) < INFLATE_BYTES:
                return

    def finish(self) -> None:
        if not self._gzip.eof:
            raise Unreachable("broken_off")
