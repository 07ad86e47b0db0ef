"""What the page says around its flame graph is true of that graph: nothing names what a protobuf's bytes are for."""

import re
from html import unescape

import pytest

from bot.reports.page import html
from handlers.drawing import flame_of
from tests.scenes.draw import page_of
from tests.scenes.stage import CLASSIC, SWISS, Story, story

every_family = pytest.mark.parametrize("build", [CLASSIC, SWISS])


def said(told: Story) -> str:
    """The section as text, with the sentences of its script."""
    page = html(page_of(told), flame_of(told.raw, None))
    section = page[page.index('<section id="flame"') : page.index('<script type="application/json"')]
    section = re.sub(r'<span data-word="purpose-.*', "", section)  # names for whatever graph it is
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", section)).split())


@every_family
def test_a_text_says_what_its_bytes_are_for(build: str) -> None:
    text = said(story(build, "growth_storm"))
    assert "are here again" in text
    assert "tables made by growth" in text
    assert "Colour: what they are for." in text
    assert "unknown what for" not in text


@every_family
def test_a_protobuf_does_not_say_that_there_are_no_tables(build: str) -> None:
    text = said(story(build, "growth_storm", protobuf=True))
    assert "from which Go leaves out the runtime's frames" in text
    assert "unknown what for" in text
    for wrong in ("are here again", "tables made by growth", "Colour: what they are for.", "stand below in figures"):
        assert wrong not in text


def test_a_text_without_names_does_not_say_so_either() -> None:
    told = story(SWISS, "growth_storm")
    nameless = told._replace(raw=told.raw._replace(symbols=b""), diagnosis=told.diagnosis._replace(named=False))
    text = said(nameless)
    assert "The runtime's frames have no names here" in text
    assert "tables made by growth" not in text
