"""speedscope opens the profiles that mapstorm writes, with the runtime's frames in them.

Driven through its own page: the file is loaded as a link to it would load it, and what was read is what its export
says. Its importer shows one sample type, the default one; nothing leaves the browser, all requests are answered here.
"""

import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, Route, async_playwright, expect

from analyzers.reading.wholetext import read_whole
from analyzers.restored import restored
from tests.analyzers.protos import totals
from tests.analyzers.recordings import RECORDINGS, Recording

pytestmark = pytest.mark.browser

SCRIPT = Path(__file__).parent / "built" / "speedscope.js"
HOST = "http://speedscope.invalid"
HTML = (
    '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><body><script src="/speedscope.js"></script>'
)
GROWTH = {"go1.23.9": "runtime.hashGrow", "go1.27.3": "internal/runtime/maps.(*table).split"}


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield await browser.new_page()
        await browser.close()


async def imported(page: Page, profile: bytes) -> Any:
    """What speedscope exports once it has loaded `profile`."""
    answers: dict[str, tuple[str, bytes]] = {
        "/": ("text/html", HTML.encode()),
        "/speedscope.js": ("text/javascript", SCRIPT.read_bytes()),
        "/restored.pb.gz": ("application/octet-stream", profile),
    }

    async def answer(route: Route) -> None:
        kind, body = answers[route.request.url.removeprefix(HOST).partition("#")[0]]
        await route.fulfill(content_type=kind, body=body)

    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    await page.route("**/*", answer)
    await page.goto(f"{HOST}/#profileURL=/restored.pb.gz")
    await expect(page.get_by_text("Sandwich")).to_be_visible()
    async with page.expect_download() as download:
        await page.keyboard.press("Control+s")
    assert faults == []
    return json.loads((await (await download.value).path()).read_text())


@pytest.mark.parametrize("go", GROWTH)
async def test_a_restored_profile_is_read_whole(page: Page, recordings: dict[str, Recording], go: str) -> None:
    recording = recordings[f"{go}-growth_storm"]
    profile = restored(read_whole([recording.raw_text(1)], recording.names), recording.moment(1))
    found = await imported(page, profile)
    (read,) = found["profiles"]
    assert read["unit"] == "bytes"
    assert read["endValue"] - read["startValue"] == totals(profile)["inuse_space"] > 0
    names = {frame["name"] for frame in found["shared"]["frames"]}
    assert {GROWTH[go], "runtime.mapassign_faststr", "main.main"} <= names
    assert "(unknown)" not in names


async def test_every_function_of_every_recording_is_there(page: Page) -> None:
    recording = max(RECORDINGS, key=lambda each: len(each.raw_text(0)))
    stacks = read_whole([recording.raw_text(0)], recording.names)
    found = await imported(page, restored(stacks, recording.moment(0)))
    named = {stacks.frames[at].site.function for stack in stacks.stacks for at in stack.frames} - {""}
    live = {
        stacks.frames[at].site.function for stack in stacks.stacks if stack.usage.inuse_space for at in stack.frames
    }
    assert live <= {frame["name"] for frame in found["shared"]["frames"]} <= named
