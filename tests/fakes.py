"""One fake for each port of handlers/ports.py. They remember what was asked of them, and can be told to fail."""

from asyncio import Lock, to_thread
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from analyzers.errors import MapstormError
from analyzers.finding import Diagnosis
from analyzers.flame import Flame
from analyzers.leaves import Leaves
from analyzers.snapshot import Snapshot
from handlers.alert import Alert, Group, Part
from handlers.drawing import flame_of
from handlers.errors import Busy, CalendarError, NotPosted, OutageError, UnknownService
from handlers.handoff import Handoff
from handlers.incident import Incident, State
from handlers.notes import Note
from handlers.oncall.shifts import shifts
from handlers.ports import Standing, Tools, Visit
from handlers.posts import Post, Reply, Root
from handlers.records import Capture, Held, Instance, Outcome, Remembered, Request, Service, Thread
from handlers.report import Raw, Report, Sizes
from handlers.rotation import Member, Rota, Rotation, Span
from handlers.step import HandoffStep, Reason, Step, Wake
from handlers.trend import line_of
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
        self.channel: str | None = None

    def get(self, name: str) -> Service:
        if name not in self.services:
            raise UnknownService(name, tuple(known for known in self.services if known[:5] == name[:5]))
        return self.services[name]

    def all(self) -> tuple[Service, ...]:
        return tuple(self.services.values())

    def fallback(self) -> str | None:
        return self.channel


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

    async def history(self, service: str, most: int | None = None) -> tuple[Remembered, ...]:
        kept = [line_of(capture, diagnosis) for capture, _, diagnosis in self.kept.values()]
        return (self.lines or tuple(sorted(kept, reverse=True)))[:most]


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
class FakeReports:
    """Keeps everything of everybody, under a public address until `address` is empty. `fails` is raised instead."""

    kept: dict[str, Report] = field(default_factory=dict)
    bytes: dict[str, Raw] = field(default_factory=dict)
    flames: dict[str, Flame] = field(default_factory=dict)
    draws: list[str] = field(default_factory=list)
    address: str = "https://mapstorm.example.com"
    fails: MapstormError | None = None

    async def put(self, service: Service, report: Report, raw: Raw) -> None:
        self._try()
        self.kept[report.capture.id] = report
        self.bytes[report.capture.id] = raw

    async def get(self, capture_id: str) -> Report | None:
        self._try()
        return self.kept.get(capture_id)

    async def capture(self, capture_id: str) -> Capture | None:
        found = await self.get(capture_id)
        return found.capture if found else None

    async def raw(self, capture_id: str) -> Raw | None:
        self._try()
        raw = self.bytes.get(capture_id)
        return raw if raw and any(raw) else None

    async def sizes(self, capture_id: str) -> Sizes | None:
        raw = await self.raw(capture_id)
        return Sizes(len(raw.text), len(raw.symbols), len(raw.proto)) if raw else None

    async def before(self, service: str, instance: str, moment: float) -> str | None:
        self._try()
        older = [
            report
            for name, report in self.kept.items()
            if (report.capture.request.service, report.capture.instance) == (service, instance)
            and report.diagnosis.captured_at < moment
            and any(self.bytes[name])
        ]
        latest = max(older, key=lambda report: report.diagnosis.captured_at, default=None)
        return latest.capture.id if latest else None

    async def draw(self, capture_id: str, flame: Flame) -> None:
        self._try()
        self.draws.append(capture_id)
        if capture_id in self.kept:
            self.flames[capture_id] = flame

    async def flame(self, capture_id: str) -> Flame | None:
        self._try()
        return self.flames.get(capture_id)

    async def forget(self, capture_id: str) -> bool:
        self._try()
        self.bytes.pop(capture_id, None)
        self.flames.pop(capture_id, None)
        return self.kept.pop(capture_id, None) is not None

    def link(self, capture: Capture) -> str | None:
        return f"{self.address}/reports/{capture.id}" if self.address else None

    def _try(self) -> None:
        if self.fails:
            raise self.fails


class FakeEasel:
    """Draws in a thread."""

    def __init__(self) -> None:
        self.turn = Lock()

    @asynccontextmanager
    async def taken(self) -> AsyncIterator[None]:
        async with self.turn:
            yield

    async def flame(self, raw: Raw, base: Raw | None) -> Flame | None:
        return await to_thread(flame_of, raw, base)


@dataclass
class FakeProgress:
    """The next `blips` times something is to be remembered, it is not."""

    diagnoses: dict[str, Diagnosis] = field(default_factory=dict)
    known: dict[str, dict[str, Outcome]] = field(default_factory=dict)
    blips: int = 0

    async def diagnosis(self, capture: Capture) -> Diagnosis | None:
        return self.diagnoses.get(capture.id)

    async def diagnosed(self, capture: Capture, diagnosis: Diagnosis) -> None:
        self.diagnoses[capture.id] = diagnosis

    async def ended(self, capture: Capture, outcome: Outcome) -> None:
        self._blip()
        self.known.setdefault(capture.request.id, {}).setdefault(capture.instance, outcome)

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
    """An instance in `taken` is busy."""

    def __init__(self) -> None:
        self.taken: set[str] = set()

    @asynccontextmanager
    async def take(self, capture: Capture) -> AsyncIterator[None]:
        if capture.instance in self.taken:
            raise Busy
        self.taken.add(capture.instance)
        try:
            yield
        finally:
            self.taken.remove(capture.instance)


@dataclass
class FakeBudget:
    """Instances in `waits` have to wait so many seconds, because the request in `holders` was captured."""

    waits: dict[str, float] = field(default_factory=dict)
    holders: dict[str, str] = field(default_factory=dict)
    spent: list[tuple[str, str]] = field(default_factory=list)

    async def spend(self, service: Service, instance: str, request: str, moment: float) -> Held | None:
        if not self.waits.get(instance):
            self.spent.append((instance, request))
            return None
        return Held(self.holders.get(instance, "another-1"), self.waits[instance])


@dataclass
class FakeOutbox:
    """Keeps what is to be said: roots as they stand, replies in order. The next `blips` puts fail."""

    roots: dict[str, Root] = field(default_factory=dict)
    replies: dict[str, Reply] = field(default_factory=dict)
    puts: list[Post] = field(default_factory=list)
    blips: int = 0
    threads: dict[Thread, str] = field(default_factory=dict)

    async def put(self, *posts: Post) -> None:
        if self.blips:
            self.blips -= 1
            raise OutageError("redis")
        self.take(*posts)

    def take(self, *posts: Post) -> None:
        for post in posts:
            if isinstance(post, Reply):
                if post.event not in self.replies:
                    self.replies[post.event] = post
                    self.puts.append(post)
            elif post.conversation not in self.roots or self.roots[post.conversation].version < post.version:
                self.roots[post.conversation] = post
                self.puts.append(post)

    async def conversation(self, thread: Thread) -> str | None:
        return self.threads.get(thread)

    async def link(self, conversation: str) -> str | None:
        return f"https://slack.example.com/{conversation}" if conversation in self.roots else None

    def notes(self) -> list[Note]:
        """Every note that was put, in order."""
        return [post.note for post in self.puts]

    def said(self) -> list[Note]:
        """The replies, in order."""
        return [post.note for post in self.replies.values()]


@dataclass
class FakeInbox:
    """Parts by group. The token of a part is its place since the beginning."""

    parts: dict[Group, list[tuple[str, Part]]] = field(default_factory=dict)
    strange: list[Alert] = field(default_factory=list)
    fails: MapstormError | None = None
    _count: int = 0

    async def put(self, parts: tuple[Part, ...]) -> None:
        if self.fails:
            raise self.fails
        for part in parts:
            self._count += 1
            self.parts.setdefault(part.group, []).append((str(self._count), part))

    async def head(self, group: Group) -> tuple[str, Part] | None:
        return next(iter(self.parts.get(group, [])), None)

    async def drop(self, group: Group, token: str) -> None:
        waiting = self.parts.get(group, [])
        if waiting and waiting[0][0] == token:
            waiting.pop(0)

    async def unmatched(self, alerts: tuple[Alert, ...], moment: float) -> None:
        if self.fails:
            raise self.fails
        self.strange += alerts


@dataclass
class FakeIncidents:
    """Steps end in the other fakes, all or nothing. `beaten` commits come too late, one each."""

    outbox: FakeOutbox
    inbox: FakeInbox
    queue: FakeQueue
    kept: dict[str, Incident] = field(default_factory=dict)
    wakes: dict[tuple[str, Reason], Wake] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    beaten: int = 0

    async def get(self, identity: str) -> Incident | None:
        return self.kept.get(identity)

    async def latest(self, group: Group) -> Incident | None:
        found = [incident for incident in self.kept.values() if incident.group == group]
        return max(found, key=lambda incident: incident.opened_at, default=None)

    async def open(self, service: str | None = None) -> tuple[Incident, ...]:
        found = [
            incident
            for incident in self.kept.values()
            if incident.state is not State.RESOLVED and service in (None, incident.service)
        ]
        return tuple(sorted(found, key=lambda incident: -incident.opened_at))

    async def since(self, moment: float) -> tuple[Incident, ...]:
        told = [incident for incident in self.kept.values() if incident.timeline]
        found = [incident for incident in told if incident.timeline[-1].at >= moment]
        return tuple(sorted(found, key=lambda incident: -incident.timeline[-1].at))

    async def commit(self, step: Step) -> bool:
        head = await self.inbox.head(step.after.group)
        if self.beaten or self.kept.get(step.after.id) != step.before:
            self.beaten = max(0, self.beaten - 1)
            return False
        if step.read is not None and (head is None or head[0] != step.read):
            return False
        if step.read is not None:
            await self.inbox.drop(step.after.group, step.read)
        self.kept[step.after.id] = step.after
        self.outbox.take(*step.posts)
        for request in step.requests:
            self.queue.requests.setdefault(request.id, request)
        for wake in step.wakes:
            self.wakes[wake.incident, wake.reason] = wake
        self.steps.append(step)
        return True


@dataclass
class FakePeople:
    """Everybody is a member of the workspace and of no group, unless said otherwise."""

    standings: dict[str, Standing] = field(default_factory=dict)
    groups: dict[str, set[str]] = field(default_factory=dict)
    fails: MapstormError | None = None

    async def standing(self, user: str, team: str) -> Standing:
        if self.fails:
            raise self.fails
        return self.standings.get(user, Standing.MEMBER)

    async def in_groups(self, user: str, groups: tuple[str, ...]) -> bool:
        if self.fails:
            raise self.fails
        return any(user in self.groups.get(group, set()) for group in groups)


@dataclass
class FakeSilences:
    """Silences by id, with their matchers, end and comment; ended ones are gone. The same one is made once."""

    made: dict[str, tuple[tuple[tuple[str, str], ...], float, str]] = field(default_factory=dict)
    fails: MapstormError | None = None

    async def create(
        self, matchers: tuple[tuple[str, str], ...], until: float, comment: str, by: str, now: float
    ) -> str:
        if self.fails:
            raise self.fails
        standing = (name for name, made in self.made.items() if (made[0], made[2]) == (matchers, comment))
        identity = next(standing, f"silence-{len(self.made) + 1}")
        self.made[identity] = (matchers, until, comment)
        return identity

    async def end(self, identity: str) -> None:
        if self.fails:
            raise self.fails
        self.made.pop(identity, None)


@dataclass
class FakeRotas:
    """Spans by rotation, and Slack's ids by e-mail address. A rotation in `troubles` has only a copy of `read_at`, or
    nothing at all where it has no spans."""

    rotations: tuple[Rotation, ...] = ()
    spans: dict[str, tuple[Span, ...]] = field(default_factory=dict)
    users: dict[str, str] = field(default_factory=dict)
    troubles: dict[str, CalendarError] = field(default_factory=dict)
    read_at: float = 0.0
    read_anew: int = 0
    fails: MapstormError | None = None

    def all(self) -> tuple[Rotation, ...]:
        return self.rotations

    async def read(self, rotation: Rotation, since: float, until: float, *, anew: bool = False) -> Rota:
        trouble = self.troubles.get(rotation.name)
        if trouble and rotation.name not in self.spans:
            raise trouble
        found = shifts(self.spans.get(rotation.name, ()), since, until)
        self.read_anew += anew
        return Rota(found, self.read_at, *((trouble.reason, trouble.detail) if trouble else ()))

    async def known(self, rotation: Rotation, members: tuple[Member, ...]) -> tuple[Member, ...]:
        if self.fails and not all(one.slack for one in members):
            raise self.fails
        return tuple(one._replace(slack=one.slack or self.users.get(one.email, "")) for one in members)


@dataclass
class FakeHandoffs:
    """Steps end in the outbox, all or nothing. `beaten` commits come too late, one each."""

    outbox: FakeOutbox
    kept: dict[str, Handoff] = field(default_factory=dict)
    steps: list[HandoffStep] = field(default_factory=list)
    exported: list[str] = field(default_factory=list)
    beaten: int = 0

    async def get(self, identity: str) -> Handoff | None:
        return self.kept.get(identity)

    async def recent(self, rotation: str) -> tuple[Handoff, ...]:
        found = [handoff for handoff in self.kept.values() if handoff.rotation == rotation]
        return tuple(sorted(found, key=lambda handoff: -handoff.at)[:50])

    async def commit(self, step: HandoffStep) -> bool:
        if self.beaten or self.kept.get(step.after.id) != step.before:
            self.beaten = max(0, self.beaten - 1)
            return False
        self.kept[step.after.id] = step.after
        self.outbox.take(*step.posts)
        self.steps.append(step)
        return True

    async def export(self, handoff: Handoff, rotation: Rotation) -> None:
        if handoff.id not in self.outbox.roots:
            raise NotPosted
        self.exported.append(handoff.id)


class Fakes:
    """All of them, with one service of two instances that replays nothing until it is told what."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.registry = FakeRegistry(ORDERS)
        self.heaps = FakeHeaps(self.clock)
        self.queue = FakeQueue()
        self.snapshots = FakeSnapshots()
        self.leaves = FakeLeaves()
        self.reports = FakeReports()
        self.progress = FakeProgress()
        self.turns = FakeTurns()
        self.budget = FakeBudget()
        self.outbox = FakeOutbox()
        self.inbox = FakeInbox()
        self.incidents = FakeIncidents(self.outbox, self.inbox, self.queue)
        self.people = FakePeople()
        self.silences = FakeSilences()
        self.rotas = FakeRotas()
        self.handoffs = FakeHandoffs(self.outbox)
        self.tools = Tools(
            registry=self.registry,
            heaps=self.heaps,
            queue=self.queue,
            snapshots=self.snapshots,
            leaves=self.leaves,
            reports=self.reports,
            easel=FakeEasel(),
            progress=self.progress,
            turns=self.turns,
            budget=self.budget,
            outbox=self.outbox,
            inbox=self.inbox,
            incidents=self.incidents,
            people=self.people,
            silences=self.silences,
            rotas=self.rotas,
            handoffs=self.handoffs,
            now=self.clock.now,
            pause=self.clock.pause,
        )

    def serves(self, recording: Recording, *instances: str) -> None:
        """`instances` (default: all of svc-orders) answer as recorded."""
        for name in instances or (item.name for item in ORDERS.instances):
            self.heaps.pprof[name] = FakePprof.of(recording)
