"""The port Easel: flame graphs drawn in a process of their own, one at a time.

Why apart: a graph of 50,000 records takes seconds, in which the captures of this process would get half of the
interpreter; and the few hundred megabytes it takes are the system's again when it is done.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from analyzers.flame import Flame
from bot.apart import run_apart
from bot.codec import Unreadable
from bot.reports import flame_codec
from bot.reports.raw_codec import encode_raws
from handlers.report import Raw

# Three readings of 50,000 records take 8 s of a quiet core.
DEADLINE_S = 60.0

log = structlog.get_logger()


class ApartEasel:
    """One for each process."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def taken(self) -> AsyncIterator[None]:
        """Waits for whoever has it."""
        async with self._turn:
            yield

    async def flame(self, raw: Raw, base: Raw | None) -> Flame | None:
        """Without one the page does, and the log says why: it is not drawn again for that."""
        content = encode_raws(raw, base or Raw())
        try:
            code, data = await run_apart("bot.reports.child", content=content, deadline_s=DEADLINE_S)
            if code:
                log.error("flame graph not drawn", why=f"exit {code}")
            return await asyncio.to_thread(flame_codec.decode, data) if data and not code else None
        except (OSError, Unreadable) as error:  # in time, or at all; and TimeoutError is an OSError
            log.error("flame graph not drawn", why=type(error).__name__)
            return None
