"""Everything mapstorm can say, one frozen record each. Facts, never sentences: those are in templates/, by name."""

from typing import NamedTuple

from analyzers.finding import Diagnosis
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


Answer = Accepted | Slip | Help | ServiceList | History | Explanation | ClaimList
Note = CaptureStarted | CaptureFinished | Summary | CaptureFailed | Answer
NOTES: tuple[type[Note], ...] = (
    CaptureStarted,
    CaptureFinished,
    Summary,
    CaptureFailed,
    Accepted,
    Slip,
    Help,
    ServiceList,
    History,
    Explanation,
    ClaimList,
)
