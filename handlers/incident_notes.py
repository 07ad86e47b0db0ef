"""What is said of incidents, one frozen record each, and the forms of their modals. Facts, never sentences."""

from typing import NamedTuple

from analyzers.finding import Diagnosis
from handlers.incident import Act, Entry, Incident
from handlers.records import Outcome, Remembered, Service, Trigger


class IncidentRoot(NamedTuple):
    """The root of an incident's thread: how it stands now. `acts` are the buttons, in order."""

    service: Service
    incident: Incident
    acts: tuple[Act, ...]


class StateChange(NamedTuple):
    """In the thread: what happened to the incident, and who did it. Where it was reopened, `again` says whether one of
    the alerts that did so had fired before."""

    service: Service
    incident: Incident
    entry: Entry
    again: bool = True


class Follows(NamedTuple):
    """In the thread of a new incident: the one before it of the same group, with its verdict; `link` may be missing."""

    service: Service
    previous: Incident
    link: str | None


class Comparison(NamedTuple):
    """In the thread: the ill instances beside their peers, of the same request."""

    service: Service
    ill: tuple[Outcome, ...]
    peers: tuple[Outcome, ...]


class Afterwards(NamedTuple):
    """In the thread: one instance during the incident and after it."""

    service: Service
    during: Outcome
    after: Outcome


class InstanceDied(NamedTuple):
    """In the thread: an instance of the incident does not answer any more; `last` is its last good capture."""

    service: Service
    instance: str
    reason: str
    last: Remembered | None


class CaptureRefused(NamedTuple):
    """In the thread: not captured, because a capture of the instance was asked for `ago_s` ago, perhaps `elsewhere`: by
    another incident. `wait_s`: until it may be again. `is_awaited`: that capture goes on, and will be told here too."""

    service: Service
    instance: str
    trigger: Trigger
    wait_s: float
    ago_s: float
    elsewhere: bool = False
    is_awaited: bool = False


class CapturedElsewhere(NamedTuple):
    """In the thread: what a capture of another `incident`, by its id, found or why it did not; `link`, to where the
    diagnosis is, may be missing."""

    service: Service
    outcome: Outcome
    incident: str
    link: str | None


class LimitAhead(NamedTuple):
    """In the thread: the memory limit (bytes) is `seconds` away at this rate; captured again at `capture_at`, None
    where none is planned: nine tenths are used already, or the whole before the instance may be captured again."""

    service: Service
    instance: str
    limit: int
    live_heap: float
    seconds: float
    capture_at: float | None


class Compared(NamedTuple):
    """In the thread: the newest snapshot of an instance against one of `base_at` that somebody chose."""

    service: Service
    instance: str
    base_at: float
    asked_by: str
    diagnosis: Diagnosis


class IncidentList(NamedTuple):
    """To the asker alone: incidents that are not resolved, with their links where Slack gave one."""

    service: Service | None
    incidents: tuple[tuple[Incident, str | None], ...]


class Acted(NamedTuple):
    """To the asker alone: what their command has changed."""

    incident: Incident
    entry: Entry


class StandsSo(NamedTuple):
    """To the asker alone: why nothing was changed, and how the incident stands."""

    incident: Incident
    act: Act


class SnoozeForm(NamedTuple):
    """A modal: for how long."""

    incident: Incident
    seconds: tuple[int, ...]


class SilenceForm(NamedTuple):
    """A modal: for how long, and why."""

    incident: Incident
    seconds: tuple[int, ...]


class CompareForm(NamedTuple):
    """A modal: which instance, against what. `choices` are earlier captures, newest first."""

    incident: Incident
    instances: tuple[str, ...]
    choices: tuple[Remembered, ...]


IncidentTold = (
    IncidentRoot
    | StateChange
    | Follows
    | Comparison
    | Afterwards
    | InstanceDied
    | CaptureRefused
    | CapturedElsewhere
    | LimitAhead
    | Compared
)
IncidentAnswer = IncidentList | Acted | StandsSo
IncidentForm = SnoozeForm | SilenceForm | CompareForm
