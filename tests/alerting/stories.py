"""Made-up days of many groups of alerts: a seed to what two Alertmanagers deliver, and what must be true at the end.

Knows how Alertmanager tells a group (tests/alerting/test_alertmanager_facts.py asks the real one); nothing of mapstorm.

One Alertmanager tells everything in order. The other tells some of it again, at once or some deliveries later: so a
firing comes after its resolve, and a resolve after the alert has fired anew. Of a group with more alerts than
max_alerts the last are left out, and the body's status is that of the others; they are told when the group changes
again. An alert resolves only where it is told: one that ends while it is left out is never heard of again, and no
reader could know.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from random import Random

from tests.alerting.payload import NEVER, AlertBody, Payload

NAME = "HeapGrows"
MAX_ALERTS = 2
COPIES_AT_ONCE, COPIES_LATE = 0.3, 0.3
STEP_S = (2.0, 20.0)  # between two changes of a group
APART_S = 0.009  # how far the clocks of two peers are apart when both stamp an alert


@dataclass(frozen=True)
class Delivery:
    """One POST. `peer` is 0 or 1; both tell the same `group`, its groupKey."""

    group: str
    peer: int
    payload: Payload


@dataclass(frozen=True)
class Ending:
    """What is true of a group in the end: whether anything fires, and how often that began."""

    open: bool
    episodes: int


@dataclass(frozen=True)
class Story:
    """Deliveries in the order of coming; those of one group must be delivered in that order, one answered at a time."""

    deliveries: tuple[Delivery, ...]
    endings: dict[str, Ending]

    @property
    def alerts(self) -> int:
        """How many alerts are told, each time they are."""
        return sum(len(each.payload["alerts"]) for each in self.deliveries)


def story(
    seed: int,
    groups: int,
    *,
    start: float,
    changes: int = 12,
    services: Sequence[str] = ("orders",),
    instances: Sequence[str] = ("orders-0", "orders-1", "orders-2", "orders-3"),
) -> Story:
    """A day of so many groups. `start` is seconds since 1970; a day lasts at most 20 s for each change."""
    random = Random(seed)  # noqa: S311 - a story, no secret
    told = [_Group(random, number, services[number % len(services)], instances, start) for number in range(groups)]
    for group in told:
        for _ in range(changes):
            group.change()
        if random.random() < 0.5:
            group.quieten()
    endings = {group.key: group.ending for group in told}
    # Shuffled, but each group's own stay in order: the nth time a group's turn comes, its nth delivery is told.
    queues = [iter(group.told()) for group in told]
    turns = [number for number, group in enumerate(told) for _ in group.told()]
    random.shuffle(turns)
    return Story(tuple(next(queues[number]) for number in turns), endings)


@dataclass
class _Alert:
    """`apart_s`: how much later the other peer says it began."""

    instance: str
    starts_at: float
    apart_s: float
    ends_at: float | None = None


@dataclass
class _Group:
    """One group inside Alertmanager: the alerts that it holds, and what was told of them."""

    random: Random
    number: int
    service: str
    instances: Sequence[str]
    now: float
    alerts: dict[str, _Alert] = field(default_factory=dict)
    episodes: int = 0
    flushes: int = 0
    queue: list[tuple[float, int, Delivery]] = field(default_factory=list)
    order: "count[int]" = field(default_factory=count)

    @property
    def labels(self) -> dict[str, str]:
        return {"alertname": NAME, "service": self.service, "shard": str(self.number)}

    @property
    def key(self) -> str:
        inside = ", ".join(f'{name}="{value}"' for name, value in sorted(self.labels.items()))
        return "{}:{" + inside + "}"

    @property
    def ending(self) -> Ending:
        return Ending(bool(self.alerts), self.episodes)

    def told(self) -> list[Delivery]:
        return [delivery for _, _, delivery in sorted(self.queue, key=lambda each: each[:2])]

    def change(self) -> None:
        """One alert more or less, or as many less as are told; the more fire, the sooner they end."""
        silent = [name for name in self.instances if name not in self.alerts]
        if silent and self.random.random() > len(self.alerts) / len(self.instances):
            self.fire(self.random.choice(silent))
        else:
            self.resolve(self.random.randint(1, MAX_ALERTS))

    def quieten(self) -> None:
        while self.alerts:
            self.resolve(MAX_ALERTS)

    def fire(self, instance: str) -> None:
        self.now += self.random.uniform(*STEP_S)
        self.episodes += not self.alerts
        self.alerts[instance] = _Alert(instance, self.now, self.random.uniform(-APART_S, APART_S))
        self.flush()

    def resolve(self, how_many: int) -> None:
        self.now += self.random.uniform(*STEP_S)
        for alert in self.kept()[:how_many]:
            alert.ends_at = self.now
        self.flush()
        self.alerts = {name: alert for name, alert in self.alerts.items() if alert.ends_at is None}

    def kept(self) -> list[_Alert]:
        return [self.alerts[name] for name in sorted(self.alerts)][:MAX_ALERTS]

    def flush(self) -> None:
        """What the first peer tells now, and perhaps the second: now as well, or after one to three more of these."""
        self.flushes += 1
        self.tell(0, self.flushes)
        chance = self.random.random()
        if chance < COPIES_AT_ONCE:
            self.tell(1, self.flushes)
        elif chance < COPIES_AT_ONCE + COPIES_LATE:
            self.tell(1, self.flushes + self.random.randint(1, 3) + 0.5)

    def tell(self, peer: int, when: float) -> None:
        self.queue.append((when, next(self.order), Delivery(self.key, peer, self.body(peer))))

    def body(self, peer: int) -> Payload:
        alerts = [self.alert_body(alert, peer) for alert in self.kept()]
        return Payload(
            version="4",
            groupKey=self.key,
            truncatedAlerts=len(self.alerts) - len(alerts),
            status="firing" if any(alert["status"] == "firing" for alert in alerts) else "resolved",
            receiver="mapstorm",
            groupLabels=self.labels,
            commonLabels=self.labels | ({"instance": alerts[0]["labels"]["instance"]} if len(alerts) == 1 else {}),
            commonAnnotations={},
            externalURL=f"http://alertmanager-{peer}:9093",
            alerts=alerts,
        )

    def alert_body(self, alert: _Alert, peer: int) -> AlertBody:
        labels = self.labels | {"instance": alert.instance}
        return AlertBody(
            status="firing" if alert.ends_at is None else "resolved",
            labels=labels,
            annotations={"summary": f"<!channel> the heap of {alert.instance} grows"},
            startsAt=_rfc3339(alert.starts_at + peer * alert.apart_s),
            endsAt=NEVER if alert.ends_at is None else _rfc3339(alert.ends_at),
            generatorURL=f"http://prometheus-{peer}:9090/graph",
            fingerprint=hashlib.sha256(repr(sorted(labels.items())).encode()).hexdigest()[:16],
        )


def _rfc3339(moment: float) -> str:
    """As Go writes it: nine digits of a second."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f") + "000Z"
