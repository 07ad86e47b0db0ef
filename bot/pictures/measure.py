"""How wide a text is in the fonts that ship with mapstorm, and how much of it fits. Knows TrueType's tables, no SVG.

Why not a library: what is read of a font is two tables of numbers, and fonttools has 4 MB.
"""

import os.path
import struct
from bisect import bisect_right
from enum import Enum
from functools import cache
from typing import NamedTuple

from bot.words import clean

FONTS = os.path.join(os.path.dirname(__file__), "fonts")
REGULAR, BOLD = (os.path.join(FONTS, name) for name in ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"))
ELLIPSIS = "…"
# Of a name of ten thousand characters no more is looked at.
LONGEST = 400


class Keep(Enum):
    """Which part of a text stays where it is too long: its beginning, its end, or both."""

    START = "start"
    END = "end"
    BOTH = "both"


class _Font(NamedTuple):
    """Advance widths by glyph in em, and runs of characters: first, last and first glyph of each, by first."""

    advances: tuple[float, ...]
    firsts: tuple[int, ...]
    runs: tuple[tuple[int, int, int], ...]

    def advance(self, char: str) -> float:
        code = ord(char)
        at = bisect_right(self.firsts, code) - 1
        first, last, glyph = self.runs[at] if at >= 0 else (0, -1, 0)
        found = glyph + code - first if code <= last else 0
        return self.advances[min(found, len(self.advances) - 1)]


def width(text: str, size: float, bold: bool = False) -> float:
    """Of `text` on one line, in the unit of `size`. Kerning is left out, which makes it a little too wide."""
    font = _font(BOLD if bold else REGULAR)
    return size * sum(font.advance(char) for char in text)


def fit(text: str, size: float, room: float, bold: bool = False, keep: Keep = Keep.START) -> str:
    """As much of `text`, made harmless, as fits into `room`, with an ellipsis where something is left out."""
    whole = clean(text, LONGEST * 30)
    if len(whole) <= LONGEST and width(whole, size, bold) <= room:
        return whole
    low, high = 0, min(len(whole), LONGEST) - 1
    while low < high:  # the most characters that fit
        middle = (low + high + 1) // 2
        fits = width(_cut(whole, middle, keep), size, bold) <= room
        low, high = (middle, high) if fits else (low, middle - 1)
    return _cut(whole, low, keep)


def wrap(text: str, size: float, room: float, lines: int, bold: bool = False) -> list[str]:
    """`text` broken at its blanks into at most `lines`, the last of them cut where it has to be."""
    wrapped = [""]
    for word in clean(text, LONGEST * 30).split():
        longer = f"{wrapped[-1]} {word}".strip()
        if not wrapped[-1] or len(wrapped) == lines or width(longer, size, bold) <= room:
            wrapped[-1] = longer
        else:
            wrapped.append(word)
    return [fit(line, size, room, bold) for line in wrapped]


def _cut(text: str, kept: int, keep: Keep) -> str:
    if keep is Keep.START:
        return text[:kept].rstrip() + ELLIPSIS
    tail = kept if keep is Keep.END else kept // 2
    return text[: kept - tail].rstrip() + ELLIPSIS + text[len(text) - tail :].lstrip()


@cache
def _font(path: str) -> _Font:
    with open(path, "rb") as file:
        data = file.read()
    (count,) = struct.unpack_from(">H", data, 4)
    tables = {tag: at for tag, _, at, _ in (struct.unpack_from(">4sIII", data, 12 + 16 * n) for n in range(count))}
    (em,) = struct.unpack_from(">H", data, tables[b"head"] + 18)
    (metrics,) = struct.unpack_from(">H", data, tables[b"hhea"] + 34)
    pairs = struct.unpack_from(f">{2 * metrics}H", data, tables[b"hmtx"])
    runs = _runs(data, tables[b"cmap"])
    return _Font(tuple(advance / em for advance in pairs[::2]), tuple(run[0] for run in runs), runs)


def _runs(data: bytes, at: int) -> tuple[tuple[int, int, int], ...]:
    """Of the subtable of format 12, which has all of Unicode."""
    (count,) = struct.unpack_from(">H", data, at + 2)
    for number in range(count):
        (offset,) = struct.unpack_from(">I", data, at + 4 + 8 * number + 4)
        if struct.unpack_from(">H", data, at + offset) == (12,):
            (groups,) = struct.unpack_from(">I", data, at + offset + 12)
            return tuple(struct.unpack_from(">III", data, at + offset + 16 + 12 * n) for n in range(groups))
    raise ValueError("a font without a table of format 12")
