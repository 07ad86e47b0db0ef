"""The demo in a real browser: a person types a command into the page and reads the thread."""

import re
import shutil
from pathlib import Path

import pytest
from playwright.async_api import async_playwright, expect

from tests.demo.running import demo, read_until
from tests.standin.test_page import QUIET, SCREENSHOTS

pytestmark = pytest.mark.browser


async def test_a_command_typed_into_the_page_becomes_a_diagnosis(tmp_path: Path) -> None:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with demo(tmp_path) as process:
        address = re.search(r"http://127\.0\.0\.1:\d+/", read_until(process, "The page"))
        assert address is not None
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
            page = await browser.new_page(viewport={"width": 1500, "height": 1100})
            complaints: list[str] = []
            page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
            await page.goto(address[0])
            box = page.get_by_role("textbox").first
            await box.fill("/mapstorm capture svc-pricing")
            await box.press("Enter")
            await expect(page.get_by_text("builds the same map again and again").first).to_be_visible(timeout=30_000)
            await expect(page.get_by_text("internal/tariff/board.go:53").first).to_be_visible()
            await box.fill("/mapstorm captrue svc-pricing")
            await box.press("Enter")
            await expect(page.get_by_text("Did you mean").first).to_be_visible(timeout=10_000)
            SCREENSHOTS.mkdir(parents=True, exist_ok=True)
            await page.screenshot(path=SCREENSHOTS / "demo.png")
            await browser.close()
    assert complaints == []
