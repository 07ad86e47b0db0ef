"""The page's own pictures, as SVG fragments that take their colours from the page's style. Knows which, not how."""

from typing import NamedTuple

from markupsafe import Markup

from handlers.paging import Page


class FindingPanels(NamedTuple):
    """The pictures of one finding; empty where there is nothing to draw."""

    ledger: Markup
    ladder: Markup
    range: Markup


class Panels(NamedTuple):
    """All of a page. `findings` are in the order of the diagnosis."""

    trend: Markup
    findings: tuple[FindingPanels, ...]


def panels(page: Page) -> Panels:
    """What there is to draw of `page`."""
    nothing = Markup()
    return Panels(nothing, tuple(FindingPanels(nothing, nothing, nothing) for _ in page.diagnosis.findings))
