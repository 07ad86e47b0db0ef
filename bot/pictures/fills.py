"""How a part of a bar looks apart from its colour, and the legend that names the parts. Knows no numbers."""

from collections.abc import Iterable
from typing import NamedTuple

from bot.pictures.drawn import LINE, SMALL, Label, Shape, box, circle, hatch, line, polygon
from bot.pictures.measure import fit, width

# What is garbage is hatched, what is in use is full.
HATCHED = frozenset({"garbage", "dropped"})
LINES = frozenset({"heap"})
LEAST = 1.5  # what is there but tiny stays visible
GAP = 1.5  # between two parts, so that they need not differ from each other, only from the ground
SWATCH, POINTER = 11.0, 6.0
LETTER = 7.5  # radius of a circle with a letter
APART = 14.0


class Item(NamedTuple):
    """One entry of a legend: the class of its swatch, a letter in a circle, or a dash; and its words."""

    css: str
    text: str
    letter: str = ""
    dash: str | None = None  # of a line that stands upright in the chart


class Part(NamedTuple):
    """A part of a bar: its class, its words, its bytes."""

    css: str
    name: str
    space: float


def filled(x: float, y: float, wide: float, high: float, css: str) -> list[Shape]:
    """A rectangle as its class is filled."""
    if css in LINES:
        return [line(((x, y + high / 2), (x + wide, y + high / 2)), css, 2.0)]
    if css == "today":
        return [pointer(x + (wide - POINTER) / 2, y + high / 2)]
    if css not in HATCHED:
        return [box(x, y, wide, high, css)]
    inner = (x + 0.6, y + 0.6, max(0.0, wide - 1.2), high - 1.2)
    return [box(x, y, wide, high, f"{css}-ground"), hatch(*inner, css), box(*inner, css, 1.2)]


def pointer(x: float, y: float) -> Shape:
    """A small triangle that points to the right, with its middle at y."""
    return polygon(((x, y - 4), (x + POINTER, y), (x, y + 4)), "today")


def stacked(x: float, y: float, room: float, high: float, parts: Iterable[tuple[str, float]]) -> list[Shape]:
    """Parts beside each other, each as (class, share of the room)."""
    shapes: list[Shape] = []
    at = x
    for css, share in parts:
        if share <= 0:
            continue
        end = min(x + room, max(at + LEAST, at + share * room))
        wide = max(end - at - (GAP if end < x + room - GAP else 0.0), min(LEAST, end - at))
        shapes += filled(at, y, wide, high, css)
        at = end
    return shapes


def lettered(x: float, y: float, letter: str) -> tuple[list[Shape], Label]:
    """A letter in a circle, which covers what is below it."""
    ring = [circle(x, y, LETTER, "ground"), circle(x, y, LETTER - 0.8, "mark", 1.6)]
    return ring, Label(x, y + 4, letter, anchor="middle", bold=True)


def legend(y: float, room: float, items: Iterable[Item]) -> tuple[list[Shape], list[Label], float]:
    """Swatches with their words, as many on a line as fit; `y` is the first baseline, given back is the last."""
    shapes: list[Shape] = []
    labels: list[Label] = []
    x = 0.0
    for item in items:
        swatch = 2 * LETTER if item.letter else SWATCH
        shown = fit(item.text, SMALL, room - swatch - 5)
        wide = swatch + 5 + width(shown, SMALL)
        if x and x + wide > room:
            x, y = 0.0, y + LINE
        if item.letter:
            ring, letter = lettered(x + LETTER, y - 4, item.letter)
            shapes += ring
            labels.append(letter)
        elif item.dash is not None:
            shapes.append(line(((x + 5, y - 11), (x + 5, y + 2)), item.css, 1.2, item.dash))
        else:
            shapes += filled(x, y - 9, SWATCH, 10, item.css)
        labels.append(Label(x + swatch + 5, y, shown))
        x += wide + APART
    return shapes, labels, y
