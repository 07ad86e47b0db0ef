"""A handoff as somebody sees it: asked for in the stand-in's page, filled in by Ana, taken over by Bo on a phone."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Locator, Page, async_playwright, expect

from bot.standin.app import Standin
from tests.bot.town import Town, listening, process, surroundings
from tests.standin.test_page import QUIET, SCREENSHOTS

pytestmark = [pytest.mark.redis, pytest.mark.browser]

TOKEN = "a-secret-of-enough-characters"  # noqa: S105 - the test's own
ALERT = {"service": "orders", "status": "firing", "title": "Memory over 90 % <!channel>", "fingerprint": "f1"}
SLOW = 20_000


def registry() -> dict[str, object]:
    """Ana is on call, Bo comes tomorrow. Nobody answers at the service's address: what is tried are people."""
    yesterday = (datetime.now(UTC) - timedelta(hours=12)).strftime("%Y-%m-%d %H:%M")
    return {
        "webhooks": {"generic": {"bearer_env": "GENERIC_TOKEN"}},
        "services": [
            {
                "name": "svc-orders",
                "instances": [{"name": "orders-0", "url": "http://127.0.0.1:9/debug/pprof"}],
                "channel": "C0ORDERS",
                "match": ['service="orders"'],
            }
        ],
        "rotations": [
            {
                "name": "payments",
                "channel": "C0PAYMENTS",
                "services": ["svc-orders"],
                "time_zone": "UTC",
                "members": [{"name": "Ana Lima", "slack": "U0ANA"}, {"name": "Bo Chen", "slack": "U0BO"}],
                "start": yesterday,
                "period_hours": 24,
            }
        ],
    }


@asynccontextmanager
async def opened(slack: Standin, user: str, width: int) -> AsyncIterator[Page]:
    """The page as one person has it, without a word of complaint from it."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=QUIET)
        page = await browser.new_page(viewport={"width": width, "height": 1000 if width > 500 else 844})
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        await page.goto(f"{slack.url}/archives/C0PAYMENTS?user={user}")
        yield page
        await browser.close()
    assert complaints == []


async def shot(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=SCREENSHOTS / f"{name}.png", animations="disabled")
    assert await page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")


def log(page: Page) -> Locator:
    return page.get_by_role("log", name="Messages in #payments")


async def test_a_handoff_is_asked_for_filled_in_and_taken_over(redis_url: str, tmp_path: Path) -> None:
    async with Standin() as slack:
        town = Town(slack, surroundings(slack, redis_url, registry(), tmp_path) | {"GENERIC_TOKEN": TOKEN})
        async with process(town, "web") as web, process(town, "worker"):
            address = await listening(town, web)
            async with httpx.AsyncClient(headers={"Authorization": f"Bearer {TOKEN}"}, trust_env=False) as sender:
                assert (await sender.post(f"{address}/webhooks/generic", json=ALERT)).status_code == 200
            async with opened(slack, "U0ANA", 1300) as page:
                await asked(page)
                await filled_in(page)
            async with opened(slack, "U0BO", 390) as page:
                await taken_over(page)


async def asked(page: Page) -> None:
    await page.get_by_role("navigation").get_by_role("button", name="orders").click()
    orders = page.get_by_role("log", name="Messages in #orders")
    await expect(orders.get_by_text("Firing", exact=True)).to_be_visible(timeout=SLOW)
    await page.get_by_role("navigation").get_by_role("button", name="payments").click()
    composer = page.get_by_label("Message #payments")
    await composer.fill("/mapstorm handoff")
    await composer.press("Enter")
    await expect(log(page).get_by_text("Nobody has taken over yet")).to_be_visible(timeout=SLOW)
    thread = page.get_by_role("complementary", name="Thread")
    await expect(thread.get_by_text("Answer first", exact=True)).to_be_visible(timeout=SLOW)
    await expect(thread.get_by_text("Memory over 90 % <!channel>").first).to_be_visible()
    await shot(page, "handoff")


async def filled_in(page: Page) -> None:
    await log(page).get_by_role("button", name="Add what only you know").click()
    modal = page.get_by_role("dialog", name="What only you know")
    await modal.get_by_label("svc-orders, Memory over 90 %").fill("Next: raise the limit\nDo not restart orders-0")
    await shot(page, "handoff_form")
    await modal.get_by_role("button", name="Add").click()
    await expect(modal).to_have_count(0)
    thread = page.get_by_role("complementary", name="Thread")
    await expect(thread.get_by_text("Do not restart orders-0")).to_be_visible(timeout=SLOW)


async def taken_over(page: Page) -> None:
    await log(page).get_by_role("button", name="Not me").click()
    modal = page.get_by_role("dialog", name="Who takes it instead")
    await expect(modal.get_by_label("Who is on call instead of you")).to_be_visible()
    await shot(page, "handoff_not_me_on_a_phone")
    await modal.get_by_role("button", name="Cancel").click()
    await log(page).get_by_role("button", name="I have it").click()
    await expect(log(page).get_by_text("Taken over", exact=True)).to_be_visible(timeout=SLOW)
    await expect(log(page).get_by_role("button", name="I have it")).to_have_count(0)
    await shot(page, "handoff_on_a_phone")
    await log(page).get_by_role("button", name="replies").click()
    thread = page.get_by_role("complementary", name="Thread")
    await expect(thread.get_by_text("from now on")).to_be_visible(timeout=SLOW)
    await shot(page, "handoff_thread_on_a_phone")
