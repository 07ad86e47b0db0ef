"""A rotation of fakes and the watch over it: time passes in steps, and at each every worker looks. Knows no test."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from handlers.alert import Group, Origin
from handlers.handoff import Handoff
from handlers.handoff_notes import HandoffEscalation, HandoffReminder, HandoffRoot, HandoffSince
from handlers.handoffs.tend import tend
from handlers.incident import Entry, Event, Incident, Known, State
from handlers.posts import Root
from handlers.records import Person
from handlers.rotation import Member, Rotation, Span, UserGroup
from tests.fakes import ORDERS, Fakes

ANA, BO, CY = (
    Member("Ana", "ana@example.com", "U0ANA"),
    Member("Bo", "bo@example.com", "U0BO"),
    Member("Cy", "cy@example.com"),
)
HOUR, DAY, WEEK = 3600.0, 86_400.0, 604_800.0
ROTATION = Rotation("payments", "C0PAYMENTS", (ORDERS.name,), "Europe/Berlin", UserGroup("S0NONE"))
# Whatever the source, the fake reads its spans.
LEAD, REMINDER = ROTATION.lead_s, ROTATION.reminder_s


def berlin(*when: int) -> float:
    """Seconds since 1970 of a wall clock in Berlin."""
    return datetime(*when, tzinfo=ZoneInfo("Europe/Berlin")).timestamp()  # type: ignore[arg-type,misc]


def person(member: Member) -> Person:
    return Person(member.slack, "T0001", ROTATION.channel)


@dataclass
class Watch:
    """Starts at `begin`; `spans` are who is on call."""

    begin: float
    spans: list[Span]
    rotation: Rotation = ROTATION
    fakes: Fakes = field(default_factory=Fakes)

    def __post_init__(self) -> None:
        self.fakes.clock.time = self.begin
        self.fakes.rotas.rotations = (self.rotation,)
        self.plan(*self.spans)

    @property
    def now(self) -> float:
        return self.fakes.clock.time

    def plan(self, *spans: Span) -> None:
        """The rota from now on."""
        self.fakes.rotas.spans[self.rotation.name] = tuple(spans)

    async def look(self, workers: int = 1) -> None:
        """Each worker looks once."""
        for _ in range(workers):
            await tend(self.fakes.tools, self.rotation)

    async def until(self, moment: float, every: float = 600.0, each: Callable[[float], None] | None = None) -> None:
        """Time passes, with a look now and then; `each` happens before it."""
        while self.now < moment:
            self.fakes.clock.time = min(self.now + every, moment)
            if each:
                each(self.now)
            await self.look()

    def handoffs(self) -> list[Handoff]:
        """By the moment of their change."""
        return sorted(self.fakes.handoffs.kept.values(), key=lambda handoff: handoff.at)

    @property
    def only(self) -> Handoff:
        (handoff,) = self.handoffs()
        return handoff

    def roots(self) -> Counter[str]:
        """How often each root was put that had not been there: as an edit it would not be."""
        drafts = (step.after.id for step in self.fakes.handoffs.steps if step.before is None)
        return Counter(drafts)

    def told(self, kind: type) -> list[str]:
        """Of which handoffs the thread was told a kind of note, in order."""
        return [post.conversation for post in self.fakes.outbox.replies.values() if isinstance(post.note, kind)]

    def root(self) -> HandoffRoot:
        """How the only root stands."""
        (root,) = (root for root in self.fakes.outbox.roots.values() if isinstance(root.note, HandoffRoot))
        assert isinstance(root, Root)
        assert isinstance(root.note, HandoffRoot)
        return root.note

    def at_most_one_of_each(self) -> None:
        """Also in the steps themselves, whose repetitions the outbox would not say."""
        assert max(self.roots().values(), default=0) <= 1
        posts = [post for step in self.fakes.handoffs.steps for post in step.posts]
        for kind in (HandoffReminder, HandoffEscalation, HandoffSince):
            kept = Counter(post.conversation for post in posts if isinstance(post.note, kind))
            assert max(kept.values(), default=0) <= 1


def incident(identity: str, opened_at: float, *, instance: str = "orders-0", **changes: object) -> Incident:
    """An open one of svc-orders that fires."""
    made = Incident(
        id=identity,
        group=Group(Origin.ALERTMANAGER, "mapstorm", identity, ORDERS.name),
        channel=ORDERS.channel,
        group_labels={"alertname": "MemoryHigh"},
        state=State.OPEN,
        opened_at=opened_at,
        alerts=(Known("f1", "Memory", instance, opened_at, None, ""),),
        timeline=(Entry(opened_at, Event.OPENED),),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def resolved(made: Incident, at: float) -> Incident:
    """The same, over."""
    entry = Entry(at, Event.RESOLVED)
    alerts = tuple(alert._replace(ends_at=at) for alert in made.alerts)
    return replace(
        made, state=State.RESOLVED, resolved_at=at, alerts=alerts, timeline=(*made.timeline, entry), version=2
    )


def turns(begin: float, seconds: float, *members: Member) -> list[Span]:
    """The members take turns, one after the other."""
    return [
        Span(begin + number * seconds, begin + (number + 1) * seconds, (member,))
        for number, member in enumerate(members)
    ]
