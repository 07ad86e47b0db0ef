"""Tells the log that something is away, and that it is back: once each, however often it is asked in between."""

import time
from collections.abc import Callable

import structlog

log = structlog.get_logger()


class Away:
    """Of one thing that is read again and again, as the log calls it."""

    def __init__(self, name: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._name = name
        self._clock = clock
        self._since: float | None = None

    def lost(self, why: str) -> None:
        """It could not be read."""
        if self._since is None:
            self._since = self._clock()
            log.warning(f"{self._name} not read", why=why)

    def back(self) -> None:
        """It was read."""
        if self._since is not None:
            log.warning(f"{self._name} read again", after_s=round(self._clock() - self._since, 1))
            self._since = None
