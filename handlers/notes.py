"""Everything mapstorm can say, one frozen record each. Facts, never sentences: those are in templates/, by name."""

from typing import NamedTuple, get_args

from analyzers.errors import MapstormError
from analyzers.finding import Diagnosis
from handlers.doctor import Check
from handlers.errors import RequestError
from handlers.handoff_notes import HandoffAnswer, HandoffForm, HandoffTold
from handlers.incident_notes import IncidentAnswer, IncidentForm, IncidentTold
from handlers.oncall_notes import OnCall
from handlers.records import Claim, Outcome, Remembered, Service


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
    """What one capture found. `capture_id` finds it in the log, `report` is the address of its page, if it has one."""

    service: Service
    instance: str
    capture_id: str
    diagnosis: Diagnosis
    report: str | None = None


class CapturePicture(NamedTuple):
    """The picture of one capture: the trend of its instance, oldest first and this capture last, and the ledger and the
    ladder of its worst line."""

    service: Service
    instance: str
    diagnosis: Diagnosis
    trend: tuple[Remembered, ...]


class TrendAsked(NamedTuple):
    """The root of a thread: somebody wants to see the captures of `trend` drawn."""

    service: Service
    trend: tuple[Remembered, ...]
    asked_by: str


class TrendPicture(NamedTuple):
    """The picture of a service over time: every instance's captures, oldest first, with verdicts and new builds."""

    service: Service
    trend: tuple[Remembered, ...]


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

    @classmethod
    def of(cls, error: MapstormError) -> "Slip":
        """What `error` has to tell whoever asked."""
        return cls(error.reason, error.detail, error.nearest if isinstance(error, RequestError) else ())


class Help(NamedTuple):
    """To the asker alone: what can be asked."""


class ServiceList(NamedTuple):
    """To the asker alone: the registry."""

    services: tuple[Service, ...]


class History(NamedTuple):
    """To the asker alone: what earlier captures of a service said, newest first; `is_drawn`: in its channel, too."""

    service: Service
    entries: tuple[Remembered, ...]
    is_drawn: bool = False


class Forgotten(NamedTuple):
    """To the asker alone: what was kept of a capture is gone, and its link leads nowhere any more."""

    service: Service
    instance: str
    capture_id: str


class Explanation(NamedTuple):
    """To the asker alone: what is true of a claim about maps."""

    claim: Claim


class ClaimList(NamedTuple):
    """To the asker alone: the claims that can be asked about."""

    claims: tuple[Claim, ...]


class Undelivered(NamedTuple):
    """In the fallback channel: what Slack will not take in another one, with Slack's code; and, where that was the
    first message of an incident, of which service, and the title of an alert of it."""

    channel: str
    code: str
    service: str = ""
    title: str = ""


class Examining(NamedTuple):
    """To the asker alone: the doctor is looking, and what is found comes to the same place."""


class DoctorReport(NamedTuple):
    """To the asker alone: what mapstorm stands on, one check a line."""

    checks: tuple[Check, ...]


Answer = (
    Accepted
    | Slip
    | Help
    | ServiceList
    | History
    | Forgotten
    | Explanation
    | ClaimList
    | IncidentAnswer
    | Examining
    | DoctorReport
    | OnCall
    | HandoffAnswer
)
Form = IncidentForm | HandoffForm
Picture = CapturePicture | TrendPicture
Told = (
    CaptureStarted
    | CaptureFinished
    | Summary
    | CaptureFailed
    | TrendAsked
    | Picture
    | IncidentTold
    | Undelivered
    | HandoffTold
)
Note = Told | Answer
NOTES: tuple[type[Note], ...] = get_args(Note)
FORMS: tuple[type[Form], ...] = get_args(Form)
