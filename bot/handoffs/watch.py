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
    running = asyncio.create_task(_watch(tools, look_s))
    try:
        yield
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def _watch(tools: Tools, look_s: float) -> None:
    while True:
        for rotation in tools.rotas.all():
            try:
                await tend(tools, rotation)
            except MapstormError as error:
                log.warning("rotation not looked at", rotation=rotation.name, why=error.reason, detail=error.detail)
            except Exception:  # a bug in one rotation's handoff must not end the watch over the others
                log.exception("rotation not looked at", rotation=rotation.name)
        await asyncio.sleep(look_s)
