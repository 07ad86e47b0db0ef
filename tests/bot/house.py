"""A house for tests: real Redis, real queue, real progress; people and services are fakes that tests can hold."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from redis.asyncio import Redis

from bot.chat import slack_client
from bot.wiring import House, furnished
from handlers.errors import UnknownService
from handlers.notes import CaptureFailed, CaptureFinished, CapturePicture, Note, Summary
from handlers.ports import Registry
from handlers.records import Instance, Service
from tests.fakes import FakeOutbox, FakePeople

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


class Spoken(FakeOutbox):
    """What is said, as the tests of whole captures ask for it."""

    def kinds(self) -> list[type[Note]]:
        return [type(note) for note in self.notes()]

    def summaries(self) -> list[Summary]:
        return [note for note in self.said() if isinstance(note, Summary)]

    def failures(self) -> list[CaptureFailed]:
        return [note for note in self.said() if isinstance(note, CaptureFailed)]

    def pictures(self) -> list[CapturePicture]:
        return [note for note in self.said() if isinstance(note, CapturePicture)]

    def finished(self, captures: int) -> bool:
        """Whether a root tells the end of so many captures, and each diagnosis has its picture."""
        roots = [root.note for root in self.roots.values()]
        return len(self.pictures()) == len(self.summaries()) and any(
            isinstance(note, CaptureFinished) and len(note.outcomes) == captures for note in roots
        )


class Recorded:
    """A visit to a recording."""

    async def text(self, sink: Callable[[bytes], None]) -> None:
        sink(gzip.decompress((RECORDING / "heap.txt.gz").read_bytes()))

    async def symbols(self, query: str) -> bytes:
        return (RECORDING / "symbols.txt").read_bytes()

    async def proto(self, *, collect: bool = False) -> bytes:
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
    spoken: Spoken,
    heaps: FakeHeaps,
    registry: Registry | None = None,
    *,
    api_url: str = NOBODY,
) -> House:
    """Everything of this package but Slack and HTTP is real; what is said goes to `spoken`, everybody is a member."""
    slack = slack_client(api_url, "xoxb-standin")
    here = furnished(registry or FakeRegistry(), redis, redis_url, slack, heaps=heaps, silences=None)
    return with_tools(here, outbox=spoken, people=FakePeople())


def with_tools(house: House, **changes: object) -> House:
    """The same house with other tools."""
    return replace(house, tools=replace(house.tools, **changes))  # type: ignore[arg-type]
