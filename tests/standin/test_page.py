"""The page in a real browser: type the command, read the thread, press the button, fill in the modal."""

import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, async_playwright, expect
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.standin.app import Standin

from .conftest import Bolt

pytestmark = pytest.mark.browser

Body = dict[str, Any]
SCREENSHOTS = Path(__file__).parents[2] / ".cache" / "screenshots"
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
FINDING = (
    "*`map[string]*Order` grows*, says &lt;!channel&gt;\n&gt; quoted\n```\nm := make(map[string]*Order, 1024)\n```"
)
BUTTONS: list[Body] = [
    {"type": "button", "action_id": "note", "text": {"type": "plain_text", "text": "Add a note"}},
]
MODAL = {
    "type": "modal",
    "callback_id": "note",
    "title": {"type": "plain_text", "text": "Note"},
    "submit": {"type": "plain_text", "text": "Save"},
    "blocks": [
        {
            "type": "input",
            "block_id": "words",
            "label": {"type": "plain_text", "text": "What changed?"},
            "element": {"type": "plain_text_input", "action_id": "typed"},
        }
    ],
}


@pytest.fixture
def echo(app: AsyncApp) -> AsyncApp:
    """A bot of a few lines that says what it was told, in a thread."""

    @app.command("/mapstorm")
    async def command(ack: AsyncAck, command: Body, client: AsyncWebClient) -> None:
        if command["text"] == "help":
            await ack("only for you")
            return
        await ack()
        channel = command["channel_id"]
        root = await client.chat_postMessage(channel=channel, text=f"heard {command['text']}")
        blocks: list[Body] = [
            {"type": "section", "text": {"type": "mrkdwn", "text": FINDING}},
            {"type": "actions", "elements": BUTTONS},
        ]
        await client.chat_postMessage(channel=channel, text="x", thread_ts=root["ts"], blocks=blocks)
        await client.chat_update(channel=channel, ts=root["ts"], text="done :white_check_mark:")

    @app.action("note")
    async def note(ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=MODAL)

    @app.view("note")
    async def saved(ack: AsyncAck, view: Body, client: AsyncWebClient) -> None:
        await ack()
        typed = view["state"]["values"]["words"]["typed"]["value"]
        await client.chat_postMessage(channel="C0PAYMENTS", text=f"noted: {typed}")

    return app


@pytest.fixture
async def tab(slack: Standin) -> AsyncIterator[Page]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=QUIET)
        opened = await browser.new_page(viewport={"width": 1400, "height": 860})
        troubles: list[str] = []
        opened.on("pageerror", lambda error: troubles.append(str(error)))
        opened.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
        opened.on(
            "request",
            lambda request: None if request.url.startswith((slack.url, "data:")) else troubles.append(request.url),
        )
        await opened.goto(slack.url)
        yield opened
        await browser.close()
        assert troubles == []


async def test_a_command_and_its_thread(tab: Page, echo: AsyncApp, serve_bot: Bolt) -> None:
    await serve_bot(echo)
    composer = tab.get_by_label("Message #payments")
    await composer.fill("/mapstorm capture svc-orders")
    await composer.press("Enter")
    thread = tab.get_by_role("complementary", name="Thread")
    await expect(thread.get_by_text("map[string]*Order", exact=True)).to_be_visible()
    await expect(thread.get_by_text("<!channel>")).to_be_visible()
    await expect(thread.locator("blockquote")).to_have_text("quoted")
    await expect(thread.locator("pre")).to_have_text("m := make(map[string]*Order, 1024)")
    channel = tab.get_by_role("log", name="Messages in #payments")
    await expect(channel.get_by_text("(edited)")).to_be_visible()
    await expect(channel.get_by_role("img", name="✅")).to_be_visible()
    await expect(tab.get_by_text("acknowledged in")).to_be_visible()
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    await tab.screenshot(path=SCREENSHOTS / "standin.png")
    await thread.get_by_role("button", name="Close the thread").click()
    await expect(thread).to_have_count(0)
    await channel.get_by_role("button", name="1 reply").click()
    await tab.keyboard.press("Escape")


LINES = {
    "*`map[string]*Order` grows*": "<strong><code>map[string]*Order</code></strong><strong> grows</strong>",
    "map[string]*Order and snake_case_name": "map[string]*Order and snake_case_name",
    "_soft_ ~old~ a*b*c": "<em>soft</em> <s>old</s> a*b*c",
    "a &amp;lt; b &lt;@U0ANA&gt;": "a &amp;lt; b &lt;@U0ANA&gt;",
    "hi <@U0BO>, see <https://go.dev/a_b|Go>": 'hi <span class="mention">@bo</span>, see '
    '<a href="https://go.dev/a_b" target="_blank" rel="noopener noreferrer">Go</a>',
    "<javascript:alert(1)|x>": "&lt;javascript:alert(1)|x&gt;",
    "<!date^0^{nonsense}|long ago>": "long ago",
    "`a *b* &lt;c&gt;`": "<code>a *b* &lt;c&gt;</code>",
    "<!here> :nonsense:": '<span class="mention me">@here</span> <span class="emoji">:nonsense:</span>',
}


async def test_mrkdwn_as_slack_shows_it(tab: Page, slack: Standin) -> None:
    for line in LINES:
        await slack.people.message("C0PAYMENTS", "U0BO", line)
    shown = tab.locator(".content .prose")
    await expect(shown).to_have_count(len(LINES))
    html = [re.sub(r'<time title="[^"]*">(.*?)</time>', r"\1", await one.inner_html()) for one in await shown.all()]
    assert html == list(LINES.values())


async def test_a_button_and_its_modal(tab: Page, echo: AsyncApp, serve_bot: Bolt) -> None:
    await serve_bot(echo)
    composer = tab.get_by_label("Message #payments")
    await composer.fill("/mapstorm x")
    await composer.press("Enter")
    await tab.get_by_role("button", name="Add a note").click()
    dialog = tab.get_by_role("dialog", name="Note")
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog.get_by_text("Please complete this required field.")).to_be_visible()
    await dialog.get_by_label("What changed?").fill("a longer cache")
    await tab.keyboard.press("Enter")
    await expect(dialog).to_have_count(0)
    await expect(tab.get_by_text("noted: a longer cache")).to_be_visible()


async def test_a_whisper_is_seen_by_one_person(tab: Page, echo: AsyncApp, serve_bot: Bolt) -> None:
    await serve_bot(echo)
    composer = tab.get_by_label("Message #payments")
    await composer.fill("/map")
    await composer.press("Tab")
    await expect(composer).to_have_value("/mapstorm ")
    await composer.press_sequentially("help")
    await composer.press("Enter")
    await expect(tab.get_by_text("Only visible to you")).to_be_visible()
    await tab.get_by_label("You are").select_option("Bo Lindqvist")
    await expect(tab.get_by_text("only for you")).to_have_count(0)


async def test_a_bot_that_is_away_is_told_of(tab: Page) -> None:
    composer = tab.get_by_label("Message #payments")
    await composer.fill("/mapstorm help")
    await composer.press("Enter")
    await expect(tab.get_by_text("failed with the error “dispatch_failed”")).to_be_visible()


async def test_charts_are_drawn_and_pictures_say_what_they_show(tab: Page, slack: Standin) -> None:
    client = AsyncWebClient(token=slack.credentials.token, base_url=slack.api_url)
    times = [f"{hour:02}:00" for hour in range(12)]
    series = [{"name": "live heap", "data": [{"label": time, "value": 5.5} for time in times]}]
    drawn = {"type": "area", "series": series, "axis_config": {"categories": times, "y_label": "MiB"}}
    chart = {"type": "data_visualization", "title": "Live heap of orders-0", "chart": drawn}
    root = await client.chat_postMessage(channel="C0PAYMENTS", text="x", blocks=[chart])
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
    await client.files_upload_v2(
        filename="a.svg", title="Heap", content=svg, alt_txt="27 MiB", channel="C0PAYMENTS", thread_ts=root["ts"]
    )
    await expect(tab.get_by_role("img", name="Live heap of orders-0")).to_be_visible()
    await expect(tab.get_by_text("11:00", exact=True)).to_be_visible()
    await expect(tab.get_by_text("10:00", exact=True)).to_be_hidden()  # it would touch its neighbours
    await tab.get_by_text("1 reply").first.click()
    await expect(tab.get_by_alt_text("27 MiB")).to_be_visible()


async def test_on_a_phone(tab: Page, slack: Standin) -> None:
    await tab.set_viewport_size({"width": 390, "height": 844})
    await tab.get_by_role("button", name="Channels").click()
    await tab.get_by_role("navigation").get_by_role("button", name="orders").click()
    await expect(tab.get_by_role("main", name="#orders")).to_be_visible()
    assert await tab.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    await slack.people.message("C0ORDERS", "U0BO", "from afar")
    await expect(tab.get_by_text("from afar")).to_be_visible()
