"""An SVG to a PNG, by resvg and the fonts that ship with mapstorm, so that it looks the same on every machine."""

from bot.pictures.measure import BOLD, REGULAR

FAMILY = "DejaVu Sans"


def png(svg: str, zoom: float = 3.0) -> bytes:
    """The picture, `zoom` pixels for each of its units. Raises ValueError for what is no SVG."""
    from resvg_py import svg_to_bytes  # only here: it costs 17 MB, and most processes never draw

    # resvg drops all text without a word where it has no font: hence files of our own, and none of the machine's.
    return svg_to_bytes(
        svg_string=svg,
        zoom=zoom,
        skip_system_fonts=True,
        font_files=[REGULAR, BOLD],
        font_family=FAMILY,
        sans_serif_family=FAMILY,
    )
