"""Reads the characters of a regular expression in Go's syntax: escapes and `[classes]`.

Knows tables of characters; not groups, repeats or flags, which are `re2_syntax.py`'s. Unicode classes (`\\pL`) are
refused: Python has no tables for them.
"""

import re
from collections.abc import Iterable
from typing import TypeAlias

Ranges: TypeAlias = tuple[tuple[int, int], ...]

_LAST = 0x10FFFF


def ranges(text: str) -> Ranges:
    """Pairs of characters as ranges: `09az`."""
    return tuple((ord(low), ord(high)) for low, high in zip(text[::2], text[1::2], strict=True))


def _others(ranges: Ranges) -> Ranges:
    edges = [-1, *(edge for pair in sorted(ranges) for edge in pair), _LAST + 1]
    return tuple((low + 1, high - 1) for low, high in zip(edges[::2], edges[1::2], strict=True) if low + 1 < high)


ANY = ((0, _LAST),)
ANY_BUT_LF = _others(ranges("\n\n"))
PERL = {"d": ranges("09"), "s": ranges("\t\n\f\r  "), "w": ranges("09AZ__az")}  # \s without \v, all of them ASCII
PERL |= {name.upper(): _others(ranges) for name, ranges in PERL.items()}
_POSIX = {
    "alnum": "09AZaz", "alpha": "AZaz", "ascii": "\0\x7f", "blank": "\t\t  ", "cntrl": "\0\x1f\x7f\x7f",
    "digit": "09", "graph": "!~", "lower": "az", "print": " ~", "punct": "!/:@[`{~", "space": "\t\r  ",
    "upper": "AZ", "word": "09AZ__az", "xdigit": "09AFaf",
}  # fmt: skip
_CODES = {"a": "\a", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_POSIX_NAME = re.compile(r"\[:(\^?)(.*?):\]", re.S)
_ESCAPE = re.compile(r"([0-7]{1,3})|x([0-9A-Fa-f]{2})|x\{([0-9A-Fa-f]{1,6})\}|([afnrtv])|([!-/:-@\[-`{-~ ])")


class Cursor:
    """Where in a pattern it is."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    @property
    def left(self) -> bool:
        """Whether there is more."""
        return self.at < len(self.text)

    def peek(self, ahead: int = 0) -> str:
        """The next character, or the one `ahead` of it; empty at the end."""
        return self.text[self.at + ahead : self.at + ahead + 1]

    def take(self, wanted: str) -> bool:
        """Whether this comes next; if so, goes beyond it."""
        taken = self.text.startswith(wanted, self.at)
        self.at += len(wanted) * taken
        return taken

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """What comes next, if it matches; if so, goes beyond it."""
        found = pattern.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return found


def one_of(spans: Iterable[tuple[int, int]], fold: bool, negated: bool = False) -> re.Pattern[str]:
    """Matches one character of these code points, or with `negated` any other; `fold` ignores case."""
    inside = "".join(f"\\U{low:08x}-\\U{high:08x}" for low, high in spans)
    return re.compile(f"[{'^' * negated}{inside}]", re.IGNORECASE if fold else 0)


def escaped(cursor: Cursor) -> int:
    """The code point that stands after a backslash. Raises ValueError for what Go does not know."""
    start = cursor.at
    found = cursor.match(_ESCAPE)
    if found is None or (found[1] or "0") in "1234567":  # a single digit would be a backreference
        raise ValueError(f"unknown escape \\{cursor.text[start : start + 1]}")
    octal, two, braced, letter, itself = found.groups()
    code = int(octal, 8) if octal else int(two or braced, 16) if two or braced else ord(_CODES.get(letter, itself))
    if code > _LAST:
        raise ValueError("no such character")
    return code


def bracket(cursor: Cursor, fold: bool) -> re.Pattern[str]:
    """The class after its `[`. Raises ValueError where Go would."""
    negated = cursor.take("^")
    spans: list[tuple[int, int]] = []
    first = True
    while first or cursor.peek() != "]":
        first = False
        if posix := cursor.match(_POSIX_NAME):
            if posix[2] not in _POSIX:
                raise ValueError("unknown character class")
            named = ranges(_POSIX[posix[2]])
            spans += _others(named) if posix[1] else named
        elif cursor.peek() == "\\" and cursor.peek(1) in PERL:
            spans += PERL[cursor.peek(1)]
            cursor.at += 2
        else:
            spans.append(_span(cursor))
    cursor.at += 1
    return one_of(spans, fold, negated)


def _span(cursor: Cursor) -> tuple[int, int]:
    low = high = _member(cursor)
    if cursor.peek() == "-" and cursor.peek(1) not in ("]", ""):
        cursor.at += 1
        high = _member(cursor)
    if high < low:
        raise ValueError("range backwards")
    return low, high


def _member(cursor: Cursor) -> int:
    if not cursor.left:
        raise ValueError("missing ]")
    cursor.at += 1
    return escaped(cursor) if cursor.text[cursor.at - 1] == "\\" else ord(cursor.text[cursor.at - 1])
