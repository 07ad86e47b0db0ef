"""A service's remembered captures as lines over time, one for each instance: only what can be drawn. No geometry."""

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from analyzers.compare import Basis
from analyzers.finding import Verdict
from bot.pictures.scales import is_moment, sound
from handlers.records import Remembered

# More lines than this nobody tells apart.
MOST_LINES = 6


class Capture(NamedTuple):
    """One capture: seconds since 1970, bytes of live heap and of its map tables (None: an older release's, unknown).

    `change` is what happened to the process before it, if anything did; `problem` the verdict, if it is one.
    """

    at: float
    heap: float
    tables: float | None
    problem: str | None
    change: Basis | None


class Series(NamedTuple):
    """One instance's captures, oldest first, at least one."""

    instance: str
    captures: tuple[Capture, ...]

    @property
    def last(self) -> Capture:
        """The newest one."""
        return self.captures[-1]


class Trend(NamedTuple):
    """The lines to be drawn, the largest first, and those that are too many."""

    lines: tuple[Series, ...]
    others: tuple[Series, ...]

    @property
    def captures(self) -> list[Capture]:
        """All that are drawn, oldest first."""
        return sorted((each for line in self.lines for each in line.captures), key=lambda capture: capture.at)


def trend_of(remembered: Iterable[Remembered]) -> Trend:
    """What of `remembered` has a moment and a size."""
    by_instance: dict[str, list[Capture]] = {}
    for each in remembered:
        if is_moment(each.captured_at) and math.isfinite(each.live_heap):
            by_instance.setdefault(each.instance, []).append(_capture(each))
    lines = [Series(name, tuple(sorted(found, key=lambda one: one.at))) for name, found in by_instance.items()]
    lines.sort(key=lambda line: (-line.last.heap, line.instance))
    return Trend(tuple(lines[:MOST_LINES]), tuple(lines[MOST_LINES:]))


def changes(captures: Sequence[Capture]) -> list[tuple[float, Basis]]:
    """When there was a new build or a restart, newest first."""
    return [(each.at, each.change) for each in reversed(captures) if each.change]


def _capture(known: Remembered) -> Capture:
    heap = sound(known.live_heap)
    tables = min(sound(known.tables), heap) if known.tables > 0 or known.capture_id else None
    problem = known.verdict if known.verdict and known.verdict != Verdict.NO_MAP_PROBLEM else None
    change = next((basis for basis in (Basis.NEW_BUILD, Basis.RESTARTED) if basis == known.basis), None)
    return Capture(known.captured_at, heap, tables, problem, change)
