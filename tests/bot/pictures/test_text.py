"""Pictures of characters: aligned, within their width, and plain where the encoding has no blocks."""

import math

from hypothesis import given
from hypothesis import strategies as st

from bot.pictures.text import Bar, bars, sparkline

ROWS = [Bar("65,536", 1.8, 0, "1.8 MiB"), Bar("131,072", 3.5, 0, "3.5 MiB"), Bar("262,144", 7.0, 7.0, "7.0 MiB")]
anything = st.floats() | st.sampled_from([0.0, -1.0, 1e15, math.nan])


def test_a_line_of_blocks_begins_at_nothing() -> None:
    assert sparkline([0, 1, 2, 3, 4, 5, 6, 7]) == "▁▂▃▄▅▆▇█"
    assert sparkline([3, None, math.nan, 3]) == "█  █"
    assert sparkline([0, 0]) == "▁▁"
    assert sparkline([]) == ""
    assert sparkline([0, 7], plain=True).isascii()


def test_bars_are_aligned() -> None:
    assert bars(ROWS, 40) == (
        " 65,536  ░░░░░░                  1.8 MiB\n131,072  ░░░░░░░░░░░             3.5 MiB\n"
        "262,144  ██████████████████████  7.0 MiB"
    )
    assert bars(ROWS, 40, plain=True).replace("#", "█").replace(".", "░") != bars(ROWS, 40)
    assert bars(ROWS, 40, plain=True).isascii()
    assert bars([]) == ""


@given(st.lists(anything | st.none(), max_size=30), st.booleans())
def test_one_character_for_each_value(values: list[float | None], plain: bool) -> None:
    assert len(sparkline(values, plain=plain)) == len(values)


@given(
    st.lists(st.builds(Bar, st.text("aW/", max_size=200), anything, anything, st.text("0", max_size=12)), max_size=8),
    st.integers(40, 120),
)
def test_no_row_is_wider_than_asked_for(rows: list[Bar], width: int) -> None:
    drawn = bars(rows, width).splitlines()
    assert all(len(line) <= width for line in drawn)
