"""The App Home as somebody sees it: opened in the stand-in's page, Capture pressed, an incident acknowledged."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Page, async_playwright, expect
from redis.asyncio import Redis

from bot.standin.app import Standin
from tests.bot.office import office
from tests.bot.records import capture, diagnosis, snapshot
from tests.standin.test_page import QUIET, SCREENSHOTS

pytestmark = [pytest.mark.redis, pytest.mark.browser]


@asynccontextmanager
async def at_home(slack: Standin, width: int) -> AsyncIterator[Page]:
    """Ana opens the home; nothing is complained about there, and nothing sticks out."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=QUIET)
        page = await browser.new_page(viewport={"width": width, "height": 844})
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        await page.goto(f"{slack.url}?user=U0ANA")
        if width < 720:
            await page.get_by_role("button", name="Channels").click()
        await page.get_by_role("navigation").get_by_role("button", name="Mapstorm home").click()
        yield page
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        await page.screenshot(path=SCREENSHOTS / f"home_{width}.png", animations="disabled")
        assert await page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
        await browser.close()
    assert complaints == []


async def test_the_home_is_opened_and_pressed(redis: Redis, redis_url: str) -> None:
    async with office(redis, redis_url) as here:
        snapshots = here.house.tools.snapshots
        for number in range(5):
            at = here.house.tools.now() - 600 + number
            found = diagnosis()._replace(captured_at=at, live_heap=1e8 * (number + 1))
            await snapshots.put(capture(f"r{number}", at=at), snapshot(at), found)
        async with at_home(here.slack, 1300) as page:
            home = page.get_by_role("region", name="Home tab")
            await expect(home.get_by_text("1 open incident", exact=True)).to_be_visible()
            await expect(home.get_by_text("in 5 captures")).to_be_visible()
            await home.get_by_role("button", name="Capture: svc-orders").click()
            await expect(home.get_by_text("the answer comes in a thread")).to_be_visible()
            assert (await here.house.queue.depth())["requests"] == 1
            await home.get_by_role("button", name="History: svc-orders").click()
            dialog = page.get_by_role("dialog", name="History")
            await expect(dialog.get_by_text("newest first")).to_be_visible()
            await page.keyboard.press("Escape")
            await expect(dialog).to_have_count(0)
        async with at_home(here.slack, 390) as page:
            home = page.get_by_role("region", name="Home tab")
            await home.get_by_role("button", name="Acknowledge: incident of svc-orders").click()
            await expect(home.get_by_text("It is about")).to_be_visible()
            await expect(home.get_by_role("button", name="Acknowledge")).to_have_count(0)
