"""Axes have round ticks, and whatever a number is, it stays on its axis."""

import math
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.pictures.axes import apart
from bot.pictures.scales import LAST_MOMENT, MOST, Scale, Tick, byte_ticks, is_moment, log_ticks, sound, time_ticks

MIB = 1024.0**2
anything = st.floats() | st.sampled_from([0.0, -1.0, 1e15, math.nan, math.inf, -math.inf])


def shown(ticks: list[Tick]) -> list[str]:
    return [tick.shown for tick in ticks]


def moment(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("most", "ticks"),
    [
        (73.6 * MIB, ["0", "50 MiB", "100 MiB"]),
        (4.2 * MIB, ["0", "2 MiB", "4 MiB", "6 MiB"]),
        (600 * 1024, ["0", "200 KiB", "400 KiB", "600 KiB"]),
        (2.5 * 1024 * MIB, ["0", "1 GiB", "2 GiB", "3 GiB"]),
        (0, ["0", "1 B"]),
    ],
)
def test_bytes_have_ticks_that_are_round_in_their_unit(most: float, ticks: list[str]) -> None:
    assert shown(byte_ticks(most)) == ticks


@pytest.mark.parametrize(
    ("first", "last", "ticks"),
    [
        ("2026-11-22 20:05", "2026-11-22 22:10", ["22 Nov 21:00", "22:00"]),
        ("2026-11-22 22:50", "2026-11-23 10:50", ["23 Nov", "03:00", "06:00", "09:00"]),
        ("2026-11-01 00:00", "2026-11-05 00:00", ["1 Nov", "2 Nov", "3 Nov", "4 Nov", "5 Nov"]),
        ("2026-11-22 22:50", "2026-11-22 22:50", ["22 Nov 22:50"]),
        ("2026-11-22 22:50:01", "2026-11-22 22:50:20", ["22 Nov 22:50:05", "22:50:10", "22:50:15", "22:50:20"]),
    ],
)
def test_times_have_round_ticks_and_a_day(first: str, last: str, ticks: list[str]) -> None:
    assert shown(time_ticks(moment(first), moment(last))) == ticks


def test_counts_have_round_ticks_around_them() -> None:
    assert shown(log_ticks(425_985, 851_968)) == ["200,000", "500,000", "1,000,000"]
    assert shown(log_ticks(1, 851_968))[::3] == ["1", "1,000", "1,000,000"]
    assert shown(log_ticks(9, 9)) == ["5", "10"]


@given(anything)
def test_any_number_becomes_one_that_can_be_drawn(value: float) -> None:
    assert 0 <= sound(value) <= MOST


@given(anything, anything, anything)
def test_nothing_leaves_its_axis(low: float, high: float, value: float) -> None:
    scale = Scale(sound(low), sound(high), 10.0, 90.0)
    assert 10 <= scale.at(sound(value)) <= 90


@given(anything)
def test_bytes_have_few_ticks_and_the_last_is_beyond(most: float) -> None:
    ticks = byte_ticks(sound(most))
    assert 2 <= len(ticks) <= 4
    assert ticks[-1].value >= sound(most) * (1 - 1e-9)


@given(st.floats(0, LAST_MOMENT), st.floats(0, LAST_MOMENT))
def test_times_have_few_ticks(one: float, other: float) -> None:
    first, last = sorted((one, other))
    assert 1 <= len(time_ticks(first, last)) <= 5


@given(anything)
def test_only_what_a_clock_can_show_is_a_moment(seconds: float) -> None:
    if is_moment(seconds):
        datetime.fromtimestamp(seconds, UTC)


@given(st.lists(st.floats(0, 100), max_size=6))
def test_labels_beside_lines_keep_apart_and_in_order(wanted: list[float]) -> None:
    placed = apart(wanted, 15, 0, 100)
    order = sorted(range(len(wanted)), key=lambda at: wanted[at])
    ys = [placed[at] for at in order]
    assert all(later - earlier >= 14.99 for earlier, later in pairwise(ys))
    assert all(0 <= y <= 100 for y in ys)
