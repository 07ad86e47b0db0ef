"""The pictures of every recording: what they show, and that nothing is cut or lies on something else."""

from itertools import combinations

import pytest

from bot.pictures.drawn import SMALL
from bot.pictures.panels import range_panel
from bot.pictures.picture import svg_of
from bot.pictures.png import png
from handlers.notes import CapturePicture, TrendPicture
from tests.analyzers.recordings import RECORDINGS, Recording
from tests.bot.pictures.drawings import SERVICE, SVG, Box, capture_of, parsed, texts

every_recording = pytest.mark.parametrize("recording", RECORDINGS, ids=lambda recording: recording.id)


def words_of(svg: str) -> str:
    return " ".join(box.text for box in texts(parsed(svg)))


def overlap(one: Box, other: Box) -> bool:
    across = min(one.right, other.right) - max(one.left, other.left)
    down = min(one.bottom, other.bottom) - max(one.top, other.top)
    return across > 0.5 and down > 0.5


@every_recording
@pytest.mark.parametrize("captures", [1, 7])
def test_texts_are_whole_and_apart(recording: Recording, captures: int) -> None:
    root = parsed(svg_of(capture_of(recording, captures)))
    wide, high = float(root.get("width", "")), float(root.get("height", ""))
    boxes = list(texts(root))
    assert wide == 330
    assert high <= 640
    assert all(box.left >= 0 and box.right <= wide and box.top >= 0 and box.bottom <= high for box in boxes)
    assert [(one.text, other.text) for one, other in combinations(boxes, 2) if overlap(one, other)] == []
    assert all("…" not in box.text for box in boxes)
    assert all(float(text.get("font-size", "0")) >= SMALL for text in root.iter(SVG + "text"))


@every_recording
def test_dark_differs_in_colours_only(recording: Recording) -> None:
    note = capture_of(recording)
    light, dark = svg_of(note), svg_of(note, dark=True)
    assert light != dark
    assert light.partition("</style>")[2] == dark.partition("</style>")[2]


def recorded(name: str) -> CapturePicture:
    return capture_of(next(each for each in RECORDINGS if each.id == name))


def test_a_classic_storm_shows_its_garbage_and_every_doubling_that_was_seen() -> None:
    said = words_of(svg_of(recorded("go1.23.9-growth_storm")))
    for told in (
        "A map is filled without a size",
        "internal/catalog/catalog.go:64",
        "tables outgrown, garbage by now 26.7 MiB, 46 %",
        "It doubled 17 times",
        "524,288 13.8 MiB",
        "1,048,576 27.6 MiB",
        "today's table",
        "new build",
        "restarted",
        "growth storm",
        "73.6 MiB",
    ):
        assert told in said


def test_a_swiss_storm_counts_its_splits_as_the_message_does() -> None:
    said = words_of(svg_of(recorded("go1.27.3-growth_storm")))
    assert "A table was outgrown or split about 1,000 times; a split makes two." in said
    assert "×1,900" in said


def test_a_split_map_has_no_table_of_today() -> None:
    """All its full tables have 1,024 slots; of a map that doubles, the largest is its size."""
    assert "today's table" not in words_of(svg_of(recorded("go1.27.3-rebuild_churn")))
    assert "today's table" in words_of(svg_of(recorded("go1.23.9-rebuild_churn")))


def test_no_problem_shows_what_uses_the_heap() -> None:
    said = words_of(svg_of(recorded("go1.27.3-no_map_problem")))
    assert "What uses the heap" in said
    assert "internal/archive/archive.go:23" in said
    assert "ladder" not in said


def test_a_first_capture_says_so_and_none_says_so() -> None:
    note = recorded("go1.23.9-large_map_retained")
    assert "First capture: 21.3 MiB, 20.6 MiB of it map tables." in words_of(
        svg_of(note._replace(trend=note.trend[-1:]))
    )
    assert "No capture is known yet." in words_of(svg_of(TrendPicture(SERVICE, ())))


def test_those_who_do_not_see_it_are_told_the_same() -> None:
    root = parsed(svg_of(recorded("go1.23.9-growth_storm")))
    title, desc = root.find(SVG + "title"), root.find(SVG + "desc")
    assert title is not None
    assert desc is not None
    assert "A map is filled without a size and doubles again and again" in (title.text or "")
    for told in (
        "10.5 MiB to 73.6 MiB",
        "New build by",
        "26.7 MiB, 46 %",
        "1,048,576 slots: 27.6 MiB allocated",
    ):
        assert told in (desc.text or ""), told
    panels = list(root.iter(SVG + "svg"))[1:]
    assert len(panels) == 5
    assert all(panel.get("role") == "img" and panel.get("aria-label") for panel in panels)


def test_a_picture_becomes_the_same_png_each_time() -> None:
    svg = svg_of(recorded("go1.23.9-rebuild_churn"))
    assert png(svg) == png(svg)


@pytest.mark.parametrize("name", ["growth_storm", "large_map_retained", "rebuild_churn"])
def test_a_range_says_its_scale_and_its_whole_heading(name: str) -> None:
    for go in ("go1.23.9", "go1.27.3"):
        svg = range_panel(recorded(f"{go}-{name}").diagnosis.findings[0].map, width=330.0)
        assert "logarithmic scale" in words_of(svg)
        assert "…" not in words_of(svg)
