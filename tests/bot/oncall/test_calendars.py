"""Fetching: one secret address, vetted at each step, in bounded time and memory, and told to nobody."""

import asyncio
import logging
import traceback
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest

from bot.oncall.calendars import MOST_BYTES, Calendars, https
from handlers.errors import (
    CalendarAway,
    CalendarError,
    CalendarRefused,
    CalendarTooLarge,
    NotACalendar,
    Unreachable,
    UntrustedCalendar,
)
from handlers.rotation import Calendar

SECRET = "s3cret-token"  # noqa: S105 - a word to look for
ADDRESS = f"https://calendar.example.com/private/{SECRET}/basic.ics"
TEXT = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
Handler = Callable[[httpx.Request], httpx.Response]
HOSTS = {
    "calendar.example.com": "203.0.113.7",
    "other.example.com": "198.51.100.9",
    "public.example.com": "8.8.8.8",
    "metadata.example.com": "169.254.169.254",
    "inside.example.com": "10.0.0.7",
    "loop.example.com": "127.0.0.1",
    "localhost": "127.0.0.1",
}


async def flowing(content: bytes) -> AsyncIterator[bytes]:
    """As it comes over the wire: httpx takes bytes for an answer that is read already."""
    yield content


async def resolved(host: str, port: int) -> tuple[str, ...]:
    if host not in HOSTS:
        raise Unreachable("no_such_host")
    return (HOSTS[host],)


async def fetch(handler: Handler, address: str = ADDRESS, total_s: float = 10.0) -> bytes:
    calendars = Calendars(transport=httpx.MockTransport(handler), resolver=resolved, total_s=total_s)
    return await calendars.fetch(Calendar(https(address)))


def answering(status: int = 200, content: bytes = TEXT, **headers: str) -> Handler:
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: httpx.Response(status, content=flowing(content), headers=told)


@pytest.mark.parametrize("scheme", ["https", "webcal", "WEBCAL", "webcals"])
async def test_only_the_vetted_address_is_asked(scheme: str) -> None:
    asked: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, content=flowing(TEXT))

    assert await fetch(handler, ADDRESS.replace("https", scheme, 1)) == TEXT
    (request,) = asked
    assert str(request.url) == ADDRESS.replace("calendar.example.com", "203.0.113.7")
    assert request.headers["host"] == "calendar.example.com"
    assert request.extensions["sni_hostname"] == "calendar.example.com"
    assert request.headers["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    ("handler", "error", "detail"),
    [
        (answering(404), CalendarRefused, "404"),
        (answering(401), CalendarRefused, "401"),
        (answering(410), CalendarRefused, "410"),
        (answering(429), CalendarAway, "429"),
        (answering(500), CalendarAway, "500"),
        (answering(204), NotACalendar, "204"),
        (answering(302), NotACalendar, "302"),
        (answering(content=b"<html>", content_type="text/html; charset=utf-8"), NotACalendar, "html"),
        (answering(content_encoding="br"), NotACalendar, "encoding"),
        (answering(content=b"x" * (MOST_BYTES + 1)), CalendarTooLarge, str(MOST_BYTES)),
    ],
)
async def test_each_bad_answer_has_its_word(handler: Handler, error: type[CalendarError], detail: str) -> None:
    with pytest.raises(error) as caught:
        await fetch(handler)
    assert caught.value.detail == detail


async def test_fifty_megabytes_are_not_read_to_their_end() -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 65_536
            yield b"x" * 65_536

    with pytest.raises(CalendarTooLarge):
        await fetch(lambda _: httpx.Response(200, content=endless()))
    assert sent <= MOST_BYTES + 2 * 65_536


async def test_an_answer_that_never_ends_is_waited_for_only_so_long() -> None:
    async def stuck() -> AsyncIterator[bytes]:
        yield b"BEGIN"
        await asyncio.Event().wait()

    with pytest.raises(CalendarAway) as caught:
        await fetch(lambda _: httpx.Response(200, content=stuck()), total_s=0.05)
    assert caught.value.detail == "timed_out"


@pytest.mark.parametrize("address", ["https://metadata.example.com/x.ics", "https://loop.example.com/x.ics"])
async def test_names_that_lead_astray_are_not_asked(address: str) -> None:
    with pytest.raises(UntrustedCalendar):
        await fetch(answering(), address)


async def test_a_registered_host_may_be_inside() -> None:
    assert await fetch(answering(), "https://inside.example.com/x.ics") == TEXT


def moving(*to: str) -> Handler:
    """Redirects along `to`, then answers."""
    left = list(to)

    def handler(_: httpx.Request) -> httpx.Response:
        return (
            httpx.Response(302, headers={"location": left.pop(0)})
            if left
            else httpx.Response(200, content=flowing(TEXT))
        )

    return handler


@pytest.mark.parametrize(
    "to",
    [
        ("https://public.example.com/x.ics",),
        ("/elsewhere.ics",),
        ("https://public.example.com/a", "https://public.example.com/b", "https://public.example.com/c"),
    ],
)
async def test_calendars_move_between_hosts(to: tuple[str, ...]) -> None:
    assert await fetch(moving(*to)) == TEXT


@pytest.mark.parametrize(
    ("to", "error"),
    [
        (("http://public.example.com/x.ics",), UntrustedCalendar),
        (("file:///etc/passwd",), UntrustedCalendar),
        (("https://metadata.example.com/latest/",), UntrustedCalendar),
        (("https://169.254.169.254/latest/",), CalendarError),
        (("https://inside.example.com/",), UntrustedCalendar),
        (("https://localhost/",), UntrustedCalendar),
        (("https://nowhere.example.com/",), CalendarAway),
        (("/a", "/b", "/c", "/d"), CalendarAway),
        (("https://[broken/",), CalendarAway),
    ],
)
async def test_no_redirect_leads_where_nobody_registered(to: tuple[str, ...], error: type[CalendarError]) -> None:
    with pytest.raises(error):
        await fetch(moving(*to))


async def test_the_second_address_of_a_host_is_tried() -> None:
    async def both(host: str, port: int) -> tuple[str, ...]:
        return "2001:db8::1", "203.0.113.7"

    def handler(request: httpx.Request) -> httpx.Response:
        if ":" in request.url.host:
            raise httpx.ConnectError("no route")
        return httpx.Response(200, content=flowing(TEXT))

    assert await Calendars(transport=httpx.MockTransport(handler), resolver=both).fetch(Calendar(ADDRESS)) == TEXT


def failing(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError(f"cannot connect to {request.url}", request=request)


@pytest.mark.parametrize(
    "handler", [answering(404), answering(500), answering(content=b"<html>"), failing, moving("http://x/")]
)
async def test_the_address_is_told_to_nobody(handler: Handler, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)  # what `log.configure` leaves httpx
    try:
        await fetch(handler)
    except CalendarError as error:
        told = "".join(traceback.format_exception(error)) + repr(error) + str(vars(error))
        assert SECRET not in told
    assert SECRET not in caplog.text
    assert SECRET not in repr(Calendar(ADDRESS))


async def test_a_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "payments.ics").write_bytes(TEXT)
    assert await Calendars().fetch(Calendar(file=str(tmp_path / "payments.ics"))) == TEXT
    (tmp_path / "large.ics").write_bytes(b"x" * (MOST_BYTES + 1))
    with pytest.raises(CalendarTooLarge):
        await Calendars().fetch(Calendar(file=str(tmp_path / "large.ics")))


@pytest.mark.parametrize("name", ["missing.ics", ".", "a\0b"])
async def test_a_file_that_cannot_be_read_says_so(tmp_path: Path, name: str) -> None:
    with pytest.raises(CalendarAway) as caught:
        await Calendars().fetch(Calendar(file=f"{tmp_path}/{name}"))
    assert caught.value.detail == "file"
