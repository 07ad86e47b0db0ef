"""From values to coordinates, and where an axis has its ticks. Whatever a number is, it stays on its axis.

Knows bytes, seconds since 1970 and counts; no drawing.
"""

import math
from datetime import UTC, datetime
from typing import NamedTuple

from bot import numbers

# Beyond a pebibyte nothing is told apart; what is not a number is nothing.
MOST = 2.0**50
# What clocks can show: up to the year 9999, less a day of room for ticks.
LAST_MOMENT = 253_402_214_400.0
MINUTE, HOUR, DAY = 60, 3_600, 86_400
TIME_STEPS = (
    *(1, 2, 5, 10, 15, 30),
    *(MINUTE * each for each in (1, 2, 5, 10, 15, 30)),
    *(HOUR * each for each in (1, 2, 3, 6, 12)),
    *(DAY * each for each in (1, 2, 7, 14, 30, 91, 182, 365, 3_650, 36_500, 365_000)),
)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Tick(NamedTuple):
    """A place on an axis and what stands there."""

    value: float
    shown: str


class Scale(NamedTuple):
    """Values from `low` to `high` on coordinates from `start` to `end`; what is beyond stays at the edge."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Where `value` is. Where there is only one value, it is in the middle."""
        if not self.high > self.low:
            return (self.start + self.end) / 2
        part = (value - self.low) / (self.high - self.low)
        return self.start + min(1.0, max(0.0, part)) * (self.end - self.start)


def sound(value: float) -> float:
    """A number that can be drawn: 0 for what is no number or negative, and not endlessly large."""
    return min(value, MOST) if value > 0 else 0.0


def is_moment(seconds: float) -> bool:
    """Whether clocks can show it."""
    return 0 <= seconds <= LAST_MOMENT


def byte_ticks(most: float, count: int = 3) -> list[Tick]:
    """From 0 to beyond `most` in steps that are round in their unit; no more than `count` steps."""
    unit = numbers.KIB ** min(3, max(0, int(math.log(max(most, 1.0), numbers.KIB))))
    step = max(1.0, unit * _round_up(max(most, 1.0) / unit / count))
    steps = max(1, math.ceil(most / step))
    return [Tick(0.0, "0"), *(Tick(step * n, _in_bytes(step * n)) for n in range(1, steps + 1))]


def time_ticks(first: float, last: float, count: int = 4) -> list[Tick]:
    """Round moments of UTC from `first` to `last`, about `count`; those two themselves where there is none between."""
    step = next((each for each in TIME_STEPS if (last - first) / each <= count), TIME_STEPS[-1])
    at = math.ceil(first / step) * step
    ticks: list[Tick] = []
    while last > first and at <= last and len(ticks) <= count:
        ticks.append(Tick(at, _moment(at, step)))
        at += step
    ticks = ticks or [Tick(first, _moment(first, MINUTE))]
    if any(":" not in tick.shown for tick in ticks):
        return ticks
    # Hours alone could be of any day.
    return [Tick(ticks[0].value, f"{_moment(ticks[0].value, DAY)} {ticks[0].shown}"), *ticks[1:]]


def log_ticks(low: float, high: float) -> list[Tick]:
    """Round numbers around `low` to `high` (both at least 1): powers of ten where there are many, else 1, 2, 5."""
    few = high / low > 100
    below = 10.0 ** math.floor(math.log10(low))
    values = [below * factor * 10**n for n in range(24) for factor in ((1,) if few else (1, 2, 5))]
    first = max(value for value in values if value <= low)
    last = min(value for value in values if value >= high)
    return [Tick(value, numbers.about(value)) for value in values if first <= value <= last]


def log(value: float) -> float:
    """The place of a count on a logarithmic scale; whatever is below 1 is at 1."""
    return math.log10(max(1.0, sound(value)))


def _round_up(value: float) -> float:
    """The next of 1, 2, 5, 10, 20, 50, 100 ..."""
    power = 10.0 ** math.floor(math.log10(max(value, 1e-3)))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= value * (1 - 1e-9))


def _in_bytes(value: float) -> str:
    number, unit = numbers.in_bytes(value).split(" ")
    return f"{number.removesuffix('.0')} {unit}"


def _moment(seconds: float, step: float) -> str:
    moment = datetime.fromtimestamp(seconds, UTC)
    if step >= 365 * DAY:
        return f"{moment.year}"
    if step >= DAY or (moment.hour, moment.minute, moment.second) == (0, 0, 0):
        return f"{moment.day} {MONTHS[moment.month - 1]}"
    return f"{moment:%H:%M}" if step >= MINUTE else f"{moment:%H:%M:%S}"
