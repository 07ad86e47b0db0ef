"""The watch over rotations: every worker looks now and then what is due of their handoffs. Knows no rule of them.

Why every worker, and no leader: a step is kept once, whoever comes first (store.py), so there is no one whose death
anything would wait for.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import structlog

from analyzers.errors import MapstormError
from handlers.handoffs.tend import tend
from handlers.ports import Tools

LOOK_S = 15.0

log = structlog.get_logger()


@asynccontextmanager
async def tending(tools: Tools, look_s: float = LOOK_S) -> AsyncIterator[None]:
    """Looks at every rotation while the block runs; a look that has begun is cut short at its end, for a step is kept
    whole or not at all."""
    stop = asyncio.Event()
    running = asyncio.create_task(_watch(tools, look_s, stop))
    try:
        yield
    finally:
        # Told as well as cancelled: asyncio.wait_for of Python 3.11, inside redis-py, swallows a cancellation that
        # comes with its result (python/cpython#86296), and whoever waited for the watch then waited for ever.
        stop.set()
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def _watch(tools: Tools, look_s: float, stop: asyncio.Event) -> None:
    while not stop.is_set():
        for rotation in tools.rotas.all():
            if stop.is_set():
                return
            try:
                await tend(tools, rotation)
            except MapstormError as error:
                log.warning("rotation not looked at", rotation=rotation.name, why=error.reason, detail=error.detail)
            except Exception:  # a bug in one rotation's handoff must not end the watch over the others
                log.exception("rotation not looked at", rotation=rotation.name)
        with suppress(TimeoutError):
            async with asyncio.timeout(look_s):
                await stop.wait()
