"""Pictures of plain characters, for a terminal and Slack's code spans: a line of blocks, and bars. Knows no fonts.

`plain` is for where the encoding has no block characters.
"""

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from bot.pictures.scales import sound

BLOCKS, PLAIN_BLOCKS = "▁▂▃▄▅▆▇█", "_.-~=+*#"
FULL, LEFT = ("█", "░"), ("#", ".")
# Of the width, so much is for bars, at least.
LEAST_BAR = 8


class Bar(NamedTuple):
    """One row: its name, its length, of which `full` is drawn full and the rest as garbage; and what stands behind."""

    name: str
    length: float
    full: float
    shown: str


def sparkline(values: Iterable[float | None], *, plain: bool = False) -> str:
    """`▁▂▄█`: from 0 to the largest value; a blank for what is None or no number."""
    known = [None if value is None or math.isnan(value) else sound(value) for value in values]
    most = max((value for value in known if value is not None), default=0.0)
    blocks = PLAIN_BLOCKS if plain else BLOCKS
    top = len(blocks) - 1
    return "".join(" " if value is None else blocks[round(top * value / most) if most else 0] for value in known)


def bars(rows: Sequence[Bar], width: int = 60, *, plain: bool = False) -> str:
    """A row a line, no more than `width` characters each: names to the right, what stands behind them aligned."""
    if not rows:
        return ""
    full, left = LEFT if plain else FULL
    behind = max(len(row.shown) for row in rows)
    names = min(max(len(row.name) for row in rows), max(1, width - behind - LEAST_BAR - 4))
    room = max(1, width - names - behind - 4)
    most = max(sound(row.length) for row in rows)
    lines = []
    for row in rows:
        long = _length(sound(row.length), most, room)
        solid = min(long, _length(min(sound(row.full), sound(row.length)), most, room))
        drawn = full * solid + left * (long - solid)
        lines.append(f"{_tail(row.name, names, plain):>{names}}  {drawn:<{room}}  {row.shown:>{behind}}".rstrip())
    return "\n".join(lines)


def _tail(name: str, longest: int, plain: bool) -> str:
    """The end of a name tells more than its beginning."""
    dots = "." if plain else "…"
    return name if len(name) <= longest else dots + name[len(name) - longest + 1 :]


def _length(value: float, most: float, room: int) -> int:
    """In characters; what is there but tiny stays visible."""
    return max(1, round(room * value / most)) if value > 0 and most > 0 else 0
