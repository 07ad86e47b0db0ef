"""What an alert webhook said, whoever sent it: plain frozen records. How each sender spells it is in `sources/`."""

from enum import StrEnum
from typing import NamedTuple


class Origin(StrEnum):
    """Who sent it."""

    ALERTMANAGER = "alertmanager"
    GRAFANA = "grafana"
    GENERIC = "generic"


class Alert(NamedTuple):
    """One alert of a notification. Times are seconds since 1970, `ends_at` None while it fires. Before
    `sources/times.py` has dated a notification, 0.0 is a time that its sender did not say.

    `title` and `link` are for people and not trusted. `memory_limit` is in bytes, where the alert names one.
    """

    fingerprint: str
    firing: bool
    labels: dict[str, str]
    title: str
    starts_at: float
    ends_at: float | None = None
    link: str = ""
    memory_limit: int | None = None


class Group(NamedTuple):
    """What makes two notifications the same story: never a payload's hash, startsAt or externalURL, in which two
    Alertmanager peers differ."""

    origin: Origin
    receiver: str
    group_key: str
    service: str


class Notification(NamedTuple):
    """One delivery: some alerts of one group. `truncated` were left out by the sender (max_alerts)."""

    origin: Origin
    receiver: str
    group_key: str
    group_labels: dict[str, str]
    alerts: tuple[Alert, ...]
    truncated: int = 0


class Part(NamedTuple):
    """The alerts of a notification that mean one service, and when they came (seconds since 1970)."""

    service: str
    received_at: float
    notification: Notification

    @property
    def group(self) -> Group:
        """Where it belongs."""
        said = self.notification
        return Group(said.origin, said.receiver, said.group_key, self.service)
