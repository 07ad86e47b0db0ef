"""An alert as somebody sees it: the incident in the stand-in's page, acknowledged there, on a desk and on a phone."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright, expect

from tests.alerting.chain import Chain, chain, fire
from tests.standin.test_page import QUIET, SCREENSHOTS

pytestmark = [pytest.mark.redis, pytest.mark.alertmanager, pytest.mark.browser]


@asynccontextmanager
async def opened(town: Chain) -> AsyncIterator[Page]:
    """The page, without a word of complaint from it."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=QUIET)
        page = await browser.new_page(viewport={"width": 1400, "height": 1000})
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        await page.goto(town.slack.url)
        yield page
        await browser.close()
    assert complaints == []


async def test_an_alert_is_seen_and_acknowledged_in_the_page(tmp_path: Path) -> None:
    async with chain(tmp_path, places=1, peers=1) as town, town.both(), opened(town) as page:
        place = next(town.places)
        await page.get_by_role("navigation").get_by_role("button", name=place.name).click()
        await fire(town.peers, place.labels(0), place.labels(1))
        channel = page.get_by_role("log", name=f"Messages in #{place.name}")
        await expect(channel.get_by_text("Firing")).to_be_visible(timeout=20_000)
        await expect(channel.get_by_text("internal/catalog/catalog.go:64").first).to_be_visible(timeout=20_000)
        await channel.get_by_role("button", name="Acknowledge").click()
        await expect(channel.get_by_text("Acknowledged", exact=True)).to_be_visible(timeout=20_000)
        await expect(channel.get_by_role("button", name="Acknowledge")).to_have_count(0)
        await expect(channel.get_by_text("@ana").first).to_be_visible()
        await town.quiet()
        await channel.get_by_role("button", name="replies").click()
        thread = page.get_by_role("complementary", name="Thread")
        await expect(thread.get_by_text("Give the map its size").first).to_be_visible()
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        await page.screenshot(path=SCREENSHOTS / "incident.png")
        await page.set_viewport_size({"width": 390, "height": 844})
        await page.screenshot(path=SCREENSHOTS / "incident_thread_on_a_phone.png", animations="disabled")
        assert await page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
        await thread.get_by_role("button", name="Close the thread").click()
        await page.screenshot(path=SCREENSHOTS / "incident_on_a_phone.png", animations="disabled")
        assert await page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
