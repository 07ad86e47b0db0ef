"""A line's tables by size as rows: each doubling or split with its bytes, what of it is garbage, and today's size.

Knows one finding; how a row is drawn, `ladder.py` knows, and `text.py` for a terminal.
"""

from typing import NamedTuple

from analyzers.finding import Finding, Rung
from analyzers.maps.tables import TABLE_SLOTS
from analyzers.names.frames import Implementation
from bot import numbers
from bot.pictures.drawn import words
from bot.pictures.scales import sound
from bot.pictures.text import Bar

MOST_ROWS = 14
# What is left of a row by rounding is no garbage.
LEAST = 0.001


class Row(NamedTuple):
    """Tables of one size, or of several small ones together: how many and their bytes, allocated and in use."""

    size: str
    tables: float
    space: float
    inuse: float
    is_today: bool

    @property
    def garbage(self) -> float:
        """What is allocated and not in use."""
        left = self.space - self.inuse
        return left if left > LEAST * self.space else 0.0


def rows(finding: Finding, most: int = MOST_ROWS) -> list[Row]:
    """The ladder, smallest first, the smallest summed up where there are more than `most`."""
    known = finding.ladder
    today = _today(finding)
    beyond = max(0, len(known) - most + 1) if len(known) > most else 0
    by_slots = in_slots(finding)
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


def in_slots(finding: Finding) -> bool:
    """Whether sizes are told in slots; else in bytes of one table."""
    return all(rung.slots for rung in finding.ladder)


def bars(finding: Finding, most: int = MOST_ROWS) -> list[Bar]:
    """The same rows for a terminal, what is in use drawn full."""
    return [Bar(row.size, row.space, row.inuse, numbers.in_bytes(row.space)) for row in rows(finding, most)]


def left_over(finding: Finding) -> str:
    """What is not in use was outgrown where the line's tables grow, else merely dropped; as in the ledger."""
    return "garbage" if finding.value("growth_garbage") else "dropped"


def _today(finding: Finding) -> Rung | None:
    """The largest that is in use, of a map that grew through several sizes. A Swiss map that was split has many of the
    largest there is: none of them is its size."""
    if finding.map is None or finding.map.growths < 2 or len(finding.ladder) < 2:
        return None
    largest = next((rung for rung in reversed(finding.ladder) if rung.inuse_space > 0), None)
    is_split = finding.map.implementation is Implementation.SWISS and largest and largest.slots == TABLE_SLOTS
    return None if is_split else largest
