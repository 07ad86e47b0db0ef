"""Who takes turns in being on call: plain frozen records. Who that is at a moment: `oncall/`.

Times are seconds since 1970; a written start is local and gets its time zone from the rotation.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple


class Member(NamedTuple):
    """One person as the registry or a calendar names them. `slack` is Slack's id of the user, empty while it is not
    known; `email` may be empty, `name` never is. Nothing from a calendar is trusted."""

    name: str
    email: str = ""
    slack: str = ""


class Shift(NamedTuple):
    """From `starts_at` until just before `ends_at` exactly these are on call; nobody where there are no members."""

    starts_at: float
    ends_at: float
    members: tuple[Member, ...]


class Span(NamedTuple):
    """One event of a calendar, or one turn of a written rotation. Where spans of several levels cover a moment, only
    those of the highest one count."""

    starts_at: float
    ends_at: float
    members: tuple[Member, ...]
    level: int = 0


@dataclass(frozen=True, slots=True)
class Calendar:
    """An iCal calendar: an https address, which is a secret, or the path of a file. Exactly one of both is set, none
    in a process that reads no calendar."""

    address: str = field(default="", repr=False)
    file: str = ""


class Written(NamedTuple):
    """A rotation written in the registry: the members take turns, the first from `start` (local, without a zone), and
    hand over whenever local clocks have gone on by so many hours."""

    members: tuple[Member, ...]
    start: datetime
    period_hours: int


class UserGroup(NamedTuple):
    """Everybody in a user group of Slack, always."""

    id: str


Source = Calendar | Written | UserGroup


@dataclass(frozen=True, slots=True)
class Rotation:
    """One rotation of the registry. `people` says which of Slack's users somebody is, by the e-mail address or by the
    very name that the calendar has. Seconds."""

    name: str
    channel: str
    services: tuple[str, ...]
    time_zone: str
    source: Source
    lead_s: float = 3600.0
    reminder_s: float = 1800.0
    people: dict[str, str] = field(default_factory=dict)


class Rota(NamedTuple):
    """Who is on call in a span of time, without holes: whenever it is nobody there is a shift of nobody.

    `trouble` is the error's word for why the calendar cannot be read now, with its `detail`; "" where it can. With
    trouble these are the shifts of the copy that was read at `read_at`.
    """

    shifts: tuple[Shift, ...]
    read_at: float
    trouble: str = ""
    detail: str = ""
