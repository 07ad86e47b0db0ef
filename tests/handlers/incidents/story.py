"""A story of one group of alerts, told as Alertmanager tells it: notifications into the inbox, jobs worked, captures
ended. Tests read what became of it."""

from dataclasses import dataclass, field, replace

from handlers.alert import Alert, Group, Notification, Origin
from handlers.incident import Event, Incident
from handlers.incident_notes import StateChange
from handlers.incidents import captures, receive, wakes
from handlers.notes import Note
from handlers.records import Capture, Comparison, Instance, Matcher, Outcome, Person, Request, Service
from handlers.step import Reason
from tests.fakes import ORDERS, Fakes

GROUP_LABELS = {"alertname": "MemoryHigh", "service": "orders"}
NAMES = ("orders-0", "orders-1", "orders-2", "orders-3")
SERVICE = replace(
    ORDERS,
    instances=tuple(Instance(name, f"http://10.1.2.{number}:6060") for number, name in enumerate(NAMES)),
    match=(Matcher("service", Comparison.EQUAL, "orders"),),
    mention=("S0ONCALL",),
    memory_limit=None,
)
GROUP = Group(Origin.ALERTMANAGER, "mapstorm", '{}:{service="orders"}', SERVICE.name)
ANA = Person("U0ANA", "T0001", SERVICE.channel)
BEN = Person("U0BEN", "T0001", SERVICE.channel)


def firing(name: str, since: float, pod: str | None = None, limit: int | None = None) -> Alert:
    """An alert that began at `since`; its labels name `pod`, or the pod of its own name if there is one."""
    named = pod if pod is not None else name if name in NAMES else ""
    labels = {"service": "orders", "alertname": "MemoryHigh", **({"pod": named} if named else {})}
    return Alert(name, True, labels, f"Memory of {name}", since, None, "", limit)


def over(name: str, since: float, until: float) -> Alert:
    """The same, ended."""
    return firing(name, since)._replace(firing=False, ends_at=until)


def told(*alerts: Alert, truncated: int = 0) -> Notification:
    return Notification(Origin.ALERTMANAGER, GROUP.receiver, GROUP.group_key, GROUP_LABELS, alerts, truncated)


@dataclass
class Story:
    """`fakes` with svc-orders of four instances, and what is done with them."""

    fakes: Fakes = field(default_factory=Fakes)
    service: Service = SERVICE

    def __post_init__(self) -> None:
        self.register(self.service)
        self.begin = self.fakes.clock.time

    def register(self, service: Service) -> None:
        self.service = service
        self.fakes.registry.services = {service.name: service}

    async def hear(self, *alerts: Alert, truncated: int = 0, after: float = 10.0) -> Incident:
        """`after` seconds later a notification comes and is worked on."""
        self.fakes.clock.time += after
        await receive.take(self.fakes.tools, told(*alerts, truncated=truncated))
        await receive.work(self.fakes.tools, GROUP)
        return await self.incident()

    async def incident(self) -> Incident:
        """The newest of the group."""
        found = await self.fakes.incidents.latest(GROUP)
        assert found is not None
        return found

    async def wake(self, reason: Reason) -> Incident:
        """The newest wake of `reason` comes when it is due."""
        wake = self.fakes.incidents.wakes[(await self.incident()).id, reason]
        self.fakes.clock.time = max(self.fakes.clock.time, wake.at)
        await wakes.woken(self.fakes.tools, wake)
        return await self.incident()

    async def capture(self, *outcomes: Outcome, request: Request | None = None) -> Incident:
        """The captures of the newest request end, one after another, as `outcomes` say."""
        asked = request or list(self.fakes.queue.requests.values())[-1]
        for outcome in outcomes:
            self.fakes.clock.time += 1
            job = Capture(f"{asked.id}.{outcome.instance}", asked, outcome.instance)
            dated = outcome._replace(captured_at=self.fakes.clock.time)
            await self.fakes.progress.ended(job, dated)
            known = await self.fakes.progress.outcomes(asked)
            await captures.ended(self.fakes.tools, self.service, job, known)
        return await self.incident()

    def requests(self) -> list[Request]:
        return list(self.fakes.queue.requests.values())

    def events(self) -> list[Event]:
        """Of the replies that tell a change, in order."""
        return [note.entry.event for note in self.fakes.outbox.said() if isinstance(note, StateChange)]

    def said(self, kind: type[Note]) -> list[Note]:
        return [note for note in self.fakes.outbox.said() if isinstance(note, kind)]


def grown(instance: str, live: float = 1e9, by: float = 0.0) -> Outcome:
    """A capture that found something."""
    return Outcome(instance, "unbounded_growth", "cache.go:42", None, live, by)


def lost(instance: str, why: str = "unreachable") -> Outcome:
    return Outcome(instance, None, "", why)
