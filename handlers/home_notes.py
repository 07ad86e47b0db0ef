"""What the App Home shows one person, and what its buttons do: facts, never sentences."""

from enum import StrEnum
from typing import NamedTuple

from handlers.handoff import Handoff
from handlers.incident import Act, Incident
from handlers.notes import Slip
from handlers.oncall_notes import OnCallLine
from handlers.records import Remembered, Service


class HomeAct(StrEnum):
    """What a person can do in the home besides acting on incidents and handoffs."""

    CAPTURE = "capture"
    HISTORY = "history"
    REFRESH = "refresh"


class HomeIncident(NamedTuple):
    """An open incident, its thread's link where Slack gave one, and what this person may do with it."""

    incident: Incident
    link: str | None
    acts: tuple[Act, ...]


class HomeService(NamedTuple):
    """One service. `id` stands for it in its buttons.

    `last` is the newest capture of its worst instance, None before the first; `live_heaps` (bytes, oldest first) are
    those of that instance's latest captures. Of its open incidents `more` are left out.
    """

    id: str
    service: Service
    last: Remembered | None
    live_heaps: tuple[float, ...]
    incidents: tuple[HomeIncident, ...]
    more: int
    may_capture: bool


class HomeRotation(NamedTuple):
    """Who is on call and who comes next; `open` is a handoff that nobody has taken yet, `may_take` whether it is this
    person who comes."""

    line: OnCallLine
    open: Handoff | None
    may_take: bool


class Home(NamedTuple):
    """All of it, as it was at the moment `at` (seconds since 1970). `open` counts incidents; `left_out` are services
    that are not among `services`. With `trouble` there is nothing else."""

    at: float
    services: tuple[HomeService, ...] = ()
    left_out: int = 0
    open: int = 0
    rotations: tuple[HomeRotation, ...] = ()
    trouble: Slip | None = None
