"""The text after `/mapstorm` to a command, or a RequestError that says what may have been meant. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from handlers.errors import BadSpan, ButtonOnly, UnknownCommand, WrongUsage
from handlers.incident import Act

ALL = "all"
COMMANDS = (
    *("capture", "incidents", "ack", "snooze", "resolve", "oncall", "handoff"),
    *("services", "history", "forget", "explain", "doctor", "help"),
)
ACTS = {"ack": Act.ACKNOWLEDGE, "acknowledge": Act.ACKNOWLEDGE, "snooze": Act.SNOOZE, "resolve": Act.RESOLVE}

SNOOZE_S = 3600.0
_SPAN = re.compile(r"([0-9]{1,4})(m|min|h|d)")
# What begins with a digit is meant as a span, unless it has the shape of an incident's id.
_SPAN_LIKE = re.compile(r"(?![a-z2-7]{8}$)-?[0-9].*", re.DOTALL)
_AFTER_TWO_WORDS = re.compile(r"\s*\S+\s+\S+\s+(\S.*)", re.DOTALL)
_UNIT_S = {"m": 60.0, "min": 60.0, "h": 3600.0, "d": 86_400.0}

# What Slack's clients make of quotes, dashes and spaces while people type. Quotes carry no meaning here.
_TYPOGRAPHY = str.maketrans(
    {
        **dict.fromkeys("“”„‟«»‘’‚‛‹›\"'`", ""),
        **dict.fromkeys("–—―−‐‑", "-"),
        **dict.fromkeys("\u00a0\u2007\u202f\u2009\u200a", " "),
        **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff", ""),
    }
)


@dataclass(frozen=True, slots=True)
class CaptureCommand:
    """Capture `instance` of a service; None means the first one, `all` every one."""

    service: str
    instance: str | None


@dataclass(frozen=True, slots=True)
class ServicesCommand:
    """List the registry."""


@dataclass(frozen=True, slots=True)
class HistoryCommand:
    """What earlier captures of a service said."""

    service: str


@dataclass(frozen=True, slots=True)
class ForgetCommand:
    """Take away what is kept of a capture, by its id: its page, its bytes, its link."""

    capture: str


@dataclass(frozen=True, slots=True)
class ExplainCommand:
    """What is true of a claim about maps; None lists the words that are known."""

    word: str | None


@dataclass(frozen=True, slots=True)
class IncidentsCommand:
    """List what is open, of one service or of all."""

    service: str | None


@dataclass(frozen=True, slots=True)
class ActCommand:
    """Acknowledge, snooze (for `seconds`) or resolve an incident, or capture it again; None means that of the thread,
    or (but for a capture) of the channel."""

    act: Act
    incident: str | None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class OnCallCommand:
    """Who is on call, in one rotation or in all."""

    rotation: str | None


@dataclass(frozen=True, slots=True)
class HandoffCommand:
    """Post a handoff of now; None means the rotation of the thread or the channel."""

    rotation: str | None


@dataclass(frozen=True, slots=True)
class HandoffNoteCommand:
    """Write into the newest handoff, as it was typed."""

    text: str


@dataclass(frozen=True, slots=True)
class HandoffExportCommand:
    """The newest handoff as a file in its thread; None as above."""

    rotation: str | None


@dataclass(frozen=True, slots=True)
class DoctorCommand:
    """Look whether all that mapstorm stands on is well."""


@dataclass(frozen=True, slots=True)
class HelpCommand:
    """What can be asked."""


OfRotations = OnCallCommand | HandoffCommand | HandoffNoteCommand | HandoffExportCommand
Command = (
    CaptureCommand
    | ServicesCommand
    | HistoryCommand
    | ForgetCommand
    | ExplainCommand
    | IncidentsCommand
    | ActCommand
    | OfRotations
    | DoctorCommand
    | HelpCommand
)


def parse(text: str) -> Command:
    """The command in `text`. Raises UnknownCommand, WrongUsage, BadSpan or ButtonOnly."""
    words = plain(text).split()
    if not words:
        return HelpCommand()
    word, arguments = words[0].lower(), words[1:]
    # However many dashes: phones make one of two.
    if arguments and (arguments[0].lstrip("-").lower() == "help" or arguments[0].lower() in ("-h", "--h")):
        return HelpCommand()
    match word.lstrip("-"), arguments:
        case ("help" | "h", _):
            return HelpCommand()
        case ("services", []):
            return ServicesCommand()
        case ("capture", [] | [_] | [_, _]):
            return _capture(*arguments)
        case ("history", [service]):
            return HistoryCommand(service)
        case ("forget", [capture]):
            return ForgetCommand(capture)
        case ("explain", claim):
            return ExplainCommand(" ".join(claim) or None)
        case ("incidents", [] | [_]):
            return IncidentsCommand(next(iter(arguments), None))
        case ("oncall" | "on-call", [] | [_]):
            return OnCallCommand(next(iter(arguments), None))
        case ("handoff", _):
            return _handoff(arguments, text)
        case ("doctor", []):
            return DoctorCommand()
        case (("ack" | "acknowledge" | "snooze" | "resolve") as said, _):
            return _act(said, arguments)
        case (("silence" | "unsilence" | "compare") as button, _):
            raise ButtonOnly(button)
        case (("capture" | "services" | "history" | "forget" | "incidents" | "oncall" | "doctor") as known, _):
            raise WrongUsage(known)
    raise UnknownCommand(word, nearest(word, COMMANDS))


def _capture(service: str | None = None, instance: str | None = None) -> CaptureCommand | ActCommand:
    """Without a service it is that of an incident, whose thread says which."""
    if service is None:
        return ActCommand(Act.CAPTURE, None)
    # As people type an option: --all, which Slack's clients make a long dash of.
    everyone = instance is not None and instance.lstrip("-").lower() == ALL
    return CaptureCommand(service, ALL if everyone else instance)


def _handoff(arguments: list[str], text: str) -> HandoffCommand | HandoffNoteCommand | HandoffExportCommand:
    """A note is kept as it was typed: in what people write, quotes carry meaning. Raises WrongUsage."""
    first, most = arguments[0].lower() if arguments else "", len(arguments)
    if first == "note" and most > 1:
        typed = _AFTER_TWO_WORDS.fullmatch(text)
        return HandoffNoteCommand(typed[1].strip() if typed else " ".join(arguments[1:]))
    if first == "export" and most < 3:
        return HandoffExportCommand(next(iter(arguments[1:]), None))
    if first != "note" and most < 2:
        return HandoffCommand(next(iter(arguments), None))
    raise WrongUsage("handoff")


def _act(said: str, arguments: list[str]) -> ActCommand:
    """An incident's id and a span of time, in either order and each at most once. Raises WrongUsage, BadSpan."""
    act = ACTS[said]
    spans = [found for word in arguments if (found := _SPAN.fullmatch(word.lower()))]
    ids = [word.lower() for word in arguments if not _SPAN.fullmatch(word.lower())]
    odd = next((word for word in ids if _SPAN_LIKE.fullmatch(word)), None)
    if act is Act.SNOOZE and odd:
        raise BadSpan(odd)
    if len(ids) > 1 or len(spans) > (1 if act is Act.SNOOZE else 0):
        raise WrongUsage(next(word for word in COMMANDS if ACTS.get(word) is act))
    identity = ids[0] if ids else None
    if act is not Act.SNOOZE:
        return ActCommand(act, identity)
    return ActCommand(act, identity, int(spans[0][1]) * _UNIT_S[spans[0][2]] if spans else SNOOZE_S)


def plain(text: str) -> str:
    """`text` with the typography of Slack's clients taken back."""
    return text.translate(_TYPOGRAPHY)


def nearest(word: str, known: Iterable[str]) -> tuple[str, ...]:
    """Up to three of `known` that `word` may have meant."""
    return tuple(get_close_matches(word.lower(), list(known), n=3, cutoff=0.5))
