"""The watch over rotations ends when it is told to, whatever becomes of a cancellation."""

import asyncio
from datetime import datetime

from bot.handoffs.watch import tending
from handlers.rotation import Rota, Rotation, Written
from tests.fakes import Fakes

ROTATION = Rotation("payments", "C0PAY", (), "UTC", Written((), datetime(2026, 1, 5), 24))


async def test_a_cancellation_that_is_swallowed_does_not_keep_it() -> None:
    """As asyncio.wait_for of Python 3.11 does with one that comes together with its result."""
    fakes, reading = Fakes(), asyncio.Event()
    fakes.rotas.rotations = (ROTATION,)

    async def read(rotation: Rotation, since: float, until: float) -> Rota:
        reading.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return Rota((), 0.0)
        raise AssertionError

    fakes.rotas.read = read  # type: ignore[method-assign, assignment]
    async with asyncio.timeout(10), tending(fakes.tools, look_s=0.01):
        await reading.wait()
