"""What stands on a trend's axes: one instance's heap and tables as areas, or several as lines; dots, letters, names."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from analyzers.compare import Basis
from analyzers.finding import Verdict
from bot import numbers
from bot.pictures.axes import apart
from bot.pictures.drawn import SMALL, Label, Point, Shape, circle, line, polygon
from bot.pictures.fills import LETTER, lettered
from bot.pictures.measure import Keep, fit, width
from bot.pictures.scales import Scale
from bot.pictures.series import Capture, Series, Trend

DASHES = {Basis.NEW_BUILD: "5 3", Basis.RESTARTED: "1.5 3"}
# Lines differ in more than their colour.
LINE_DASHES = ("", "7 3", "2 3", "9 3 2 3", "4 2", "12 4")
# One letter for each verdict; a newer release's has a question mark.
LETTERS = {
    Verdict.GROWTH_STORM: "G",
    Verdict.REBUILD_CHURN: "R",
    Verdict.UNBOUNDED_GROWTH: "U",
    Verdict.LARGE_MAP_RETAINED: "L",
    Verdict.MANY_SMALL_MAPS: "M",
    Verdict.SLICE_GROWTH: "S",
    Verdict.OVERSIZED_HINT: "O",
    Verdict.CLONE_STORM: "C",
    Verdict.CHURN_INFLATION: "I",
}
DOT, HALF_BAR = 2.5, 7.0
NAME_STEP = 27.0  # two lines, the name and its last value
NAME_ROOM = 92.0
CAPITALS = 8.0  # how high they are in a small text
CLEAR = 4.0  # between a text and a line beside it


class Frame(NamedTuple):
    """Where moments are across and bytes are up; `left` is where the plot begins."""

    x: Scale
    y: Scale
    left: float

    def point(self, capture: Capture) -> Point:
        """Of its heap."""
        return self.x.at(capture.at), self.y.at(capture.heap)


def letter(problem: str) -> str:
    """What stands for a verdict in a circle."""
    return next((mark for verdict, mark in LETTERS.items() if verdict == problem), "?")


def lines(trend: Trend, frame: Frame) -> tuple[list[Shape], list[Label]]:
    """The lines, their captures, and the last values."""
    alone = len(trend.lines) == 1
    shapes, labels = _areas(trend.lines[0], frame) if alone else _several(trend, frame)
    rings: list[Shape] = []
    marked: list[Point] = []
    for number, series in enumerate(trend.lines):
        crowded = (frame.x.end - frame.left) / len(series.captures) < 3 * DOT
        for capture in reversed(series.captures):
            x, y = frame.point(capture)
            if capture.problem and all(math.dist((x, y), other) >= 2 * LETTER + 2 for other in marked):
                marked.append((x, y))
                ring, name = lettered(x, y, letter(capture.problem))
                rings += ring
                labels.append(name)
            elif not crowded:
                shapes.append(circle(x, y, DOT, "heap-dot" if alone else f"line-{number + 1}-dot"))
    # Rings last: a letter must not have another line's dot on it.
    return [*shapes, *rings], labels


def _areas(series: Series, frame: Frame) -> tuple[list[Shape], list[Label]]:
    """The heap as a line over a tint, and the tables below it; a bar where there is one capture only."""
    bottom = frame.y.start
    heap = _widened([frame.point(capture) for capture in series.captures])
    tables = _widened(
        [(frame.x.at(one.at), frame.y.at(one.tables)) for one in series.captures if one.tables is not None]
    )
    shapes = [polygon([(heap[0][0], bottom), *heap, (heap[-1][0], bottom)], "heap-area")]
    if tables:
        shapes.append(polygon([(tables[0][0], bottom), *tables, (tables[-1][0], bottom)], "tables"))
    shapes += [line(heap, "casing", 4.0), line(heap, "heap", 2.0)]
    shown = numbers.in_bytes(series.last.heap)
    wide = width(shown, SMALL, bold=True)
    end = min(frame.x.at(series.last.at) + wide / 2, frame.x.end + HALF_BAR + 3)
    base = _beside(heap, tables or [(end, bottom)], end - wide, end)
    return shapes, [Label(end, base, shown, "value", anchor="end", bold=True)]


def _beside(heap: Sequence[Point], floor: Sequence[Point], left: float, right: float) -> float:
    """The baseline of a text from `left` to `right` that names the end of the line `heap`: above all of the line that
    is there, or below it where that is nearer to the end and well above the line `floor`."""
    high, low = _span(heap, left, right, LETTER + 1)
    above, below = high - CLEAR, low + CLEAR + CAPITALS
    end = heap[-1][1]
    fits = below + CLEAR <= _span(floor, left, right, 0.0)[0]
    return below if fits and below - CAPITALS - end < end - above else above


def _span(points: Sequence[Point], left: float, right: float, around: float) -> tuple[float, float]:
    """The highest and the lowest y of a line between `left` and `right`; each of its points takes `around` more."""
    ys = [y + side for x, y in points if left - around < x < right + around for side in (-around, around)]
    for (x1, y1), (x2, y2) in pairwise(points):
        crossed = [x for x in (left, right) if x1 <= x <= x2 and x1 < x2]
        ys += [y1 + (y2 - y1) * (x - x1) / (x2 - x1) for x in crossed]
    return (min(ys), max(ys)) if ys else (points[-1][1], points[-1][1])


def _widened(points: list[Point]) -> list[Point]:
    if len(points) != 1:
        return points
    ((x, y),) = points
    return [(x - HALF_BAR, y), (x + HALF_BAR, y)]


def _several(trend: Trend, frame: Frame) -> tuple[list[Shape], list[Label]]:
    """A line for each instance with its name and last value beside its end."""
    shapes: list[Shape] = []
    labels: list[Label] = []
    ends = [frame.point(series.last) for series in trend.lines]
    at = frame.x.end + 12
    ys = apart([y + 4 for _, y in ends], NAME_STEP, frame.y.end + 4, frame.y.start - 8)
    for number, (series, (x, y), name_y) in enumerate(zip(trend.lines, ends, ys, strict=True)):
        css = f"line-{number + 1}"
        shapes.append(line([frame.point(capture) for capture in series.captures], css, 2.0, LINE_DASHES[number]))
        if x < frame.x.end - 1 or abs(name_y - 4 - y) > 3:
            shapes.append(line(((x, y), (at - 2, name_y - 4)), css))
        labels.append(Label(at, name_y, fit(series.instance, SMALL, NAME_ROOM, keep=Keep.BOTH)))
        labels.append(Label(at, name_y + 12, numbers.in_bytes(series.last.heap), "muted"))
    return shapes, labels
