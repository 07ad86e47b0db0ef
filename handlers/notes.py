"""Everything mapstorm can say, one frozen record each. Facts, never sentences: those are in templates/, by name."""

from typing import NamedTuple, get_args

from analyzers.finding import Diagnosis
from handlers.doctor import Check
from handlers.handoff_notes import HandoffAnswer, HandoffForm, HandoffTold
from handlers.incident import Act, Entry, Incident
from handlers.oncall_notes import OnCall
from handlers.records import Claim, Outcome, Remembered, Service, Trigger


class CaptureStarted(NamedTuple):
    """The root of a thread: a capture is under way."""

    service: Service
    instances: tuple[str, ...]
    asked_by: str
    request_id: str


class CaptureFinished(NamedTuple):
    """The root of a thread, edited while captures end. Of `instances`, those without an outcome are still under way."""

    service: Service
    instances: tuple[str, ...]
    asked_by: str
    outcomes: tuple[Outcome, ...]
    request_id: str


class Summary(NamedTuple):
    """What one capture found. `capture_id` finds it in the log."""

    service: Service
    instance: str
    capture_id: str
    diagnosis: Diagnosis


class CaptureFailed(NamedTuple):
    """Why one capture gave nothing. `reason` is the error's word, `bug` that it is mapstorm's own fault."""

    service: Service
    instance: str
    capture_id: str
    reason: str
    detail: str


class Accepted(NamedTuple):
    """To the asker alone: the capture is on the queue, and where its thread will be."""

    service: Service
    instances: tuple[str, ...]


class Slip(NamedTuple):
    """To the asker alone: what was wrong with the command."""

    reason: str
    detail: str
    nearest: tuple[str, ...] = ()


class Help(NamedTuple):
    """To the asker alone: what can be asked."""


class ServiceList(NamedTuple):
    """To the asker alone: the registry."""

    services: tuple[Service, ...]


class History(NamedTuple):
    """To the asker alone: what earlier captures of a service said, newest first."""

    service: Service
    entries: tuple[Remembered, ...]


class Explanation(NamedTuple):
    """To the asker alone: what is true of a claim about maps."""

    claim: Claim


class ClaimList(NamedTuple):
    """To the asker alone: the claims that can be asked about."""

    claims: tuple[Claim, ...]


class IncidentRoot(NamedTuple):
    """The root of an incident's thread: how it stands now. `acts` are the buttons, in order."""

    service: Service
    incident: Incident
    acts: tuple[Act, ...]


class StateChange(NamedTuple):
    """In the thread: what happened to the incident, and who did it."""

    service: Service
    incident: Incident
    entry: Entry


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
    """In the thread: not captured, because the instance was captured just now. `wait_s`: until it may be again."""

    service: Service
    instance: str
    trigger: Trigger
    wait_s: float


class LimitAhead(NamedTuple):
    """In the thread: the memory limit (bytes) is `seconds` away at this rate; captured again at `capture_at`, None
    where no capture is planned because nine tenths are used already."""

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


class Undelivered(NamedTuple):
    """In the fallback channel: what Slack will not take in another one, with Slack's code."""

    channel: str
    code: str


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


class Examining(NamedTuple):
    """To the asker alone: the doctor is looking, and what is found comes to the same place."""


class DoctorReport(NamedTuple):
    """To the asker alone: what mapstorm stands on, one check a line."""

    checks: tuple[Check, ...]


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


Answer = (
    Accepted
    | Slip
    | Help
    | ServiceList
    | History
    | Explanation
    | ClaimList
    | IncidentList
    | Acted
    | StandsSo
    | Examining
    | DoctorReport
    | OnCall
    | HandoffAnswer
)
Form = SnoozeForm | SilenceForm | CompareForm | HandoffForm
Told = (
    CaptureStarted
    | CaptureFinished
    | Summary
    | CaptureFailed
    | IncidentRoot
    | StateChange
    | Follows
    | Comparison
    | Afterwards
    | InstanceDied
    | CaptureRefused
    | LimitAhead
    | Compared
    | Undelivered
    | HandoffTold
)
Note = Told | Answer
NOTES: tuple[type[Note], ...] = get_args(Note)
FORMS: tuple[type[Form], ...] = get_args(Form)
