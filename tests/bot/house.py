"""A house for tests: real Redis, real queue, real progress; people and services are fakes that tests can hold."""

import asyncio
import gzip
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from redis.asyncio import Redis

from bot.chat import slack_client
from bot.leaves import RedisLeaves
from bot.progress import RedisProgress
from bot.queue import RedisQueue
from bot.snapshots import RedisSnapshots
from bot.turns import RedisTurns
from bot.wiring import House
from handlers.errors import UnknownService
from handlers.notes import CaptureFailed, CaptureFinished, Note, Summary
from handlers.ports import Tools
from handlers.records import Instance, Service, Thread

RECORDING = Path(__file__).parents[1] / "profiles" / "go1.27.3" / "growth_storm"
NOBODY = "http://127.0.0.1:9/api/"


class FakeRegistry:
    """svc-orders with as many instances as wanted."""

    def __init__(self, *instances: str) -> None:
        names = instances or ("orders-0",)
        found = tuple(Instance(name, "http://127.0.0.1:9/debug/pprof") for name in names)
        self._service = Service("svc-orders", found, "#incidents", window_s=0)

    def get(self, name: str) -> Service:
        if name != self._service.name:
            raise UnknownService(name, (self._service.name,))
        return self._service

    def all(self) -> tuple[Service, ...]:
        return (self._service,)

    def fallback(self) -> str | None:
        return None


@dataclass
class FakeChat:
    """Keeps a transcript. `trouble` are raised first, one a call."""

    said: list[tuple[str, Note]] = field(default_factory=list)
    trouble: list[Exception] = field(default_factory=list)

    async def open(self, channel: str, note: Note) -> Thread:
        self._say("open", note)
        return Thread("C0INCIDENTS", f"{len(self.said)}.000100")

    async def edit(self, thread: Thread, note: Note) -> None:
        self._say("edit", note)

    async def reply(self, thread: Thread, note: Note) -> None:
        self._say("reply", note)

    def replies(self) -> list[Note]:
        return [note for act, note in self.said if act == "reply"]

    def summaries(self) -> list[Summary]:
        return [note for note in self.replies() if isinstance(note, Summary)]

    def failures(self) -> list[CaptureFailed]:
        return [note for note in self.replies() if isinstance(note, CaptureFailed)]

    def finished(self, captures: int) -> bool:
        """Whether the root tells the end of so many captures."""
        return any(isinstance(note, CaptureFinished) and len(note.outcomes) == captures for _, note in self.said)

    def _say(self, act: str, note: Note) -> None:
        if self.trouble:
            raise self.trouble.pop(0)
        self.said.append((act, note))


class Recorded:
    """A visit to a recording."""

    async def text(self, sink: Callable[[bytes], None]) -> None:
        sink(gzip.decompress((RECORDING / "heap.txt.gz").read_bytes()))

    async def symbols(self, query: str) -> bytes:
        return (RECORDING / "symbols.txt").read_bytes()

    async def proto(self) -> bytes:
        return (RECORDING / "heap.pb.gz").read_bytes()


@dataclass
class FakeHeaps:
    """Serves a recording; `trouble` are raised first, one a visit. While `gate` is unset, visits wait."""

    trouble: list[Exception] = field(default_factory=list)
    gate: asyncio.Event | None = None
    visits: int = 0
    at_once: int = 0
    most_at_once: int = 0

    @asynccontextmanager
    async def visit(self, service: Service, instance: Instance) -> AsyncIterator[Recorded]:
        self.visits += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            if self.trouble:
                raise self.trouble.pop(0)
            if self.gate:
                await self.gate.wait()
            yield Recorded()
        finally:
            self.at_once -= 1


def house(
    redis: Redis,
    redis_url: str,
    chat: FakeChat,
    heaps: FakeHeaps,
    registry: FakeRegistry | None = None,
    *,
    api_url: str = NOBODY,
) -> House:
    """Everything of this package but Slack and HTTP is real."""
    queue = RedisQueue(redis)
    tools = Tools(
        registry=registry or FakeRegistry(),
        heaps=heaps,
        queue=queue,
        snapshots=RedisSnapshots(redis, time.time),
        leaves=RedisLeaves(redis),
        progress=RedisProgress(redis),
        turns=RedisTurns(redis),
        chat=chat,
        now=time.time,
        pause=asyncio.sleep,
    )
    return House(tools, queue, redis, redis_url, slack_client(api_url, "xoxb-standin"))


def with_tools(house: House, **changes: object) -> House:
    """The same house with other tools."""
    return replace(house, tools=replace(house.tools, **changes))  # type: ignore[arg-type]
