"""A note to a terminal: the same words as in Slack, with colour instead of mrkdwn. Knows escape codes, no note."""

import re
from collections.abc import Iterator

from bot.render import FINE_PRINT
from bot.words import Medium, text_of
from handlers.notes import Note

BOLD, DIM, CYAN, RESET = "\x1b[1m", "\x1b[2m", "\x1b[36m", "\x1b[0m"
TIED = "\N{NO-BREAK SPACE}"  # words.clean lets none through, so it stands for a space not to be broken at
_MARKS = re.compile(r"`([^`\n]+)`|(?<![\w*])\*([^*\n`]+(?:`[^`\n]*`[^*\n`]*)*)\*(?![\w*])")
_CODES = re.compile(r"\x1b\[\d+m")


def show(note: Note, *, colour: bool, width: int = 100) -> str:
    """The note, wrapped to `width` columns."""
    lines: list[str] = []
    for line in text_of(note, Medium.TERMINAL).splitlines():
        fine = line.startswith(FINE_PRINT)
        painted = _paint(line.removeprefix(FINE_PRINT), colour=colour and not fine)
        indent = "   " if re.match(r"(?:\d+\.|•) ", _CODES.sub("", painted)) else ""
        wrapped = _wrap(painted, width, indent)
        lines += [f"{DIM}{part}{RESET}" if fine and colour else part for part in wrapped]
    return "\n".join(lines).replace(TIED, " ") + "\n"


def _wrap(line: str, width: int, indent: str) -> list[str]:
    """As textwrap does it, which would count escape codes as columns."""
    lines = [""]
    for word in _words(line, width - len(indent)):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if lines[-1] and len(_CODES.sub("", longer)) > width:
            lines.append(indent + word)
        else:
            lines[-1] = longer
    return lines


def _words(line: str, width: int) -> Iterator[str]:
    """Tied words are one, as long as they fit a line."""
    for word in filter(None, line.split(" ")):
        if len(_CODES.sub("", word)) <= width:
            yield word
        else:
            yield from word.split(TIED)


def _paint(line: str, *, colour: bool) -> str:
    def replace(match: re.Match[str]) -> str:
        code, strong = match.groups()
        if code is not None:
            # Commands are copied from here: they must not be broken.
            tied = code.replace(" ", TIED)
            return f"{CYAN}{tied}{RESET}" if colour else tied
        inner = _MARKS.sub(replace, strong)
        return f"{BOLD}{inner}{RESET}" if colour else inner

    return _MARKS.sub(replace, line)
