"""A note to a terminal: the same words as in Slack, with colour instead of mrkdwn. Knows escape codes, no note."""

import re

from bot.render import FINE_PRINT
from bot.words import Medium, text_of
from handlers.notes import Note

BOLD, DIM, CYAN, RESET = "\x1b[1m", "\x1b[2m", "\x1b[36m", "\x1b[0m"
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
    return "\n".join(lines) + "\n"


def _wrap(line: str, width: int, indent: str) -> list[str]:
    """As textwrap does it, which would count escape codes as columns."""
    lines = [""]
    for word in line.split():
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if lines[-1] and len(_CODES.sub("", longer)) > width:
            lines.append(indent + word)
        else:
            lines[-1] = longer
    return lines


def _paint(line: str, *, colour: bool) -> str:
    def replace(match: re.Match[str]) -> str:
        code, strong = match.groups()
        if code is not None:
            return f"{CYAN}{code}{RESET}" if colour else code
        inner = _MARKS.sub(replace, strong)
        return f"{BOLD}{inner}{RESET}" if colour else inner

    return _MARKS.sub(replace, line)
