"""A line's tables by size as bars. They are linear, because parts of a bar compare only on such a scale."""

from collections.abc import Sequence
from typing import NamedTuple

from analyzers.finding import Finding
from bot import numbers
from bot.pictures.drawn import BODY, LINE, SMALL, Drawing, Label, Shape, words
from bot.pictures.fills import Item, legend, pointer, stacked
from bot.pictures.measure import width, wrap
from bot.pictures.rungs import Row, in_slots, left_over, rows

ROW, BAR = 18.0, 12.0
MARGIN = 10.0  # room for the mark of today's row
# Fewer tables than this are one, for whoever reads samples.
SEVERAL = 1.5
BEHIND = 5.0  # between a bar and how many tables it is


class Columns(NamedTuple):
    """Where a table's columns are: sizes end at `left`, bars start at `start` and are at most `room` long."""

    left: float
    start: float
    room: float
    right: float


def drawing(finding: Finding, wide: float, most: int) -> Drawing | None:
    """The ladder as a panel; None where there is none."""
    if not finding.ladder:
        return None
    table = rows(finding, most)
    labels = [Label(0, 12, words("ladder_heading", finding), size=BODY, bold=True)]
    y = 12.0
    for text in wrap(words("ladder_told", finding), SMALL, wide, 2):
        y += LINE - 1
        labels.append(Label(0, y, text, "muted"))
    left = left_over(finding)
    y += LINE + 3
    headers = words("ladder_column", in_slots(finding)), words("ladder_column_space")
    columns = _columns(table, headers, wide)
    labels.append(Label(columns.left, y, headers[0], "muted", anchor="end"))
    labels.append(Label(wide, y, headers[1], "muted", anchor="end"))
    shapes: list[Shape] = []
    for row in table:
        y += ROW
        drawn, told = _row(row, y, columns, max(each.space for each in table) or 1.0, left)
        shapes += drawn
        labels += told
    there = {
        "tables": any(row.inuse for row in table),
        left: any(row.garbage for row in table),
        "today": any(row.is_today for row in table),
    }
    items = [Item(css, words("ladder_part", css)) for css, is_there in there.items() if is_there]
    swatches, names, y = legend(y + ROW + 4, wide, items)
    said = words("ladder_said", finding, table, in_slots(finding))
    return Drawing("ladder", wide, y + 5, said, [*shapes, *swatches], [*labels, *names])


def _columns(table: Sequence[Row], headers: tuple[str, str], wide: float) -> Columns:
    """As wide as what stands in them; the bars take the rest, as far as the counts behind them allow."""
    left = MARGIN + max(width(text, SMALL, bold=True) for text in (*(row.size for row in table), headers[0]))
    right = max(width(text, SMALL, bold=True) for text in (*(numbers.in_bytes(row.space) for row in table), headers[1]))
    most = max(row.space for row in table)
    room = wide - left - 8 - right - 10
    tight = [
        (room - width(_count(row), SMALL) - BEHIND) * most / row.space for row in table if _count(row) and row.space
    ]
    return Columns(left, left + 8, max(1.0, min(room, *tight) if tight else room), wide)


def _row(row: Row, y: float, columns: Columns, most: float, left: str) -> tuple[list[Shape], list[Label]]:
    parts = [("tables", row.inuse / most), (left, row.garbage / most)]
    shapes = stacked(columns.start, y - BAR + 2, columns.room, BAR, parts)
    labels = [
        Label(columns.left, y, row.size, anchor="end", bold=row.is_today),
        Label(columns.right, y, numbers.in_bytes(row.space), anchor="end", bold=row.is_today),
    ]
    if row.is_today:
        shapes.append(pointer(0, y - 4))
    if count := _count(row):
        end = columns.start + max(2.0, columns.room * row.space / most)
        labels.append(Label(end + BEHIND, y, count, "muted"))
    return shapes, labels


def _count(row: Row) -> str:
    return f"×{numbers.about(round(row.tables))}" if row.tables >= SEVERAL else ""
