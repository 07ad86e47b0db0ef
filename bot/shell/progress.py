"""One line on a terminal that says what is being waited for, and takes itself away. Nothing where nobody looks."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TextIO

from handlers.records import Service

CLEAR = "\r\x1b[2K"
Pause = Callable[[float], Awaitable[None]]


@asynccontextmanager
async def progress(service: Service, instance: str, stream: TextIO) -> AsyncIterator[Pause]:
    """Gives the `pause` to wait with between two visits; it counts down."""
    if not stream.isatty():
        yield asyncio.sleep
        return

    def say(what: str) -> None:
        stream.write(f"{CLEAR}{service.name} {instance}: {what} ")
        stream.flush()

    async def pause(seconds: float) -> None:
        left = seconds
        while left > 0:
            say(f"second visit in {left:.0f} s")
            await asyncio.sleep(min(1.0, left))
            left -= 1.0
        say("second visit")

    say(f"reading the heap profile, then {service.cpu_s} s of CPU" if service.cpu_s else "reading the heap profile")
    try:
        yield pause
    finally:
        stream.write(CLEAR)
        stream.flush()
