"""The demo in a real browser: a person types a command into the page and reads the thread."""

import asyncio
import re
import shlex
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Page, ViewportSize, async_playwright, expect

from tests.demo.running import demo, read_until
from tests.standin.test_page import QUIET, SCREENSHOTS

pytestmark = pytest.mark.browser


@asynccontextmanager
async def looking(address: str, size: ViewportSize) -> AsyncIterator[Page]:
    """Somebody looks at the page; nothing is complained about there."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    complaints: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
        page = await browser.new_page(viewport=size)
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        await page.goto(address)
        yield page
        await browser.close()
    assert complaints == []


async def shot(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=SCREENSHOTS / f"{name}.png")


def page_in(output: str) -> str:
    # The thread above it has an address, too: the report's.
    address = re.search(r"The page.*(http://127\.0\.0\.1:\d+/\S*)", output)
    assert address is not None
    return address[1]


async def test_a_command_typed_into_the_page_becomes_a_diagnosis(tmp_path: Path) -> None:
    with demo(tmp_path) as process:
        address = page_in(read_until(process, "The page"))
        async with looking(address, {"width": 1500, "height": 1100}) as page:
            box = page.get_by_role("textbox").first
            await box.fill("/mapstorm capture svc-pricing")
            await box.press("Enter")
            await expect(page.get_by_text("builds the same map again and again").first).to_be_visible(timeout=30_000)
            await expect(page.get_by_text("internal/tariff/board.go:53").first).to_be_visible()
            await box.fill("/mapstorm captrue svc-pricing")
            await box.press("Enter")
            await expect(page.get_by_text("Did you mean").first).to_be_visible(timeout=10_000)
            await shot(page, "demo")


@pytest.mark.skipif(shutil.which("curl") is None, reason="the line that the demo prints is curl's")
async def test_an_alert_becomes_a_thread_that_people_act_on_and_ends_with_the_line_that_is_printed(
    tmp_path: Path,
) -> None:
    with demo(tmp_path) as process:
        address = page_in(read_until(process, "The page"))
        curl = shlex.split(read_until(process, "curl -H").splitlines()[-1])
        async with looking(address, {"width": 390, "height": 844}) as page:
            await expect(page.get_by_text("internal/dedup/dedup.go:36").first).to_be_visible(timeout=30_000)
            await expect(page.get_by_text("recording of a real Go service").first).to_be_visible()
            await page.get_by_role("button", name="Acknowledge").click()
            await expect(page.get_by_text("Acknowledged by").first).to_be_visible(timeout=10_000)
            typed = await asyncio.create_subprocess_exec(*curl, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            assert await typed.communicate() == (b'{"answer":"taken"}', None)
            await expect(page.get_by_text("Resolved after").first).to_be_visible(timeout=10_000)
            assert await page.evaluate("document.documentElement.scrollWidth") == 390, "nothing sticks out of a phone"
            await shot(page, "demo-alert-phone")
