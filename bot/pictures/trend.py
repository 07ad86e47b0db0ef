"""Live heap over time as a chart: axes, lines, what is around them. `plot.py` has what stands on the lines."""

from collections.abc import Iterable
from typing import NamedTuple

from bot.pictures import plot
from bot.pictures.axes import Mark, in_turn, spread
from bot.pictures.drawn import BODY, LINE, SMALL, Drawing, Label, Shape, line, words
from bot.pictures.fills import Item, legend
from bot.pictures.measure import fit, width, wrap
from bot.pictures.plot import Frame
from bot.pictures.scales import Scale, byte_ticks, time_ticks
from bot.pictures.series import Trend, changes, trend_of
from bot.pictures.text import Bar
from handlers.records import Remembered

HIGH, HIGHER = 84.0, 160.0  # of the plot, with one line and with several
HEADROOM = 1.3  # above the largest value, for the label of the last one
NAMES = 104.0  # beside several lines
EDGE = 12.0


class Heading(NamedTuple):
    """What stands above the plot, and where it ends."""

    labels: list[Label]
    y: float


def drawing(remembered: Iterable[Remembered], wide: float) -> Drawing:
    """The chart as a panel; where there is no capture, a sentence."""
    trend = trend_of(remembered)
    head = _heading(trend, wide)
    said = words("trend_said", trend, trend.captures, changes(trend.captures))
    if not trend.lines:
        return Drawing("trend", wide, head.y + 8, said, [], head.labels)
    frame = _frame(trend, wide, head.y + (30 if changes(trend.captures) else 18))
    grid, numbers = _axes(trend, frame, wide)
    ruled, told = _changes(trend, frame)
    lines, names = plot.lines(trend, frame)
    swatches, keys, y = legend(frame.y.start + 38, wide, [*_items(trend), *_untold(trend, told)])
    return Drawing(
        "trend", wide, y + 5, said, [*grid, *ruled, *lines, *swatches], [*head.labels, *numbers, *told, *names, *keys]
    )


def bars(remembered: Iterable[Remembered], most: int = 12) -> list[Bar]:
    """The newest `most` captures of one instance for a terminal, oldest first; map tables are drawn full."""
    known = trend_of(remembered).captures[-most:]
    return [
        Bar(words("moment", one.at), one.heap, one.tables or 0.0, words("trend_row", one.heap, one.problem))
        for one in known
    ]


def _heading(trend: Trend, wide: float) -> Heading:
    labels = [Label(0, 12, fit(words("trend_heading", trend.captures), BODY, wide, bold=True), size=BODY, bold=True)]
    y = 12.0
    for text in wrap(words("trend_told", trend, trend.captures), SMALL, wide, 3):
        y += LINE - 1
        labels.append(Label(0, y, text, "muted"))
    return Heading(labels, y)


def _frame(trend: Trend, wide: float, top: float) -> Frame:
    """The plot between the numbers on its left and the names on its right."""
    captures = trend.captures
    most = max(capture.heap for capture in captures) or 1.0
    ticks = byte_ticks(most)
    left = max(width(tick.shown, SMALL) for tick in ticks) + 8
    right = wide - (NAMES if len(trend.lines) > 1 else EDGE)
    across = Scale(captures[0].at, captures[-1].at, left + EDGE, right)
    up = Scale(0.0, max(most * HEADROOM, ticks[-1].value), top + (HIGH if len(trend.lines) == 1 else HIGHER), top)
    return Frame(across, up, left)


def _axes(trend: Trend, frame: Frame, wide: float) -> tuple[list[Shape], list[Label]]:
    captures = trend.captures
    bottom, right = frame.y.start, frame.x.end + (0 if len(trend.lines) > 1 else EDGE)
    shapes, labels = [], []
    for tick in byte_ticks(max(capture.heap for capture in captures) or 1.0):
        y = frame.y.at(tick.value)
        shapes.append(line(((frame.left, y), (right, y)), "grid" if tick.value else "axis"))
        labels.append(Label(frame.left - 6, y + 4, tick.shown, "muted", anchor="end"))
    moments = time_ticks(captures[0].at, captures[-1].at)
    places = [frame.x.at(tick.value) for tick in moments]
    shapes += [line(((x, bottom), (x, bottom + 4)), "axis") for x in places]
    zone = Label(0, bottom + 17, words("zone"), "muted")
    marks = [Mark(x, tick.shown) for x, tick in zip(places, moments, strict=True)]
    return shapes, [*labels, zone, *spread(marks, bottom + 17, width(zone.text, SMALL) + 8, wide)]


def _changes(trend: Trend, frame: Frame) -> tuple[list[Shape], list[Label]]:
    """A vertical line for each new build and restart; of each kind the newest has its words, others where they fit."""
    found = [(frame.x.at(at), basis) for at, basis in changes(trend.captures)]
    shapes, drawn = [], list[float]()
    for x, basis in found:
        if all(abs(x - other) >= 4 for other in drawn):
            drawn.append(x)
            ends = ((x, frame.y.end - 6), (x, frame.y.start))
            shapes.append(line(ends, "change", 1.2, plot.DASHES[basis]))
    newest = {basis: x for x, basis in reversed(found)}
    marks = [Mark(x, words("change", basis)) for basis, x in newest.items()]
    marks += [Mark(x, words("change", basis)) for x, basis in found if newest[basis] != x and x in drawn]
    return shapes, in_turn(marks, frame.y.end - 11, frame.left, frame.x.end + EDGE, "ink")


def _untold(trend: Trend, told: list[Label]) -> list[Item]:
    """What a dash means where no line of its kind had room for words."""
    kinds = sorted({basis for _, basis in changes(trend.captures)})
    known = {label.text for label in told}
    return [
        Item("change", words("change", basis), dash=plot.DASHES[basis])
        for basis in kinds
        if words("change", basis) not in known
    ]


def _items(trend: Trend) -> list[Item]:
    """What the lines mean, then what the letters mean."""
    items = []
    if len(trend.lines) == 1:
        last = trend.lines[0].last
        items.append(Item("heap", words("trend_part", "heap")))
        if last.tables is not None:
            share = last.tables / last.heap if last.heap else 0.0
            items.append(Item("tables", words("trend_tables", last.tables, share)))
    problems = sorted({capture.problem for capture in trend.captures if capture.problem})
    return [*items, *(Item("mark", words("trend_problem", name), plot.letter(name)) for name in problems[:8])]
