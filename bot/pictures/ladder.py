"""A line's tables by size as rows: each doubling or split with its bytes, what of it is garbage, and today's size.

Bars are linear: each of a classic map's is twice the one before, and parts of a bar compare only on such a scale.
"""

from collections.abc import Sequence
from typing import NamedTuple

from analyzers.finding import Finding, Rung
from analyzers.maps.tables import TABLE_SLOTS
from analyzers.names.frames import Implementation
from bot import numbers
from bot.pictures.drawn import BODY, LINE, SMALL, Drawing, Label, Shape, words
from bot.pictures.fills import Item, legend, pointer, stacked
from bot.pictures.measure import width, wrap
from bot.pictures.scales import sound
from bot.pictures.text import Bar

MOST_ROWS = 14
ROW, BAR = 18.0, 12.0
MARGIN = 10.0  # room for the mark of today's row
# Fewer tables than this are one, for whoever reads samples.
SEVERAL = 1.5


class Row(NamedTuple):
    """Tables of one size, or of several small ones together: how many and their bytes, allocated and in use."""

    size: str
    tables: float
    space: float
    inuse: float
    is_today: bool


def rows(finding: Finding, most: int = MOST_ROWS) -> list[Row]:
    """The ladder, smallest first, the smallest summed up where there are more than `most`."""
    known = finding.ladder
    today = _today(finding)
    beyond = max(0, len(known) - most + 1) if len(known) > most else 0
    by_slots = all(rung.slots for rung in known)
    found = [
        Row(
            f"{rung.slots:,}" if by_slots and rung.slots else numbers.in_bytes(sound(rung.object_size)),
            sound(rung.alloc_objects),
            sound(rung.alloc_space),
            min(sound(rung.inuse_space), sound(rung.alloc_space)),
            rung is today,
        )
        for rung in known
    ]
    if not beyond:
        return found
    small = found[:beyond]
    summed = Row(
        words("smaller", beyond),
        sum(row.tables for row in small),
        sum(row.space for row in small),
        sum(row.inuse for row in small),
        any(row.is_today for row in small),
    )
    return [summed, *found[beyond:]]


def bars(finding: Finding, most: int = MOST_ROWS) -> list[Bar]:
    """The same rows for a terminal, what is in use drawn full."""
    return [Bar(row.size, row.space, row.inuse, numbers.in_bytes(row.space)) for row in rows(finding, most)]


def splits(finding: Finding) -> float | None:
    """How often a full table of a Swiss map was split; None where no size is known to be full, or none was."""
    last = finding.ladder[-1] if finding.ladder else None
    if last is None or last.slots != TABLE_SLOTS or finding.map is None or not finding.map.growths:
        return None
    return last.alloc_objects / 2 if finding.map.implementation is Implementation.SWISS else None


def drawing(finding: Finding, wide: float, most: int) -> Drawing | None:
    """The ladder as a panel; None where there is none."""
    if not finding.ladder:
        return None
    table = rows(finding, most)
    labels = [Label(0, 12, words("ladder_heading", finding), size=BODY, bold=True)]
    y = 12.0
    for text in wrap(words("ladder_told", finding, splits(finding)), SMALL, wide, 2):
        y += LINE - 1
        labels.append(Label(0, y, text, "muted"))
    shapes, more, y = _rows(table, y + LINE + 3, wide, all(rung.slots for rung in finding.ladder))
    labels += more
    there = {
        "tables": any(row.inuse for row in table),
        "garbage": any(_garbage(row) for row in table),
        "today": any(row.is_today for row in table),
    }
    items = [Item(css, words("ladder_part", css)) for css, is_there in there.items() if is_there]
    swatches, names, y = legend(y + 4, wide, items)
    said = words("ladder_said", finding, splits(finding), table)
    return Drawing("ladder", wide, y + 5, said, [*shapes, *swatches], [*labels, *names])


def _rows(table: Sequence[Row], y: float, wide: float, by_slots: bool) -> tuple[list[Shape], list[Label], float]:
    """The table with its header; given back is the baseline below it."""
    spaces = [numbers.in_bytes(row.space) for row in table]
    counts = [f"×{numbers.about(row.tables)}" if row.tables >= SEVERAL else "" for row in table]
    headers = words("ladder_column", "slots" if by_slots else "size"), words("ladder_column", "space")
    left = MARGIN + max(width(text, SMALL, bold=True) for text in (*(row.size for row in table), headers[0]))
    right = max(width(text, SMALL, bold=True) for text in (*spaces, headers[1]))
    tail = max(width(text, SMALL) for text in counts)
    start, room = left + 8, wide - left - 8 - right - 10 - (tail + 6 if tail else 0)
    most = max(row.space for row in table) or 1.0
    labels = [Label(left, y, headers[0], "muted", anchor="end"), Label(wide, y, headers[1], "muted", anchor="end")]
    shapes: list[Shape] = []
    for row, space, count in zip(table, spaces, counts, strict=True):
        y += ROW
        parts = [("tables", row.inuse / most), ("garbage", _garbage(row) / most)]
        shapes += stacked(start, y - BAR + 2, room, BAR, parts)
        if row.is_today:
            shapes.append(pointer(0, y - 4))
        labels += [
            Label(left, y, row.size, anchor="end", bold=row.is_today),
            Label(wide, y, space, anchor="end", bold=row.is_today),
        ]
        if count:
            labels.append(Label(start + max(2.0, room * row.space / most) + 5, y, count, "muted"))
    return shapes, labels, y + ROW


def _garbage(row: Row) -> float:
    left = row.space - row.inuse
    return left if left > 0.001 * row.space else 0.0


def _today(finding: Finding) -> Rung | None:
    """The largest that is in use, of a map that grew through several sizes."""
    if finding.map is None or finding.map.growths < 2 or len(finding.ladder) < 2:
        return None
    return next((rung for rung in reversed(finding.ladder) if rung.inuse_space > 0), None)
