"""How many entries a service's maps could hold at most, by the objects that are alive beside the tables.

An entry with a string or a pointer in it keeps at least one object alive. Knows a case's usage, not what it proves.
"""

from collections.abc import Iterable
from typing import NamedTuple

from analyzers.names.frames import Kind
from analyzers.profile import sampling_probability
from analyzers.sites import Ledger, Line

# The allocator packs objects without pointers below 16 bytes together (runtime: maxTinySize).
TINY = 16
TINY_IN_A_BLOCK = 2
# Two standard errors of a sampled count: 95 %.
SURE = 2.0


class Population(NamedTuple):
    """The objects of one line that could be a map's keys or values: how many are alive, the relative error of that
    (two standard errors), and how often they were replaced."""

    alive: float = 0.0
    error: float = 0.0
    turnover: float = 0.0

    @property
    def least(self) -> float:
        """The lower end of what may be alive."""
        return self.alive * max(0.0, 1 - self.error)

    @property
    def most(self) -> float:
        """The upper end of what may be alive."""
        return self.alive * (1 + self.error)


def largest(lines: Iterable[Line], period: int) -> Population:
    """The most numerous live objects of any one line, or of any one size: a map whose entries keep objects of their own
    hardly holds more. The keys of a cache may come from several lines, but then they are much alike."""
    ledgers = [line.ledger for line in lines]
    sizes: dict[int, Ledger] = {}
    for ledger in ledgers:
        for (kind, size), usage in ledger.cells.items():
            sizes.setdefault(size, Ledger()).add(kind, size, usage)
    populations = (_of(ledger, period) for ledger in (*ledgers, *sizes.values()))
    return max(populations, key=lambda population: population.most, default=Population())


def _of(ledger: Ledger, period: int) -> Population:
    made = alive = samples = 0.0
    for (kind, size), usage in ledger.cells.items():
        if kind in (Kind.VALUE, Kind.ENTRY):
            packed = TINY_IN_A_BLOCK if size <= TINY else 1
            made += usage.alloc_objects * packed
            alive += usage.inuse_objects * packed
            samples += usage.inuse_objects * sampling_probability(size, period)
    return Population(alive, SURE / max(samples, 1.0) ** 0.5, made / alive) if alive else Population()
