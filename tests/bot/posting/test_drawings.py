"""Pictures that are still being drawn, or cannot be: what becomes of them before Slack hears of them. No Redis."""

import asyncio
import resource
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.captioned import Captioned
from bot.chat import SlackChat
from bot.chat_errors import Fate, SlackRefused
from bot.pictures.apart import NotDrawn, png_apart
from bot.posting.entries import Claim, Entry
from bot.posting.uploads import KEPT, Instead, Uploads
from bot.render import Message
from handlers.records import Thread

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"/>'
HERE = Thread("C0ORDERS", "1.0")


def claim(name: str) -> Claim:
    picture = Captioned(SVG, "a picture", "Picture", "picture.png")
    entry = Entry(name, "c1", Message("in words", [], picture=picture), "mapstorm_capture_picture")
    return Claim("in:C0ORDERS", "0", entry, 0, 0, *HERE, *HERE)


@contextmanager
def no_descriptor_left() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def test_where_no_process_can_be_started_a_picture_is_told_in_words() -> None:
    uploads = Uploads(SlackChat(AsyncWebClient()))
    with no_descriptor_left():
        with pytest.raises(NotDrawn):
            await png_apart(SVG)
        with pytest.raises(Instead) as told:
            await uploads.upload(claim("p1"), HERE, asyncio.get_running_loop().time() + 60)
    assert told.value.entry.message == Message("in words", [])


async def test_in_a_storm_of_pictures_one_that_gives_way_is_tried_again_later() -> None:
    """The oldest gives up its drawing while its own claim still waits for it."""
    uploads = Uploads(SlackChat(AsyncWebClient()))
    now = asyncio.get_running_loop().time()
    waiting = asyncio.ensure_future(uploads.upload(claim("p0"), HERE, now + 60))
    await asyncio.sleep(0)
    for number in range(1, KEPT + 1):
        with pytest.raises(SlackRefused):
            await uploads.upload(claim(f"p{number}"), HERE, now - 1)
    with pytest.raises(SlackRefused) as refused:
        await waiting
    assert refused.value.fate is Fate.UNSENT
