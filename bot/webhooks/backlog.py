"""Whether so much waits for the workers that no more alerts should be let in. Knows how to ask, not what waits."""

import time
from collections.abc import Awaitable, Callable, Mapping

# An alert has 300 bytes in Redis: 3 MB, if each notification has a single one, 300 MB, if each has a hundred.
# A sender that is refused keeps its alerts and comes again.
MOST_WAITING = 10_000
ASK_EVERY_S = 1.0


class Backlog:
    """`depth` is how many messages wait, by queue; it is asked at most once a second, whatever the number of alerts."""

    def __init__(
        self,
        depth: Callable[[], Awaitable[Mapping[str, int]]],
        most: int = MOST_WAITING,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._depth = depth
        self._most = most
        self._clock = clock
        self._next = clock()
        self._full = False

    async def full(self) -> bool:
        """Raises OutageError, to the one who asks."""
        now = self._clock()
        if now >= self._next:
            self._next = now + ASK_EVERY_S  # before it waits: the others go by what was known
            self._full = sum((await self._depth()).values()) > self._most
        return self._full
