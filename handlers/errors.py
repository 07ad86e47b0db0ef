"""The branches of the tree that grow on this floor.

    MapstormError                 analyzers.errors; .reason names the template's sentence, .retryable may be tried again
    - ProfileError                analyzers: the bytes cannot be read
      - MalformedProfile, TruncatedProfile (retryable), NotAHeapProfile, NotACPUProfile, ProfilingOff, EmptyProfile
    - RequestError                the asker's slip: answered at once, never queued
      - UnknownCommand, UnknownService, UnknownInstance, UnknownClaim (with the nearest names), UnknownCapture
      - WrongUsage, BadSpan, ButtonOnly
      - BadAlert: an alert sender's slip
      - UnknownIncident, NothingOpen, SeveralOpen, NoSnapshot, NoGroupLabels, NoAlertmanager
      - UnknownRotation, UnknownHandoff, NoHandoff, NotPosted, SeveralRotations
      - Forbidden: Stranger, Guest, NotAllowed
    - CaptureError                the service did not give its heap
      - Unreachable, TimedOut, Busy, UnderWay, ServerFault (retryable)
      - Refused, NoPprof, NotPprof, TooLarge, UntrustedAddress
    - OutageError (retryable)     Slack, Redis or Alertmanager is away
      - ChatRefused (not retryable): Slack will never take this message there
      - MissingScope (not retryable): the Slack app may not ask for this
    - SilenceRefused              Alertmanager does not take this silence
    - CalendarError               the calendar of a rotation does not say who is on call
      - CalendarAway, CalendarPending (retryable)
      - CalendarRefused, UntrustedCalendar, NotACalendar, CalendarTooLarge, EndlessCalendar, UnknownZone

Third-party exceptions become one of these in the adapter that met them and nowhere else.
"""

from analyzers.errors import MapstormError


class RequestError(MapstormError):
    """The asker's slip. `nearest` is what they may have meant."""

    reason = "wrong_usage"

    def __init__(self, detail: str = "", nearest: tuple[str, ...] = ()) -> None:
        super().__init__(detail)
        self.nearest = nearest


class UnknownCommand(RequestError):
    """A first word that is no command; `detail` is the word."""

    reason = "unknown_command"


class UnknownService(RequestError):
    """A service that is not in the registry; `detail` is its name."""

    reason = "unknown_service"


class UnknownInstance(RequestError):
    """An instance the service does not have; `detail` is its name, `nearest` the ones it has."""

    reason = "unknown_instance"


class UnknownClaim(RequestError):
    """A word that `explain` has no answer to; `detail` is the word."""

    reason = "unknown_claim"


class UnknownCapture(RequestError):
    """A capture of which nothing is kept, or not any more; `detail` is what was said."""

    reason = "unknown_capture"


class WrongUsage(RequestError):
    """Too few words or too many; `detail` is the command."""

    reason = "wrong_usage"


class BadSpan(RequestError):
    """No span of time, or one too short or too long; `detail` is what was typed, if that is no span at all."""

    reason = "bad_span"


class ButtonOnly(RequestError):
    """Something that only a button of an incident does; `detail` is the word."""

    reason = "button_only"


class BadAlert(RequestError):
    """A webhook's body that says no alert; `detail` is the field and what it has to be, never the sender's words."""

    reason = "bad_alert"


class UnknownIncident(RequestError):
    """An incident that is not known, or not any more; `detail` is what was said, `nearest` the ids of open ones."""

    reason = "unknown_incident"


class NothingOpen(RequestError):
    """No incident was named, and none is open in this channel."""

    reason = "nothing_open"


class SeveralOpen(RequestError):
    """No incident was named, and several are open in this channel; `nearest` are their ids."""

    reason = "several_open"


class NoSnapshot(RequestError):
    """There is no capture to compare, or none of then to compare with; `detail` is the instance."""

    reason = "no_snapshot"


class NoGroupLabels(RequestError):
    """The alerts are grouped by no label: a silence would have to match everything."""

    reason = "no_group_labels"


class NoAlertmanager(RequestError):
    """No Alertmanager is registered, or the alerts come from somewhere else."""

    reason = "no_alertmanager"


class UnknownRotation(RequestError):
    """A rotation that is not in the registry; `detail` is its name, `nearest` are names that are."""

    reason = "unknown_rotation"


class UnknownHandoff(RequestError):
    """A handoff that is not known, or not any more."""

    reason = "unknown_handoff"


class NoHandoff(RequestError):
    """There is no handoff to write into, or to export; `detail` is the rotation, if one was meant."""

    reason = "no_handoff"


class NotPosted(RequestError):
    """The handoff's thread is not there yet."""

    reason = "not_posted"


class SeveralRotations(RequestError):
    """No rotation was named, and which one is meant cannot be told; `nearest` are their names."""

    reason = "several_rotations"


class Forbidden(RequestError):
    """Somebody who may not do this."""

    reason = "not_allowed"


class NotAllowed(Forbidden):
    """A member whom the registry does not list for this service; `detail` is its name."""

    reason = "not_allowed"


class Guest(Forbidden):
    """A guest of the workspace."""

    reason = "guest"


class Stranger(Forbidden):
    """Somebody of another workspace, or nobody that Slack knows."""

    reason = "stranger"


class CaptureError(MapstormError):
    """The service did not give its heap. `detail` may name a status code, never an address or a body."""

    reason = "unreachable"


class Unreachable(CaptureError):
    """No connection, or it broke: refused, no such host, TLS, reset."""

    reason = "unreachable"
    retryable = True


class TimedOut(CaptureError):
    """No whole answer within the service's timeout."""

    reason = "timed_out"
    retryable = True


class Busy(CaptureError):
    """Another capture of this instance is under way."""

    reason = "busy"
    retryable = True


class UnderWay(Busy):
    """Another copy of this very capture is under way: it ends, or its worker is dead and its turn runs out."""


class ServerFault(CaptureError):
    """5xx, 408 or 429 from the service; `detail` is the status."""

    reason = "server_fault"
    retryable = True


class Refused(CaptureError):
    """401 or 403: the Authorization header is missing or wrong; `detail` is the status."""

    reason = "refused"


class NoPprof(CaptureError):
    """404 or 405: nothing is served at this path."""

    reason = "no_pprof"


class NotPprof(CaptureError):
    """An answer, but not pprof's: an HTML page, a redirect to a login."""

    reason = "not_pprof"


class TooLarge(CaptureError):
    """More bytes than the service's max_bytes; `detail` is the cap."""

    reason = "too_large"


class UntrustedAddress(CaptureError):
    """The registered name resolves to an address mapstorm never asks (link-local, metadata, unsaid loopback)."""

    reason = "untrusted_address"


class OutageError(MapstormError):
    """Slack, Redis or Alertmanager is away; `detail` says which."""

    reason = "outage"
    retryable = True


class ChatRefused(OutageError):
    """Slack refuses for good: archived channel, bot not in it, revoked token. `detail` is Slack's code."""

    reason = "chat_refused"
    retryable = False


class MissingScope(OutageError):
    """The Slack app was not given a scope; `detail` is the scope."""

    reason = "missing_scope"
    retryable = False


class SilenceRefused(MapstormError):
    """Alertmanager does not take this silence; `detail` is the status, or "answer" where it was not Alertmanager's."""

    reason = "silence_refused"


class CalendarError(MapstormError):
    """The calendar of a rotation does not say who is on call. `detail` may name a status or a time zone, never an
    address: those of calendars are secrets."""

    reason = "calendar_away"


class CalendarAway(CalendarError):
    """No answer, or one of trouble over there; `detail` is the status or a word. Also a file that cannot be read."""

    reason = "calendar_away"
    retryable = True


class CalendarPending(CalendarError):
    """It is being read, for the first time or after a long while; that ends by itself within seconds."""

    reason = "calendar_pending"
    retryable = True


class CalendarRefused(CalendarError):
    """The address is not a calendar's any more: 4xx; `detail` is the status."""

    reason = "calendar_refused"


class UntrustedCalendar(CalendarError):
    """The address leads, at once or by a redirect, to where mapstorm never asks; `detail` is "redirect" if by one."""

    reason = "untrusted_calendar"


class NotACalendar(CalendarError):
    """What was answered is no iCal calendar; `detail` is a word: html, encoding, or the property that is broken."""

    reason = "not_a_calendar"


class CalendarTooLarge(CalendarError):
    """More bytes than are read; `detail` is the cap."""

    reason = "calendar_too_large"


class EndlessCalendar(CalendarError):
    """More events than are read, or such as take too long to work out."""

    reason = "endless_calendar"


class UnknownZone(CalendarError):
    """The calendar names a time zone that nobody knows and it does not define; `detail` is that name, not trusted."""

    reason = "unknown_zone"
