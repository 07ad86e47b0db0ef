"""PNGs are drawn with the fonts that ship with mapstorm, the same on every machine."""

import struct
from pathlib import Path

import pytest

from bot.pictures import measure
from bot.pictures.measure import BOLD, REGULAR, Keep, fit, width, wrap
from bot.pictures.png import png

BARE = '<svg xmlns="http://www.w3.org/2000/svg" width="60" height="20" viewBox="0 0 60 20">{}</svg>'
TEXT = '<text x="2" y="14" font-size="12" font-family="DejaVu Sans"{}>mapstorm</text>'


def drawn(inside: str, zoom: float = 3.0) -> bytes:
    return png(BARE.format(inside), zoom)


def test_text_is_drawn() -> None:
    without, regular, bold = drawn(""), drawn(TEXT.format("")), drawn(TEXT.format(' font-weight="bold"'))
    assert len({without, regular, bold}) == 3


def test_a_family_that_nobody_has_is_drawn_in_ours() -> None:
    assert drawn(TEXT.replace("DejaVu Sans", "Nobody Has It, sans-serif").format("")) == drawn(TEXT.format(""))


def test_the_same_picture_has_the_same_bytes_and_the_size_asked_for() -> None:
    once = drawn(TEXT.format(""))
    assert once == drawn(TEXT.format(""))
    assert once.startswith(b"\x89PNG")
    assert struct.unpack(">II", once[16:24]) == (180, 60)
    assert struct.unpack(">II", drawn("", 1.0)[16:24]) == (60, 20)


def test_what_is_no_svg_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\S"):
        png("no svg")


def test_fonts_ship_with_their_licence() -> None:
    licence = (Path(measure.FONTS) / "LICENSE").read_text()
    assert "Bitstream Vera Fonts Copyright" in licence
    assert "Arev Fonts Copyright" in licence
    assert all(Path(font).parent == Path(measure.FONTS) for font in (REGULAR, BOLD))


def test_text_is_measured_by_its_font() -> None:
    assert width("", 12) == 0
    assert width("WW", 12) == 2 * width("W", 12) > width("ii", 12)
    assert width("maps", 12, bold=True) > width("maps", 12)
    assert width("W", 24) == pytest.approx(23.73, abs=0.01)  # 2025 of 2048 units
    assert width("\U0010fffd", 12) > 0


@pytest.mark.parametrize(
    ("keep", "shown"),
    [(Keep.START, "internal/ca…"), (Keep.END, "…alog.go:64"), (Keep.BOTH, "inter…go:64")],
)
def test_what_is_too_long_keeps_the_part_that_tells(keep: Keep, shown: str) -> None:
    name = "internal/catalog/catalog.go:64"
    assert fit(name, 11, 70, keep=keep) == shown
    assert fit(name, 11, 500, keep=keep) == name


def test_a_name_of_ten_thousand_characters_fits() -> None:
    for keep in Keep:
        assert 80 < width(fit("W" * 10_000, 11, 100, keep=keep), 11) <= 100


def test_words_are_wrapped_and_the_last_line_is_cut() -> None:
    lines = wrap("a map is filled without a size and doubles again and again", 12, 120, 3)
    assert len(lines) == 3
    assert all(width(line, 12) <= 120 for line in lines)
    assert lines[-1].endswith("…")
