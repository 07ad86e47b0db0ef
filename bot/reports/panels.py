"""Which pictures stand where on a page: SVG elements that take their colours from the page's style. Knows not how they
are drawn."""

from typing import NamedTuple

from markupsafe import Markup

from analyzers.finding import Finding
from bot.pictures.panels import dominant_panel, ladder_panel, ledger_panel, range_panel, trend_panel
from handlers.paging import Page

# A page has room for more than a message, and a wide one for two beside each other.
WIDTH = 460.0
TREND_WIDTH = 640.0


class Panels(NamedTuple):
    """All of a page. `findings` has those of each finding, as many as there is something to draw."""

    trend: Markup
    dominant: Markup
    findings: tuple[tuple[Markup, ...], ...]


def panels(page: Page, most: int) -> Panels:
    """What there is to draw of `page`, and of its first `most` findings."""
    found = page.diagnosis
    return Panels(
        _drawn(trend_panel(page.trend, width=TREND_WIDTH)),
        Markup() if found.findings else _drawn(dominant_panel(found, width=WIDTH)),
        tuple(_of(finding) for finding in found.findings[:most]),
    )


def _of(finding: Finding) -> tuple[Markup, ...]:
    drawn = (
        range_panel(finding.map, width=WIDTH),
        ledger_panel(finding, width=WIDTH),
        ladder_panel(finding, width=WIDTH),
    )
    return tuple(_drawn(each) for each in drawn if each)


def _drawn(svg: str) -> Markup:
    return Markup(svg)  # noqa: S704 - the pictures' own markup, every name in it escaped there
