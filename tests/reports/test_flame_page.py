"""The flame graph in a real browser: its six views, zoom, search, keyboard, touch, and what cannot be had."""

import re

import pytest
from playwright.async_api import Locator, Page, expect

from analyzers.compare import Basis
from analyzers.flame import Flame, Purposes, Reading
from tests.reports import flames
from tests.reports.desk import Desk
from tests.reports.served import CLASSIC, SWISS, family
from tests.reports.tabs import PHONE, opened, shot
from tests.scenes.stage import Story, lived

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

START, WINDOW, BEFORE = "since start", "this window", "against the previous snapshot"
ALLOCATED, IN_USE = "allocated", "in use"


def told(basis: Basis = Basis.SAME_PROCESS) -> Story:
    known = lived(CLASSIC)
    comparison = known.diagnosis.comparison._replace(basis=basis)
    return known._replace(diagnosis=known.diagnosis._replace(comparison=comparison))


def frame(page: Page, name: str) -> Locator:
    return page.get_by_role("treeitem", name=name, exact=True)


async def choose(page: Page, *labels: str) -> None:
    for label in labels:
        await page.get_by_role("radio", name=label, exact=True).check(force=True)


async def painted(page: Page, name: str) -> str:
    fill = await frame(page, name).locator("rect").get_attribute("fill")
    assert fill is not None
    return fill.removeprefix("url(#flame-").removesuffix(")")


async def width(page: Page, name: str) -> float:
    return float(await frame(page, name).get_attribute("width") or 0)


async def share(page: Page, name: str) -> float:
    """Of the whole graph, 0 to 1."""
    return await width(page, name) / await width(page, "root")


def facts(page: Page) -> Locator:
    return page.locator("#flame-facts")


async def test_since_the_start_by_purpose(desk: Desk) -> None:
    async with opened(desk.browser, desk.site.put("r1", told(), flames.story())) as page:
        legend = page.get_by_role("list", name="What the bytes are for")
        await expect(legend.get_by_text("64.0 MiB allocated (48 %)")).to_be_visible()
        assert await painted(page, "runtime.hashGrow") == "growth"
        assert await painted(page, "runtime.makemap") == "sized"
        assert await painted(page, "runtime.mapclone2") == "clone"
        assert await painted(page, "encoding/json.Unmarshal") == "value"
        assert await share(page, "runtime.hashGrow") == pytest.approx(64 / 132, abs=0.001)
        await expect(frame(page, "example.com/shop/old.(*Cache).fill")).to_have_count(0)  # it has gone
        await frame(page, "runtime.hashGrow").hover()
        await expect(facts(page)).to_have_text(
            "64.0 MiB, 48 % of all · tables made by growth · hidden by go tool pprof"
        )
        await expect(page.locator("#flame-tip")).to_contain_text("runtime.hashGrow")
        await choose(page, IN_USE)
        await expect(legend.get_by_text("24.0 MiB in use (59 %)")).to_be_visible()
        assert await share(page, "runtime.hashGrow") == pytest.approx(24 / 41, abs=0.001)


async def test_what_came_in_the_window(desk: Desk) -> None:
    async with opened(desk.browser, desk.site.put("r1", told(), flames.story())) as page:
        await choose(page, WINDOW)
        assert await painted(page, "runtime.hashGrow") == "growth"
        assert await share(page, "runtime.hashGrow") == pytest.approx(24 / 35, abs=0.001)
        await expect(frame(page, "runtime.makemap")).to_have_count(0)  # no size was given in the window
        await choose(page, IN_USE)
        assert await share(page, "runtime.hashGrow") == pytest.approx(24 / 41, abs=0.001)
        assert await painted(page, "runtime.hashGrow") == "more3"  # 12 to 24 MiB
        assert await painted(page, "encoding/json.Unmarshal") == "less1"  # 6 to 5
        assert await painted(page, "runtime.makemap") == "same"
        await expect(page.get_by_role("list", name="Change of each frame")).to_be_visible()
        await expect(page.get_by_role("list", name="What the bytes are for")).to_be_hidden()


async def test_against_the_capture_before(desk: Desk) -> None:
    async with opened(desk.browser, desk.site.put("r1", told(), flames.story())) as page:
        await choose(page, IN_USE, BEFORE)
        assert await painted(page, "runtime.hashGrow") == "more3"  # 10 to 24 MiB
        assert await painted(page, "encoding/json.Unmarshal") == "less3"  # 12 to 5
        await frame(page, "runtime.hashGrow").hover()
        await expect(facts(page)).to_contain_text("24.0 MiB now, 10.0 MiB then: +14.0 MiB (+140 %); 59 % of all")
        await expect(frame(page, "runtime.hashGrow")).to_contain_text("+140 % runtime.hashGrow")
        await expect(page.get_by_text("1 frame that was there before has gone, with 8.0 MiB:")).to_be_visible()
        await expect(page.get_by_text("example.com/shop/old.(*Cache).fill: 8.0 MiB")).to_be_visible()
        await choose(page, ALLOCATED)
        await frame(page, "runtime.makemap").hover()
        await expect(facts(page)).to_contain_text("12.0 MiB now as then")
        await shot(page, "flame_before")


# Bytes now and then, and the paint: the steps of the legend.
PAINTS = (
    (100, 0, "more3"),
    (200, 100, "more3"),
    (199, 100, "more2"),
    (125, 100, "more2"),
    (124, 100, "more1"),
    (105, 100, "more1"),
    (104, 100, "same"),
    (100, 104, "same"),
    (90, 100, "less1"),
    (79, 100, "less2"),
    (50, 100, "less3"),
)


def side_by_side() -> Flame:
    """A frame for each of PAINTS, all below the root."""
    count = len(PAINTS) + 1
    readings = ((sum(column), *column) for column in zip(*(pair[:2] for pair in PAINTS), strict=True))
    now, then = (Reading(*(tuple(value * 1000 for value in reading),) * 2) for reading in readings)
    names = ("root", *(f"main.f{at}" for at in range(len(PAINTS))))
    parent = (-1, *(0,) * len(PAINTS))
    values = Purposes((3,) * count, (3,) * count)
    sums = Purposes((0, 0, 0, 1), (0, 0, 0, 1))
    return Flame(names, tuple(range(count)), parent, values, (False,) * count, now, None, then, sums, 0)


async def test_colours_say_what_the_legend_says(desk: Desk) -> None:
    async with opened(desk.browser, desk.site.put("r1", told(), side_by_side())) as page:
        await choose(page, BEFORE)
        assert [await painted(page, f"main.f{at}") for at in range(len(PAINTS))] == [paint for *_, paint in PAINTS]


async def test_each_view_is_painted_by_its_own_bytes(desk: Desk) -> None:
    flame = flames.story()
    growth, sized, clone = ((at,) * len(flame.parent) for at in range(3))
    flame = flame._replace(purpose=Purposes(growth, sized, clone))
    async with opened(desk.browser, desk.site.put("r1", told(), flame)) as page:
        assert await painted(page, "root") == "growth"
        await choose(page, WINDOW)
        assert await painted(page, "root") == "clone"
        await choose(page, IN_USE, START)
        assert await painted(page, "root") == "sized"
        await expect(page.locator("#flame-facts")).to_contain_text("tables made with a size")


async def test_what_cannot_be_had_says_why(desk: Desk) -> None:
    bare = flames.story(first=False, base=False)
    async with opened(desk.browser, desk.site.put("r1", told(Basis.FIRST), bare)) as page:
        await expect(page.get_by_role("radio", name=WINDOW)).to_be_disabled()
        await expect(page.get_by_role("radio", name=BEFORE)).to_be_disabled()
        await expect(page.get_by_text("visited once, or restarted between the two visits")).to_be_visible()
        await expect(page.get_by_text("nothing of this instance was captured before")).to_be_visible()
    for basis, why in {
        Basis.SAME_PROCESS: "the bytes of that capture are not kept",
        Basis.RESTARTED: "the process was restarted since",
        Basis.NEW_BUILD: "another build ran then",
    }.items():
        async with opened(desk.browser, desk.site.put("r1", told(basis), flames.story(base=False))) as page:
            await expect(page.get_by_role("radio", name=WINDOW)).to_be_enabled()
            await expect(page.get_by_role("radio", name=BEFORE)).to_be_disabled()
            await expect(page.locator("#flame-why").get_by_text(why)).to_be_visible()


async def test_counts_of_another_process_are_not_compared(desk: Desk) -> None:
    async with opened(desk.browser, desk.site.put("r1", told(Basis.RESTARTED), flames.story())) as page:
        await expect(page.get_by_role("radio", name=BEFORE)).to_be_disabled()
        await choose(page, IN_USE, BEFORE)
        await expect(page.get_by_text("The process was restarted in between.")).to_be_visible()
        await choose(page, ALLOCATED)
        await expect(page.get_by_role("radio", name=START)).to_be_checked()


async def test_an_empty_window_is_told(desk: Desk) -> None:
    still = flames.story()
    async with opened(desk.browser, desk.site.put("r1", told(), still._replace(first=still.now))) as page:
        await frame(page, "runtime.hashGrow").click()
        await choose(page, WINDOW)
        await expect(
            page.get_by_text("No allocation was sampled in the window between the two visits.")
        ).to_be_visible()
        await choose(page, START)
        await expect(frame(page, "runtime.hashGrow")).to_be_visible()


async def test_a_click_zooms_and_all_comes_back(desk: Desk) -> None:
    async with opened(desk.browser, desk.site.put("r1", told(), flames.story())) as page:
        reset = page.get_by_role("button", name="Show all")
        await expect(reset).to_be_disabled()
        await frame(page, "maps.Clone[...]").click()
        assert await share(page, "maps.Clone[...]") == 1
        await expect(frame(page, "runtime.hashGrow")).to_have_count(0)
        await expect(page.get_by_text("Zoomed into maps.Clone[...].")).to_be_visible()
        await choose(page, IN_USE)  # what is looked at stays
        assert await share(page, "runtime.mapclone2") == 1
        await expect(facts(page)).to_contain_text("7.3 % of all, 100 % of what is shown")
        await reset.click()
        await expect(frame(page, "runtime.hashGrow")).to_be_visible()
        await expect(reset).to_be_disabled()


async def test_search_tells_how_much_matches(desk: Desk) -> None:
    async with opened(desk.browser, desk.site.put("r1", told(), flames.story())) as page:
        box = page.get_by_label("Search functions")
        found = page.locator("#flame-found")
        await box.fill("MAPASSIGN")
        await expect(found).to_have_text("1 frame matches, 64.0 MiB or 48 % of what is shown.")
        await expect(frame(page, "runtime.mapassign_faststr")).to_have_attribute("data-found", "")
        await box.fill("runtime.")  # those below one another count once
        await expect(found).to_have_text("5 frames match, 96.0 MiB or 73 % of what is shown.")
        await shot(page, "flame_search")
        await box.fill(".*(")
        await expect(found).to_have_text("No frame matches.")
        await box.fill("")
        await expect(found).to_have_text("")
        await expect(page.locator("[data-found]")).to_have_count(0)


async def test_by_keyboard_alone(desk: Desk) -> None:
    async with opened(desk.browser, desk.site.put("r1", told(), flames.story())) as page:
        await page.get_by_label("Search functions").focus()
        await page.keyboard.press("Tab")  # "Show all" is disabled and no stop
        tree = page.get_by_role("tree", name="Flame graph")
        await expect(tree).to_be_focused()
        name = page.locator("#flame-function")
        ring = page.locator(".flame-ring")
        await expect(ring).to_be_visible()
        for key, expected in (
            ("ArrowDown", "main.main"),
            ("ArrowRight", "net/http.(*conn).serve"),
            ("ArrowDown", "encoding/json.Unmarshal"),
            ("ArrowRight", "maps.Clone[...]"),
            ("ArrowLeft", "encoding/json.Unmarshal"),
            ("ArrowLeft", "example.com/shop/catalog.(*Catalog).put"),
            ("End", "runtime.hashGrow"),
            ("ArrowUp", "runtime.growWork_faststr"),
        ):
            await page.keyboard.press(key)
            await expect(name).to_have_text(expected)
            current = await tree.get_attribute("aria-activedescendant")
            assert await page.locator(f"#{current}").get_attribute("aria-label") == expected
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("Zoomed into runtime.growWork_faststr.")).to_be_visible()
        await expect(tree).to_be_focused()
        box = await ring.bounding_box()
        assert box is not None
        assert box["width"] == pytest.approx(await width(page, "root"))
        await page.keyboard.press("Escape")
        await expect(frame(page, "encoding/json.Unmarshal")).to_be_visible()
        await expect(name).to_have_text("runtime.growWork_faststr")
        await page.keyboard.press("Home")
        await expect(name).to_have_text("root")


async def test_a_tap_reads_and_the_next_one_zooms(desk: Desk) -> None:
    async with opened(desk.browser, desk.site.put("r1", told(), flames.story()), PHONE) as page:
        await frame(page, "encoding/json.Unmarshal").tap()
        await expect(page.locator("#flame-function")).to_have_text("encoding/json.Unmarshal")
        await expect(page.get_by_role("button", name="Show all")).to_be_disabled()
        await expect(page.locator("#flame-tip")).to_be_hidden()
        await frame(page, "encoding/json.Unmarshal").tap()
        await expect(page.get_by_text("Zoomed into encoding/json.Unmarshal.")).to_be_visible()


async def test_a_narrower_window_draws_anew(desk: Desk) -> None:
    async with opened(desk.browser, desk.site.put("r1", told(), flames.story())) as page:
        wide = await width(page, "root")
        await page.set_viewport_size({"width": 700, "height": 800})
        await expect(page.get_by_role("tree")).not_to_have_attribute("width", str(wide))
        assert await width(page, "root") < 700
        assert await share(page, "runtime.hashGrow") == pytest.approx(64 / 132, abs=0.001)


async def test_hostile_names_stay_text(desk: Desk) -> None:
    async with opened(desk.browser, desk.site.put("r1", told(), flames.hostile())) as page:
        assert await page.locator("#flame img, #flame g script").count() == 0
        await page.get_by_label("Search functions").fill("<script>")
        await expect(page.locator("#flame-found")).to_contain_text("1 frame matches")
        tree = page.get_by_role("tree")
        await tree.focus()
        for name in flames.HOSTILE:
            await page.keyboard.press("ArrowDown")
            said = await page.locator("#flame-function").text_content()
            assert said == re.sub(r"[\u202a-\u202e\u2066-\u2069\x00-\x1f]", "", name)
        await frame(page, flames.HOSTILE[1]).hover()
        await expect(page.locator("#flame-tip")).to_contain_text('"><img src=x onerror=alert(1)>')
        assert "\u202e" not in await page.locator("#flame").inner_text()
        await shot(page, "flame_hostile")


async def test_a_graph_that_does_not_come_is_told(desk: Desk) -> None:
    address = desk.site.put("r1", told(), flames.story())
    context = await desk.browser.new_context()
    page = await context.new_page()
    await page.route("**/flame.json", lambda route: route.fulfill(status=503, body=""))
    await page.goto(address)
    await expect(page.get_by_text("The flame graph could not be loaded.")).to_be_visible()
    await context.close()


@pytest.mark.parametrize(
    ("name", "leaf"), [(CLASSIC, "runtime.makeBucketArray"), (SWISS, "internal/runtime/maps.(*table).split")]
)
async def test_the_runtimes_frames_are_back(desk: Desk, name: str, leaf: str) -> None:
    story, drawn = family(name)
    async with opened(desk.browser, desk.site.put("r1", story, drawn)) as page:
        for kind in (ALLOCATED, IN_USE):
            for time in (START, WINDOW, BEFORE):
                await choose(page, kind, time)
                await shot(page, f"flame_{name.split('/')[0]}_{kind}_{time}".replace(" ", "_"))
        await choose(page, ALLOCATED, START)
        await expect(frame(page, leaf).first).to_have_attribute("data-hidden", "")
        dashes = frame(page, leaf).first.locator("rect")
        assert await dashes.evaluate("rect => getComputedStyle(rect).strokeDasharray") != "none"


async def test_twenty_thousand_frames(desk: Desk) -> None:
    """Most are too narrow to be drawn, and drawing those would take seconds."""
    async with opened(desk.browser, desk.site.put("r1", told(), flames.large(20_000))) as page:
        assert await page.locator("g.frame").count() < 4_000
        await expect(page.locator("#flame-says")).to_contain_text("frames are too narrow to be seen: zoom in.")
