"""Labels along an axis that do not run into each other. Knows coordinates and widths of text, no facts."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from bot.pictures.drawn import SMALL, Label
from bot.pictures.measure import width

APART = 8.0


class Mark(NamedTuple):
    """A text that wants to stand at x."""

    x: float
    text: str


def spread(marks: Sequence[Mark], y: float, left: float, right: float, css: str = "muted") -> list[Label]:
    """Each text centred at its x, moved inside where it would stick out; what has no room is left out.

    The outermost have the first choice, because they say where the axis begins and ends.
    """
    ends = (0, len(marks) - 1)
    order = [*dict.fromkeys(at for at in ends if marks), *range(1, len(marks) - 1)]
    return _placed((marks[at] for at in order), y, left, right, css)


def in_turn(marks: Iterable[Mark], y: float, left: float, right: float, css: str = "muted") -> list[Label]:
    """The same, the first with the first choice."""
    return _placed(marks, y, left, right, css)


def apart(wanted: Sequence[float], step: float, top: float, bottom: float) -> list[float]:
    """The y of labels beside lines: as near to what each wants as `step` between them allows, in the same order."""
    order = sorted(range(len(wanted)), key=lambda at: wanted[at])
    placed = [0.0] * len(wanted)
    at_least = top
    for place in order:
        placed[place] = at_least = max(at_least, min(wanted[place], bottom))
        at_least += step
    at_most = bottom
    for place in reversed(order):
        placed[place] = at_most = min(placed[place], at_most)
        at_most -= step
    return placed


def _placed(marks: Iterable[Mark], y: float, left: float, right: float, css: str) -> list[Label]:
    taken: list[tuple[float, float]] = []
    labels: list[Label] = []
    for mark in marks:
        half = width(mark.text, SMALL) / 2
        x = min(max(mark.x, left + half), right - half)
        if x - half < left - 0.1 or any(x - half < end + APART and x + half > begin - APART for begin, end in taken):
            continue
        taken.append((x - half, x + half))
        labels.append(Label(x, y, mark.text, css, anchor="middle"))
    return labels
