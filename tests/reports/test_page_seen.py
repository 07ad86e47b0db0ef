"""The whole page as people look at it: dark, on a phone, on paper, without a mouse, without JavaScript, as a file."""

import asyncio
import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.reports import flames
from tests.reports.desk import Desk
from tests.reports.served import CLASSIC, SWISS, alone, family
from tests.reports.tabs import DARK, DESK, NO_SCRIPT, PHONE, PHONE_DARK, Look, opened, shot, violations
from tests.scenes.scenes import SCENES

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

SMALLEST = 11  # CSS pixels
MOST_ON_THE_WIRE = 2_000_000
FAMILIES = {"classic": CLASSIC, "swiss": SWISS}
LOOKS = {"desk": DESK, "dark": DARK, "phone": PHONE, "phone_dark": PHONE_DARK}

# The computed size of every text that can be seen; of a drawing, as large as it is shown.
SMALL_TEXTS = """(smallest) => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const small = [];
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !parent.checkVisibility()) continue;
    const drawing = parent.closest("svg[viewBox]");
    const shown = drawing ? drawing.getBoundingClientRect().width / drawing.viewBox.baseVal.width : 1;
    const size = parseFloat(getComputedStyle(parent).fontSize) * shown;
    if (size < smallest - 0.05) small.push(`${size}: ${walker.currentNode.data.trim().slice(0, 40)}`);
  }
  return small;
}"""


async def readable(page: Page) -> None:
    assert await page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    assert await page.evaluate(SMALL_TEXTS, SMALLEST) == []
    assert await violations(page) == []


@pytest.mark.parametrize("name", FAMILIES)
async def test_in_every_light_and_width(desk: Desk, name: str) -> None:
    told, drawn = await asyncio.to_thread(family, FAMILIES[name])
    address = desk.site.put("r1", told, drawn)
    for kind, look in LOOKS.items():
        async with opened(desk.browser, address, look) as page:
            await shot(page, f"page_{name}_{kind}")
            await readable(page)
            await page.get_by_role("radio", name="against the previous snapshot").check(force=True)
            await readable(page)


SHOWN = ("memory-limit", "outlier", "nothing", "protobuf-only", "long-names", "hostile-names")


@pytest.mark.parametrize("name", SHOWN)
async def test_other_captures_on_a_phone(desk: Desk, name: str) -> None:
    scene = next(scene for scene in SCENES if scene.name == name)
    told = await asyncio.to_thread(scene.of)
    async with opened(desk.browser, desk.site.put("r1", told, flames.hostile()), PHONE) as page:
        await shot(page, f"page_{name}_phone")
        await readable(page)
    async with opened(desk.browser, desk.site.put("r1", told, None), DESK, drawn=False) as page:
        await expect(page.get_by_role("heading", name="Flame graph")).to_be_visible()
        await readable(page)


async def test_without_a_mouse(desk: Desk) -> None:
    """Everything that can be done is a stop of the Tab key, each of them can be seen to be one, and none holds on."""
    told, drawn = await asyncio.to_thread(family, CLASSIC)
    async with opened(desk.browser, desk.site.put("r1", told, drawn)) as page:
        stops: list[str] = []
        for _ in range(200):
            await page.keyboard.press("Tab")
            stop = await page.evaluate(
                """() => {
                  const here = document.activeElement;
                  if (here === document.body) return "";
                  const seen = here.matches("svg") ? document.querySelector(".flame-ring") : here;
                  const shown = here.matches("[type=radio]") ? here.nextElementSibling : seen;
                  const style = getComputedStyle(shown);
                  if (style.outlineStyle === "none" && style.boxShadow === "none") return "unseen " + here.outerHTML;
                  return here.id || here.value || here.textContent.trim();
                }"""
            )
            if not stop:
                break
            stops.append(stop)
        assert not [stop for stop in stops if stop.startswith("unseen")]
        assert stops[0] == "Skip to the verdict"
        for wanted in ("alloc_space", "start", "flame-search", "heap.txt", "diagnosis.json"):
            assert wanted in stops
        assert "Flame graph" in stops
        await page.get_by_role("radio", name="allocated", exact=True).focus()
        await page.keyboard.press("ArrowRight")
        await expect(page.locator("#flame-says")).to_contain_text("bytes in use now")


async def test_on_paper(desk: Desk) -> None:
    """What is on the screen is on the paper: the view that was chosen, no controls, not wider than the sheet."""
    told, drawn = await asyncio.to_thread(family, SWISS)
    async with opened(desk.browser, desk.site.put("r1", told, drawn)) as page:
        await page.get_by_role("radio", name="against the previous snapshot").check(force=True)
        await page.emulate_media(media="print")
        await page.set_viewport_size({"width": 720, "height": 1000})
        await expect(page.get_by_label("Search functions")).to_be_hidden()
        await expect(page.get_by_role("list", name="Change of each frame")).to_be_visible()
        await expect(page.get_by_role("treeitem").first).to_be_visible()
        await expect(page.get_by_role("tree")).to_have_attribute("width", re.compile(r"^[56]\d\d$"))  # drawn anew
        assert await page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
        await shot(page, "page_paper")
        document = await page.pdf(format="A4", print_background=False)
        assert len(re.findall(rb"/Type\s*/Page\b", document)) >= 2
        assert len(document) > 20_000


@pytest.mark.parametrize("look", [NO_SCRIPT, NO_SCRIPT._replace(width=390)])
async def test_without_javascript(desk: Desk, look: Look) -> None:
    """All but the drawing is there: verdict, figures, what the bytes are for, downloads."""
    told, drawn = await asyncio.to_thread(family, CLASSIC)
    async with opened(desk.browser, desk.site.put("r1", told, drawn), look) as page:
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        await expect(page.get_by_text("this page needs JavaScript")).to_be_visible()
        legend = page.get_by_role("list", name="What the bytes are for")
        await expect(legend.get_by_text(re.compile(r"allocated \(5\d %\)"))).to_be_visible()
        await expect(legend.get_by_text(re.compile(r"in use \(3\d %\)"))).to_be_visible()
        await expect(page.get_by_label("Search functions")).to_be_hidden()
        await expect(page.get_by_role("link", name="restored.pb.gz")).to_be_visible()
        await shot(page, f"page_without_javascript_{look.width}")


@pytest.mark.parametrize("name", FAMILIES)
async def test_as_a_file_of_its_own(desk: Desk, name: str, tmp_path: Path) -> None:
    """Nothing is asked of anybody, and its policy lets its own script and style work."""
    told, drawn = await asyncio.to_thread(family, FAMILIES[name])
    file = tmp_path / "report.html"
    file.write_text(alone(told, drawn))
    asked: list[str] = []
    context = await desk.browser.new_context()
    page = await context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda said: asked.append(said.text) if said.type == "error" else None)
    await page.goto(file.as_uri())
    await page.wait_for_selector("#flame[data-drawn]")
    await page.get_by_role("radio", name="in use", exact=True).check(force=True)
    assert await page.locator("g.frame").count() > 5
    assert await page.evaluate("getComputedStyle(document.querySelector('.flame-line')).position") == "sticky"
    await shot(page, f"page_alone_{name}")
    await context.close()
    assert [one for one in asked if not one.startswith("data:")] == [file.as_uri()]


async def test_twenty_thousand_frames_on_the_wire(desk: Desk) -> None:
    """Seconds are the bench's to measure; bytes are the same everywhere."""
    told, _ = await asyncio.to_thread(family, CLASSIC)
    sizes: list[int] = []
    context = await desk.browser.new_context()
    page = await context.new_page()
    wire = await context.new_cdp_session(page)
    wire.on("Network.loadingFinished", lambda event: sizes.append(int(event["encodedDataLength"])))
    await wire.send("Network.enable")
    await page.goto(desk.site.put("r1", told, flames.large(20_000)))
    await page.wait_for_selector("#flame[data-drawn]")
    await context.close()
    assert len(sizes) >= 4  # the page, its style, its script, its flame graph
    assert sum(sizes) < MOST_ON_THE_WIRE
