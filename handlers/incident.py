"""An incident and what has happened to it: plain frozen records. What changes them: `incidents/`."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from handlers.alert import Group
from handlers.records import Outcome


class State(StrEnum):
    """Where an incident stands."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"


class Event(StrEnum):
    """What can happen to an incident."""

    OPENED = "opened"
    JOINED = "joined"  # another alert of the group
    CLEARED = "cleared"  # one of several alerts resolved
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    WOKE = "woke"  # the snooze is over and it still fires
    RESOLVED = "resolved"
    REOPENED = "reopened"
    SILENCED = "silenced"
    UNSILENCED = "unsilenced"
    CAPTURED = "captured"  # a person asked for a capture
    COMPARED = "compared"  # a person asked for a comparison
    NOTED = "noted"  # a person wrote down what only they knew, in a handoff
    HANDED_OVER = "handed_over"  # whoever came on call has it now; the handoff's id is the detail


class Act(StrEnum):
    """What a person can do with an incident: by a button, a modal, a command or a mention."""

    ACKNOWLEDGE = "acknowledge"
    CAPTURE = "capture"
    COMPARE = "compare"
    SNOOZE = "snooze"
    RESOLVE = "resolve"
    SILENCE = "silence"
    UNSILENCE = "unsilence"


class Filled(NamedTuple):
    """What somebody adds to an act: `seconds` for a snooze or a silence, `comment` for a silence, `instance` for a
    capture or a comparison, and what to compare it `against`: one of the words below, or a capture's moment (seconds
    since 1970). Nothing of it is trusted."""

    seconds: float | None = None
    comment: str = ""
    instance: str = ""
    against: str = ""


PREVIOUS, HOUR_AGO, WEEK_AGO = "previous", "hour_ago", "week_ago"


class Entry(NamedTuple):
    """One line of the timeline. `who` is a Slack user's id, empty where the alerts themselves did it."""

    at: float
    event: Event
    who: str = ""
    detail: str = ""


class Known(NamedTuple):
    """What is known of one alert of the group. `instance` is one of the registry's, None where none was meant;
    `ends_at` is None while it fires."""

    fingerprint: str
    title: str
    instance: str | None
    starts_at: float
    ends_at: float | None
    link: str


class Silence(NamedTuple):
    """A silence in Alertmanager that was made from the thread."""

    id: str
    until: float
    by: str


@dataclass(frozen=True, slots=True)
class Incident:
    """One thread's story. `id` is opaque and short enough to type; `version` counts its changes.

    `outcomes` has the newest capture of each instance. `requests` counts the captures asked for, `refires` how often
    it was reopened; `previous` is the id of the incident before it of the same group. Times are seconds since 1970.

    `on_call` are Slack's ids of who was on call when it opened, where the registry wants them mentioned.
    `stands_since` is the version that brought the state: a click on an older message meant another one.
    `follow_up_at` and `limit_at` are when it will be captured again by itself. `ended` remembers when alerts ended
    (by fingerprint) that are not part of this story: late copies of them are no news. An incident without a timeline
    is nothing but that memory, and nobody has heard of it.
    """

    id: str
    group: Group
    channel: str
    group_labels: dict[str, str]
    state: State
    opened_at: float
    alerts: tuple[Known, ...]
    timeline: tuple[Entry, ...]
    truncated: int = 0
    resolved_at: float | None = None
    owner: str = ""
    snoozed_until: float | None = None
    outcomes: tuple[Outcome, ...] = ()
    memory_limit: int | None = None
    requests: int = 0
    refires: int = 0
    previous: str | None = None
    silence: Silence | None = None
    follow_up_at: float | None = None
    limit_at: float | None = None
    ended: dict[str, float] = field(default_factory=dict)
    on_call: tuple[str, ...] = ()
    stands_since: int = 1
    version: int = 1

    @property
    def service(self) -> str:
        """The name of the service it is about."""
        return self.group.service

    @property
    def firing(self) -> tuple[Known, ...]:
        """The alerts that still fire."""
        return tuple(alert for alert in self.alerts if alert.ends_at is None)
