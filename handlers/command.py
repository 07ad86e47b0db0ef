"""The text after `/mapstorm` to a command, or a RequestError that says what may have been meant. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from handlers.errors import UnknownCommand, WrongUsage

ALL = "all"
COMMANDS = ("capture", "services", "history", "explain", "help")

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
class ExplainCommand:
    """What is true of a claim about maps; None lists the words that are known."""

    word: str | None


@dataclass(frozen=True, slots=True)
class HelpCommand:
    """What can be asked."""


Command = CaptureCommand | ServicesCommand | HistoryCommand | ExplainCommand | HelpCommand


def parse(text: str) -> Command:
    """The command in `text`. Raises UnknownCommand or WrongUsage."""
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
        case ("capture", [service]):
            return CaptureCommand(service, None)
        case ("capture", [service, instance]):
            # As people type an option: --all, which Slack's clients make a long dash of.
            everyone = instance.lstrip("-").lower() == ALL
            return CaptureCommand(service, ALL if everyone else instance)
        case ("history", [service]):
            return HistoryCommand(service)
        case ("explain", claim):
            return ExplainCommand(" ".join(claim) or None)
        case (("capture" | "services" | "history") as known, _):
            raise WrongUsage(known)
    raise UnknownCommand(word, nearest(word, COMMANDS))


def plain(text: str) -> str:
    """`text` with the typography of Slack's clients taken back."""
    return text.translate(_TYPOGRAPHY)


def nearest(word: str, known: Iterable[str]) -> tuple[str, ...]:
    """Up to three of `known` that `word` may have meant."""
    return tuple(get_close_matches(word.lower(), list(known), n=3, cutoff=0.5))
