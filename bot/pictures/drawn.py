"""What a picture is made of before it is markup: outlines and labels in a box. No colours and no facts about maps.

A panel's classes say what a thing means; which colour that is, the style around it says: style.svg.j2, or a page's CSS.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from markupsafe import Markup

from bot.words import Medium, clean, markup, phrase

SMALL, BODY = 11.0, 12.0  # sizes of text; nothing is smaller, because a phone shows a picture at its logical width
LINE = 17.0  # from one line of text to the next
WORDS = "pictures/_words.j2"
LONGEST_SAID = 1_500
Point = tuple[float, float]


class Shape(NamedTuple):
    """An outline: filled, or where it has a `stroke`, drawn with a line that wide, dashed as `dash` says."""

    path: Markup
    css: str
    stroke: float = 0.0
    dash: str = ""


class Label(NamedTuple):
    """Text whose baseline is at y; `anchor` is which end of it is at x: start, middle, end."""

    x: float
    y: float
    text: str
    css: str = "ink"
    size: float = SMALL
    anchor: str = "start"
    bold: bool = False


class Drawing(NamedTuple):
    """One panel. `said` is the same in words, for those who do not see it; its kind is a class of its root."""

    kind: str
    width: float
    height: float
    said: str
    shapes: Sequence[Shape]
    labels: Sequence[Label]


def panel(drawing: Drawing) -> Markup:
    """The drawing as an SVG element that can stand in a page or in another SVG."""
    said = Markup.escape(clean(drawing.said, LONGEST_SAID))  # escaped here, because names are cut sooner
    return Markup(markup("pictures/panel.svg.j2", Medium.PICTURE, drawing=drawing, said=said))  # noqa: S704 - markup's


def words(macro: str, *facts: object) -> str:
    """What a macro of the pictures' words says, as plain text."""
    return phrase(WORDS, macro, *facts)


def polygon(points: Iterable[Point], css: str) -> Shape:
    """A filled outline through `points`."""
    return Shape(_path(points) + Markup("Z"), css)


def line(points: Iterable[Point], css: str, stroke: float = 1.0, dash: str = "") -> Shape:
    """A line through `points`."""
    return Shape(_path(points), css, stroke, dash)


def box(x: float, y: float, width: float, height: float, css: str, stroke: float = 0.0) -> Shape:
    """A rectangle, filled or drawn."""
    corners = ((x, y), (x + width, y), (x + width, y + height), (x, y + height))
    return polygon(corners, css)._replace(stroke=stroke)


def circle(x: float, y: float, radius: float, css: str, stroke: float = 0.0) -> Shape:
    """A circle of two arcs, filled or drawn."""
    arc = f"A{radius:.1f} {radius:.1f} 0 1 0"
    path = f"M{x - radius:.1f} {y:.1f}{arc} {x + radius:.1f} {y:.1f}{arc} {x - radius:.1f} {y:.1f}Z"
    return Shape(Markup(path), css, stroke)  # noqa: S704 - numbers only


def hatch(x: float, y: float, width: float, height: float, css: str, step: float = 5.0) -> Shape:
    """Lines across a rectangle, from bottom left to top right, so that its colour is not all that tells it apart.

    Lines rather than a pattern: a page has many panels, and a pattern's id may be there but once.
    """
    path, offset = "", step
    while offset < width + height and width > 0:
        left, right = max(0.0, offset - height), min(width, offset)
        path += f"M{x + left:.1f} {y + offset - left:.1f}L{x + right:.1f} {y + offset - right:.1f}"
        offset += step
    return Shape(Markup(path), css, 1.4)  # noqa: S704 - numbers only


def _path(points: Iterable[Point]) -> Markup:
    text = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    return Markup("M" + text)  # noqa: S704 - numbers only
