"""Pages opened in a real Chromium that may neither complain nor ask anybody but this machine."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, async_playwright

from tests.standin.test_page import QUIET

SCREENSHOTS = Path(__file__).parents[2] / ".cache" / "screenshots" / "report"
HERE = ("127.0.0.1", "")  # a file has no host, nor has what stands in the page itself


class Look(NamedTuple):
    """How somebody looks at a page: CSS pixels, light or dark, by mouse or finger, with or without JavaScript."""

    width: int = 1300
    height: int = 900
    scheme: Literal["light", "dark"] = "light"
    touch: bool = False
    script: bool = True


DESK = Look()
DARK = Look(scheme="dark")
PHONE = Look(390, 844, touch=True)
PHONE_DARK = Look(390, 844, "dark", touch=True)
NO_SCRIPT = Look(script=False)


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A browser without a window."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        await browser.close()


@asynccontextmanager
async def opened(browser: Browser, address: str, look: Look = DESK, *, drawn: bool = True) -> AsyncIterator[Page]:
    """The page, once its flame graph is `drawn`. At the end it must not have complained, or asked anybody else."""
    context = await browser.new_context(
        viewport={"width": look.width, "height": look.height},
        color_scheme=look.scheme,
        has_touch=look.touch,
        is_mobile=look.touch,
        java_script_enabled=look.script,
    )
    page = await context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.on("dialog", lambda dialog: complaints.append(dialog.message))
    page.on("request", lambda request: None if at_home(request.url) else complaints.append(request.url))
    await page.goto(address)
    if drawn and look.script:
        await page.wait_for_selector("#flame[data-drawn]")
    yield page
    await context.close()
    assert complaints == []


def at_home(url: str) -> bool:
    """Whether an address leads nowhere but to this machine."""
    return (urlsplit(url).hostname or "") in HERE


async def shot(page: Page, name: str) -> None:
    """A picture of the whole page, for whoever wants to look."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True, animations="disabled")


async def violations(page: Page) -> list[str]:
    """What axe-core finds that is serious or worse."""
    found = (await Axe().run(page)).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:200]} {node['failureSummary']}"
        for rule in found
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]
