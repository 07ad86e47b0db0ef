"""One fake for each port of handlers/ports.py. They remember what was asked of them, and can be told to fail."""

import asyncio
import math
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from analyzers.errors import MapstormError
from analyzers.finding import Diagnosis
from analyzers.leaves import Leaves
from analyzers.snapshot import Snapshot
from handlers.errors import Busy, OutageError, UnknownService
from handlers.notes import Note
from handlers.ports import StillOurs, Tools, Visit
from handlers.records import Capture, Instance, Outcome, Remembered, Request, Service, Thread
from tests.analyzers.recordings import EPOCH, Recording

ORDERS = Service(
    name="svc-orders",
    instances=(Instance("orders-0", "http://10.1.2.3:6060/debug/pprof"), Instance("orders-1", "http://10.1.2.4:6060")),
    channel="C0123ABCD",
    owner="@ana",
)


@dataclass
class FakeClock:
    """Time passes when somebody waits."""

    time: float = EPOCH + 3600
    pauses: list[float] = field(default_factory=list)

    def now(self) -> float:
        return self.time

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.time += seconds


class FakeRegistry:
    def __init__(self, *services: Service) -> None:
        self.services = {service.name: service for service in services}

    def get(self, name: str) -> Service:
        if name not in self.services:
            raise UnknownService(name, tuple(known for known in self.services if known[:5] == name[:5]))
        return self.services[name]

    def all(self) -> tuple[Service, ...]:
        return tuple(self.services.values())


@dataclass
class FakePprof:
    """What one instance answers: bytes, or an error raised instead. Each visit takes the next entry, then the last."""

    texts: list[bytes | MapstormError] = field(default_factory=list)
    protos: list[bytes | MapstormError] = field(default_factory=list)
    symbols: bytes | MapstormError = b""
    cpus: list[bytes | MapstormError] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    queries: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, recording: Recording) -> "FakePprof":
        """The instance as it was recorded."""
        visits = range(recording.visits)
        return cls(
            [recording.raw_text(visit) for visit in visits],
            [recording.raw_proto(visit) for visit in visits],
            (recording.folder / "symbols.txt").read_bytes(),
        )

    async def text(self, sink: Callable[[bytes], None]) -> None:
        data = self._next("text", self.texts)
        for start in range(0, len(data), 4096):
            sink(data[start : start + 4096])

    async def symbols_for(self, query: str) -> bytes:
        self.asked.append("symbols")
        self.queries.append(query)
        if isinstance(self.symbols, MapstormError):
            raise self.symbols
        asked = {int(word, 16) for word in query.split("+")}
        known = (line for line in self.symbols.splitlines() if line.startswith(b"0x"))
        return b"num_symbols: 1\n" + b"".join(line + b"\n" for line in known if int(line.split()[0], 16) in asked)

    async def proto(self) -> bytes:
        return self._next("proto", self.protos)

    async def cpu(self) -> bytes:
        return self._next("cpu", self.cpus)

    def _next(self, what: str, answers: list[bytes | MapstormError]) -> bytes:
        turn = self.asked.count(what)
        self.asked.append(what)
        answer = answers[min(turn, len(answers) - 1)]
        if isinstance(answer, MapstormError):
            raise answer
        return answer


@dataclass
class FakeVisit:
    pprof: FakePprof
    clock: FakeClock

    async def text(self, sink: Callable[[bytes], None]) -> None:
        await self.pprof.text(sink)

    async def symbols(self, query: str) -> bytes:
        return await self.pprof.symbols_for(query)

    async def proto(self, *, collect: bool = False) -> bytes:
        return await self.pprof.proto()

    async def cpu(self, seconds: int) -> bytes:
        self.clock.time += seconds
        return await self.pprof.cpu()


class FakeHeaps:
    """Every instance answers from `pprof`, by name; opening a visit fails with `refuses`."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.pprof: dict[str, FakePprof] = {}
        self.refuses: MapstormError | None = None
        self.visited: list[tuple[str, str]] = []

    @asynccontextmanager
    async def visit(self, service: Service, instance: Instance) -> AsyncIterator[Visit]:
        self.visited.append((service.name, instance.name))
        if self.refuses:
            raise self.refuses
        yield FakeVisit(self.pprof[instance.name], self.clock)


@dataclass
class FakeQueue:
    requests: dict[str, Request] = field(default_factory=dict)
    captures: dict[str, Capture] = field(default_factory=dict)
    fails: MapstormError | None = None

    async def request(self, request: Request) -> None:
        if self.fails:
            raise self.fails
        self.requests.setdefault(request.id, request)

    async def capture(self, capture: Capture) -> None:
        self.captures.setdefault(capture.id, capture)


@dataclass
class FakeSnapshots:
    kept: dict[str, tuple[Capture, Snapshot, Diagnosis]] = field(default_factory=dict)
    lines: tuple[Remembered, ...] = ()

    async def before(self, service: str, instance: str, moment: float) -> Snapshot | None:
        older = [
            snapshot
            for capture, snapshot, _ in self.kept.values()
            if (capture.request.service, capture.instance) == (service, instance) and snapshot.captured_at < moment
        ]
        return max(older, key=lambda snapshot: snapshot.captured_at, default=None)

    async def put(self, capture: Capture, snapshot: Snapshot, diagnosis: Diagnosis) -> None:
        self.kept[capture.id] = (capture, snapshot, diagnosis)

    async def history(self, service: str) -> tuple[Remembered, ...]:
        return self.lines


@dataclass
class FakeLeaves:
    """By build. `fails` is raised instead of remembering."""

    kept: dict[str, Leaves] = field(default_factory=dict)
    fails: MapstormError | None = None

    async def of(self, build_id: str) -> Leaves | None:
        if self.fails:
            raise self.fails
        return self.kept.get(build_id)

    async def learned(self, leaves: Leaves) -> None:
        if self.fails:
            raise self.fails
        self.kept[leaves.build_id] = leaves


@dataclass
class FakeProgress:
    """The next `blips` times something is to be remembered, it is not."""

    threads: dict[str, Thread] = field(default_factory=dict)
    diagnoses: dict[str, Diagnosis] = field(default_factory=dict)
    known: dict[str, dict[str, Outcome]] = field(default_factory=dict)
    blips: int = 0

    async def thread(self, request_id: str) -> Thread | None:
        return self.threads.get(request_id)

    async def opened(self, request_id: str, thread: Thread) -> None:
        self._blip()
        self.threads[request_id] = thread

    async def diagnosis(self, capture: Capture) -> Diagnosis | None:
        return self.diagnoses.get(capture.id)

    async def diagnosed(self, capture: Capture, diagnosis: Diagnosis) -> None:
        self.diagnoses[capture.id] = diagnosis

    async def ended(self, capture: Capture, outcome: Outcome) -> None:
        self._blip()
        self.known.setdefault(capture.request.id, {})[capture.instance] = outcome

    async def outcomes(self, request: Request) -> tuple[Outcome, ...]:
        known = self.known.get(request.id, {})
        return tuple(known[name] for name in request.instances if name in known)

    async def has_ended(self, capture: Capture) -> bool:
        return capture.instance in self.known.get(capture.request.id, {})

    def _blip(self) -> None:
        if self.blips:
            self.blips -= 1
            raise OutageError("redis")


class FakeTurns:
    """An instance in `taken` is busy. A job in `lost` has another copy that took over while it stood still."""

    def __init__(self) -> None:
        self.taken: set[str] = set()
        self.lost: set[str] = set()
        self.edited: set[str] = set()
        self._jobs: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    @asynccontextmanager
    async def take(self, capture: Capture) -> AsyncIterator[None]:
        if capture.instance in self.taken:
            raise Busy
        self.taken.add(capture.instance)
        try:
            yield
        finally:
            self.taken.remove(capture.instance)

    @asynccontextmanager
    async def alone(self, identity: str) -> AsyncIterator[StillOurs]:
        async def still_ours() -> bool:
            return identity not in self.lost

        async with self._jobs[identity]:
            yield still_ours

    @asynccontextmanager
    async def editor(self, request_id: str) -> AsyncIterator[bool]:
        if request_id in self.edited:
            yield False
            return
        self.edited.add(request_id)
        try:
            yield True
        finally:
            self.edited.remove(request_id)


@dataclass(frozen=True)
class Said:
    """One line of the transcript: `open`, `edit` or `reply`, where, and what."""

    how: str
    where: str
    note: Note


@dataclass
class FakeChat:
    """Keeps a transcript. `fails` is raised instead of speaking, for the ways named in `fails_to`, `failures` times."""

    transcript: list[Said] = field(default_factory=list)
    fails: MapstormError | None = None
    fails_to: tuple[str, ...] = ("open", "edit", "reply")
    failures: float = math.inf

    async def open(self, channel: str, note: Note) -> Thread:
        self._say("open", channel, note)
        return Thread(channel, f"{len(self.transcript)}.000100")

    async def edit(self, thread: Thread, note: Note) -> None:
        await asyncio.sleep(0)  # the others come to their end meanwhile
        self._say("edit", thread.ts, note)

    async def reply(self, thread: Thread, note: Note) -> None:
        self._say("reply", thread.ts, note)

    def notes(self, *ways: str) -> list[Note]:
        """What was said, of `ways` only."""
        return [said.note for said in self.transcript if said.how in ways]

    def _say(self, how: str, where: str, note: Note) -> None:
        if self.fails and how in self.fails_to and self.failures > 0:
            self.failures -= 1
            raise self.fails
        self.transcript.append(Said(how, where, note))


class Fakes:
    """All of them, with one service of two instances that replays nothing until it is told what."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.registry = FakeRegistry(ORDERS)
        self.heaps = FakeHeaps(self.clock)
        self.queue = FakeQueue()
        self.snapshots = FakeSnapshots()
        self.leaves = FakeLeaves()
        self.progress = FakeProgress()
        self.turns = FakeTurns()
        self.chat = FakeChat()
        self.tools = Tools(
            registry=self.registry,
            heaps=self.heaps,
            queue=self.queue,
            snapshots=self.snapshots,
            leaves=self.leaves,
            progress=self.progress,
            turns=self.turns,
            chat=self.chat,
            now=self.clock.now,
            pause=self.clock.pause,
        )

    def serves(self, recording: Recording, *instances: str) -> None:
        """`instances` (default: all of svc-orders) answer as recorded."""
        for name in instances or (item.name for item in ORDERS.instances):
            self.heaps.pprof[name] = FakePprof.of(recording)
