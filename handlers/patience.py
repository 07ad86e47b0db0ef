"""One step tried again where it stands: beginning its job anew would visit a heap again, or say a thing twice.

Everything else is the queue's to repeat. Knows steps, not what they do.
"""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from handlers.errors import OutageError

# Seconds between tries: as long as a restart of Redis may take, and for what may be left undone.
MINUTES = (2.0, 8.0, 20.0, 30.0, 60.0)
SECONDS = (1.0, 2.0, 4.0)

T = TypeVar("T")


async def patiently(
    pause: Callable[[float], Awaitable[None]], step: Callable[[], Awaitable[T]], waits: tuple[float, ...] = MINUTES
) -> T:
    """`step`, again while what it needs is away. Raises its last OutageError, and at once whatever will not pass."""
    for seconds in waits:
        try:
            return await step()
        except OutageError as error:
            if not error.retryable:
                raise
        await pause(seconds)
    return await step()
