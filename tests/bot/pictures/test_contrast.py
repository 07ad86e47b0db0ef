"""The colours of both grounds can be read and told apart."""

import re
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader

from bot import words

PLAIN = Environment(loader=FileSystemLoader(words.TEMPLATES), autoescape=True)
STYLE = Path(words.TEMPLATES) / "pictures" / "style.svg.j2"
PALETTES: dict[str, dict[str, Any]] = PLAIN.get_template("pictures/style.svg.j2").module.palettes  # type: ignore[attr-defined]
TEXT, MARK = 4.5, 3.0
# A mark and what it lies on. Parts of a bar lie beside each other with the ground between them.
MARKS = [
    *product(("tables", "garbage", "dropped", "values", "heap", "axis", "change", "range", "ink"), ("ground",)),
    ("heap", "heap_area"),
    ("tables", "heap_area"),
    ("garbage", "garbage_ground"),
    ("dropped", "dropped_ground"),
    ("values", "track"),
    ("change", "heap_area"),
    ("ink", "range"),
]
both = pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES.keys())


def luminance(colour: str) -> float:
    """Relative, as WCAG 2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_what_wcag_says() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@both
@pytest.mark.parametrize("text", ["ink", "muted"])
def test_text_can_be_read(palette: dict[str, Any], text: str) -> None:
    assert contrast(palette[text], palette["ground"]) >= TEXT


@both
@pytest.mark.parametrize(("mark", "on"), MARKS, ids=lambda name: str(name))
def test_marks_can_be_seen(palette: dict[str, Any], mark: str, on: str) -> None:
    assert contrast(palette[mark], palette[on]) >= MARK


@both
def test_lines_can_be_seen_and_no_two_are_the_same(palette: dict[str, Any]) -> None:
    assert all(contrast(colour, palette["ground"]) >= MARK for colour in palette["lines"])
    assert len(set(palette["lines"])) == 6


def test_both_palettes_have_the_same_colours_and_no_panel_names_one() -> None:
    assert PALETTES["light"].keys() == PALETTES["dark"].keys()
    named = re.compile(r"#[0-9a-f]{6}\b|rgb\(")
    for template in STYLE.parent.glob("*.j2"):
        assert bool(named.search(template.read_text())) is (template == STYLE)
    for source in Path("bot/pictures").glob("*.py"):
        assert not named.search(source.read_text())
