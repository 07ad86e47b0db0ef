"""A counter of changes that others can wait on: the page's live updates and tests without sleeps.

Belongs to one event loop. Knows that something changed, never what.
"""

import asyncio


class Changes:
    def __init__(self) -> None:
        self.version = 0
        self.closed = False
        self._waiting: set[asyncio.Future[None]] = set()

    def mark(self) -> None:
        self.version += 1
        self._wake()

    def close(self) -> None:
        """Let every waiter go, so that a server which is stopping is not held up by long polls."""
        self.closed = True
        self._wake()

    async def beyond(self, version: int, seconds: float) -> int:
        """The version, as soon as it is above `version`, or after `seconds`."""
        if self.version > version or self.closed or seconds <= 0:
            return self.version
        change: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(change)
        try:
            await asyncio.wait([change], timeout=seconds)
        finally:
            self._waiting.discard(change)
        return self.version

    def _wake(self) -> None:
        for change in self._waiting:
            if not change.done():
                change.set_result(None)
        self._waiting.clear()
