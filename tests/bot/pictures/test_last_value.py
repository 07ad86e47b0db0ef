"""The value at the end of a trend stands where the line is not, however the line comes there."""

import re
from itertools import pairwise

import pytest

from bot.pictures.panels import trend_panel
from handlers.records import Remembered
from tests.bot.pictures.drawings import NUMBER, SVG, Box, parsed, texts

MIB = 1024.0**2


def trend(*heaps: float, verdict: str = "no_map_problem", tables: float = 0.1) -> str:
    return trend_panel(
        [
            Remembered(1.7e9 + 600 * at, "orders-0", verdict, "", heap * MIB, heap * MIB * tables, capture_id=f"r{at}")
            for at, heap in enumerate(heaps)
        ]
    )


def label_and_line(svg: str) -> tuple[Box, list[tuple[float, float]]]:
    root = parsed(svg)
    (value,) = (each.text for each in root.iter(SVG + "text") if each.get("class") == "value")
    path, *_ = (each.get("d", "") for each in root.iter(SVG + "path") if each.get("class") == "heap")  # then the legend
    corners = [tuple(map(float, NUMBER.findall(corner))) for corner in re.split("[ML]", path)[1:]]
    boxes = [box for box in texts(root) if box.text == value]  # an axis may have the same
    return max(boxes, key=lambda box: box.right), [(x, y) for x, y in corners]


def crossed(box: Box, corners: list[tuple[float, float]]) -> bool:
    """Whether the line runs through the text, looked at a tenth of a pixel after the other."""
    for (x1, y1), (x2, y2) in pairwise(corners):
        steps = max(1, round(10 * abs(x2 - x1)))
        for step in range(steps + 1):
            x, y = x1 + (x2 - x1) * step / steps, y1 + (y2 - y1) * step / steps
            if box.left - 1 < x < box.right + 1 and box.top - 1 < y < box.bottom + 1:
                return True
    return False


@pytest.mark.parametrize("verdict", ["no_map_problem", "growth_storm"])
@pytest.mark.parametrize(
    "heaps",
    [
        (10, 30, 60, 120, 90),
        (120, 90),
        (100, 73.6),
        (100, 99),
        (100, 20),
        (10, 100),
        (50, 50),
        (1, 100, 1, 100, 1),
        (1, 100, 1, 100, 60, 100, 50, 40, 38, 36, 35, 34),
        tuple(range(100, 50, -1)),
        (73.6,),
    ],
)
def test_the_last_value_does_not_lie_on_the_line(heaps: tuple[float, ...], verdict: str) -> None:
    svg = trend(*heaps, verdict=verdict)
    box, corners = label_and_line(svg)
    assert not crossed(box, corners)
    assert box.top >= 0


def test_it_stands_above_a_rising_end_and_below_a_steep_fall() -> None:
    box, corners = label_and_line(trend(60, 60, 60, 60, 60, 100))
    assert box.bottom < corners[-1][1]
    box, corners = label_and_line(trend(100, 100, 100, 100, 100, 60))
    assert box.top > corners[-1][1]


def test_it_is_never_put_on_the_tables() -> None:
    box, corners = label_and_line(trend(100, 100, 100, 100, 100, 60, tables=0.95))
    assert box.bottom < corners[-1][1]
    assert not crossed(box, corners)
