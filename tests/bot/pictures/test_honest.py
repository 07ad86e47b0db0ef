"""What is drawn is as long as it is much: bars and lines begin at 0 and keep the proportions of their numbers."""

import re

import pytest

from analyzers.finding import Rung, Verdict
from bot.pictures import ladder
from bot.pictures.drawn import Shape
from bot.pictures.fills import GAP
from bot.pictures.panels import trend_panel
from bot.pictures.scales import Scale
from bot.pictures.series import trend_of
from bot.shell.sketch import sketch
from handlers.records import Remembered
from tests.analyzers.recordings import Recording
from tests.bot.notes import finding, summary
from tests.bot.pictures.drawings import NUMBER, SVG, diagnosis_of, parsed

MIB = 1024.0**2
RUNGS = (
    Rung(1024, 64, 10, 100 * MIB, 0),
    Rung(2048, 128, 10, 200 * MIB, 150 * MIB),
    Rung(4096, 256, 1, 50 * MIB, 25 * MIB),
)


def extent(shape: Shape) -> float:
    xs = [float(NUMBER.findall(corner)[0]) for corner in re.split("[MLZ]", str(shape.path)) if corner]
    return max(xs) - min(xs)


def test_a_scale_is_straight() -> None:
    scale = Scale(50.0, 150.0, 300.0, 100.0)
    assert [scale.at(value) for value in (50, 75, 100, 150)] == [300, 250, 200, 100]


def test_bars_of_a_ladder_are_as_long_as_their_bytes() -> None:
    drawn = ladder.drawing(finding(Verdict.GROWTH_STORM)._replace(ladder=RUNGS), 380.0, 14)
    assert drawn is not None
    bars = [shape for shape in drawn.shapes if shape.css in ("tables", "garbage-ground")][:5]  # then the legend
    small, used, rest, *last = (extent(shape) + GAP for shape in bars)
    whole = used + rest
    assert small == pytest.approx(whole / 2, abs=2 * GAP)
    assert used == pytest.approx(whole * 0.75, abs=2 * GAP)
    assert last == [pytest.approx(whole / 8, abs=2 * GAP)] * 2


def test_a_trend_begins_at_nothing() -> None:
    """Half of a heap is half as high: its axis was not cut off to make more of a change."""
    past = [Remembered(1.7e9 + at, "a", "", "", heap * MIB, 0.0, capture_id="r") for at, heap in enumerate((50, 100))]
    root = parsed(trend_panel(past))
    paths = {css: each.get("d", "") for each in root.iter(SVG + "path") for css in [each.get("class", "")]}
    line, *_ = (each.get("d", "") for each in root.iter(SVG + "path") if each.get("class") == "heap")
    (_, half), (_, full) = (map(float, NUMBER.findall(corner)) for corner in re.split("[ML]", line)[1:])
    bottom = max(float(NUMBER.findall(corner)[1]) for corner in re.split("[MLZ]", paths["heap-area"]) if corner)
    assert bottom - half == pytest.approx((bottom - full) / 2, abs=0.2)


def test_tables_of_an_older_history_are_no_more_than_the_heap() -> None:
    (line,) = trend_of([Remembered(1.7e9, "a", "", "", 25.0, 33.0, capture_id="r")]).lines
    assert line.last.tables == 25.0


def test_a_ladder_tells_what_is_in_use_apart(recordings: dict[str, Recording]) -> None:
    rungs = diagnosis_of(recordings["go1.23.9-growth_storm"]).findings[0].ladder
    assert [rung.inuse_space for rung in rungs[:-1]] == [0.0] * (len(rungs) - 1)
    assert rungs[-1].inuse_space == pytest.approx(rungs[-1].alloc_space) == 28_966_912
    shown = sketch(summary(finding(Verdict.GROWTH_STORM)._replace(ladder=RUNGS)), (), width=100, plain=True)
    rows = shown.strip().splitlines()[1:]
    assert ["#" in row for row in rows] == [False, True, True]
    assert ["." * 3 in row for row in rows] == [True, True, True]
