"""The charts, each an SVG element without colours: for a page, or for a whole picture (picture.py).

Their classes get colours from around them; what each class means stands in templates/pictures/style.svg.j2. All are
`width` units wide, and as high as they need. A chart that has nothing to show is an empty text.
"""

from collections.abc import Sequence

from analyzers.finding import Diagnosis, Finding
from analyzers.maps.estimate import MapEstimate
from bot.pictures import dominant, entries, ladder, ledger, trend
from bot.pictures.drawn import panel
from bot.pictures.rungs import MOST_ROWS
from handlers.records import Remembered

WIDTH = 380.0


def trend_panel(captures: Sequence[Remembered], *, width: float = WIDTH) -> str:
    """Live heap over time, with the share of map tables, verdicts, new builds and restarts; never empty.

    One line for each instance where there are several.
    """
    return panel(trend.drawing(captures, width))


def ledger_panel(finding: Finding, *, width: float = WIDTH) -> str:
    """What the line allocated for tables and what came of it; empty where it allocated nothing."""
    drawing = ledger.drawing(finding, width)
    return panel(drawing) if drawing else ""


def ladder_panel(finding: Finding, *, width: float = WIDTH, rows: int = MOST_ROWS) -> str:
    """The line's tables by size, the smallest summed up beyond `rows`; empty where it has none."""
    drawing = ladder.drawing(finding, width, rows)
    return panel(drawing) if drawing else ""


def range_panel(known: MapEstimate | None, *, width: float = WIDTH) -> str:
    """How many entries a map has, as a range; empty where nothing says so."""
    drawing = entries.drawing(known, width)
    return panel(drawing) if drawing else ""


def dominant_panel(diagnosis: Diagnosis, *, width: float = WIDTH) -> str:
    """What uses the heap where maps do not; empty where nothing stands out."""
    drawing = dominant.drawing(diagnosis, width)
    return panel(drawing) if drawing else ""
