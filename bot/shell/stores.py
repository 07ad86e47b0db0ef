"""Where the shell keeps snapshots and what it knows of builds, and whose turn it is.

In Redis where REDIS_URL says so, else in a directory of one's own.

Why a lost snapshot is no failure here: the diagnosis is made, and whoever typed the command waits for it.
"""

import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import NamedTuple

from analyzers.finding import Diagnosis
from analyzers.snapshot import Snapshot
from bot.leaves import RedisLeaves
from bot.leaves_local import LocalLeaves
from bot.local_snapshots import LocalSnapshots
from bot.redis_client import connect
from bot.settings import Settings
from bot.snapshots import RedisSnapshots
from bot.turns import RedisTurns
from handlers.errors import OutageError
from handlers.ports import KnownLeaves, Snapshots
from handlers.records import Capture, Remembered


class Forgiving:
    """The port Snapshots. `problem` is what another one could not do; a capture then has no base and leaves none."""

    def __init__(self, snapshots: Snapshots) -> None:
        self._snapshots = snapshots
        self.problem = ""

    async def before(self, service: str, instance: str, moment: float) -> Snapshot | None:
        try:
            return await self._snapshots.before(service, instance, moment)
        except OutageError as error:
            self.problem = error.detail
            return None

    async def put(self, capture: Capture, snapshot: Snapshot, diagnosis: Diagnosis) -> None:
        try:
            await self._snapshots.put(capture, snapshot, diagnosis)
        except OutageError as error:
            self.problem = error.detail

    async def history(self, service: str, most: int | None = None) -> tuple[Remembered, ...]:
        try:
            return await self._snapshots.history(service, most)
        except OutageError as error:
            self.problem = error.detail
            return ()


class Turns:
    """One capture at a time for each instance, as far as Redis knows of others."""

    def __init__(self, turns: RedisTurns | None) -> None:
        self._turns = turns

    def take(self, capture: Capture) -> AbstractAsyncContextManager[None]:
        return self._turns.take(capture) if self._turns else _nobody_else()


class Stores(NamedTuple):
    """All of them."""

    snapshots: Forgiving
    leaves: KnownLeaves
    turns: Turns


@asynccontextmanager
async def stores(settings: Settings) -> AsyncIterator[Stores]:
    """Open while the block runs."""
    if not settings.redis_url:
        home = settings.home
        yield Stores(Forgiving(LocalSnapshots(home / "snapshots")), LocalLeaves(home / "builds"), Turns(None))
        return
    async with connect(settings.redis_url) as redis:
        yield Stores(Forgiving(RedisSnapshots(redis, time.time)), RedisLeaves(redis), Turns(RedisTurns(redis)))


@asynccontextmanager
async def _nobody_else() -> AsyncIterator[None]:
    yield
