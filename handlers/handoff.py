"""A change of who is on call and what is handed over with it: plain frozen records. What changes them: `handoffs/`."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from handlers.incident import Incident
from handlers.rotation import Member


class HandoffState(StrEnum):
    """How far a handoff has come."""

    DRAFTED = "drafted"
    TAKEN = "taken"
    WITHDRAWN = "withdrawn"  # the shift was swapped away


class Added(NamedTuple):
    """What a person wrote into a handoff. `incident` is an incident's id, empty for the free field."""

    at: float
    by: str
    incident: str
    text: str


@dataclass(frozen=True, slots=True)
class Handoff:
    """One change of a rotation at `at`: from those on call since `since` to those on call until `until`.

    `id` is computed from rotation and moment, so there is one for each change, whoever drafts it; it is also the name
    of its conversation. `told` counts who was reminded: 0 nobody, 1 the incoming, 2 the channel. `asked_by` is set
    where a command asked for it, outside any change. Times are seconds since 1970.
    """

    id: str
    rotation: str
    channel: str
    at: float
    since: float
    until: float
    outgoing: tuple[Member, ...]
    incoming: tuple[Member, ...]
    drafted_at: float
    state: HandoffState = HandoffState.DRAFTED
    added: tuple[Added, ...] = ()
    taken_by: str = ""
    taken_at: float | None = None
    told: int = 0
    asked_by: str = ""
    version: int = 1


class Ongoing(NamedTuple):
    """An incident that is handed over, its thread's link where Slack gave one, and what was added about it."""

    incident: Incident
    link: str | None
    added: tuple[Added, ...] = ()


class Fixed(NamedTuple):
    """An incident resolved in the shift. `held`: it has not fired again since; `after` is the live heap of the capture
    after it in bytes, None where there is none."""

    incident: Incident
    link: str | None
    held: bool
    after: float | None


class Worse(NamedTuple):
    """An instance whose live heap grew over the shift without an alert: bytes an hour, and its worst line."""

    service: str
    instance: str
    per_hour: float
    live_heap: float
    culprit: str
    verdict: str


class Quiet(NamedTuple):
    """A silence or a snooze that ends in the next shift, at `until`."""

    incident: Incident
    link: str | None
    until: float
    is_silence: bool


class Missed(NamedTuple):
    """Captures of one instance that failed in the shift: how many, and why the last one did (the error's word)."""

    service: str
    instance: str
    count: int
    reason: str


class Sections(NamedTuple):
    """What a handoff carries, by concern; empty ones are left out."""

    ongoing: tuple[Ongoing, ...] = ()
    fixed: tuple[Fixed, ...] = ()
    worse: tuple[Worse, ...] = ()
    quiet: tuple[Quiet, ...] = ()
    missed: tuple[Missed, ...] = ()
    waiting: tuple[Ongoing, ...] = ()  # firing, and nobody has acknowledged it
