"""Pages photographed: wide and on a phone, light and dark, on paper. Knows chromium, no page's inside."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, NamedTuple

from playwright.sync_api import Browser, sync_playwright

from tests.standin.test_page import QUIET

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


# The page's word for a flame graph that is being drawn goes away when it is.
DRAWN = "document.getElementById('flame-wait')?.hidden !== false"


class Shot(NamedTuple):
    """One way to look at a page; CSS pixels."""

    name: str
    width: int
    height: int
    scheme: Literal["light", "dark"] = "light"
    paper: bool = False


SHOTS = (
    Shot("wide", 1300, 900),
    Shot("wide-dark", 1300, 900, "dark"),
    Shot("phone", 390, 844),
    Shot("phone-dark", 390, 844, "dark"),
    Shot("paper", 794, 1123, paper=True),  # A4
)


def chromium() -> str | None:
    """The browser's path, None where there is none."""
    return next(filter(None, map(shutil.which, CHROMIUM)), None)


@contextmanager
def browser(path: str) -> Iterator[Browser]:
    """A browser without a window."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=list(QUIET))
        try:
            yield opened
        finally:
            opened.close()


def photograph(opened: Browser, page: Path, folder: Path, shots: tuple[Shot, ...] = SHOTS) -> list[str]:
    """Writes `page-wide.png` and so on into `folder`; what the page complained about meanwhile."""
    complaints: list[str] = []
    for shot in shots:
        tab = opened.new_page(viewport={"width": shot.width, "height": shot.height}, color_scheme=shot.scheme)
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        tab.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        tab.on("request", lambda asked: None if _local(asked.url) else complaints.append(asked.url))
        tab.goto(page.as_uri())
        tab.wait_for_function(DRAWN)
        if shot.paper:
            tab.emulate_media(media="print")
        tab.screenshot(path=folder / f"{page.stem}-{shot.name}.png", full_page=True, animations="disabled")
        if tab.evaluate("document.scrollingElement.scrollWidth > innerWidth"):
            complaints.append(f"{shot.name}: wider than {shot.width} px")
        tab.close()
    return complaints


def _local(url: str) -> bool:
    return url.startswith(("file:", "data:", "blob:"))


def part(opened: Browser, page: Path, selector: str, path: Path) -> None:
    """One part of a page, as wide as a README shows it, with its flame graph drawn."""
    tab = opened.new_page(viewport={"width": 1100, "height": 900})
    tab.goto(page.as_uri())
    tab.wait_for_function(DRAWN)
    tab.locator(selector).screenshot(path=path, animations="disabled")
    tab.close()
