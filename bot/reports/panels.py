"""Which pictures stand where on a page: SVG elements that take their colours from the page's style. Knows not how they
are drawn."""

from typing import NamedTuple

from markupsafe import Markup

from analyzers.finding import Finding
from bot.pictures.panels import dominant_panel, ladder_panel, ledger_panel, range_panel, trend_panel
from handlers.paging import Page

# What is inside a card on a phone of 390 px; a wider screen enlarges them, and has a trend of its own.
WIDTH = 330.0
WIDE = 640.0


class Panels(NamedTuple):
    """All of a page. `findings` has those of each finding, as many as there is something to draw."""

    trend: Markup
    narrow_trend: Markup
    dominant: Markup
    findings: tuple[tuple[Markup, ...], ...]


def panels(page: Page, most: int) -> Panels:
    """What there is to draw of `page`, and of its first `most` findings."""
    found = page.diagnosis
    return Panels(
        _drawn(trend_panel(page.trend, width=WIDE)),
        _drawn(trend_panel(page.trend, width=WIDTH)),
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
