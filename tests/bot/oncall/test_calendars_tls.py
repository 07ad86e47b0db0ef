"""Fetching over real TLS: the vetted address is connected to, and the certificate is that of the registered name."""

import asyncio
import shlex
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from bot.oncall.calendars import Calendars
from bot.redis_server import free_port
from handlers.errors import CalendarAway
from handlers.rotation import Calendar

TEXT = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    """A certificate for calendar.localhost alone, signed by itself, and a server's context with it."""
    folder = tmp_path_factory.mktemp("tls")
    made, key = folder / "cert.pem", folder / "key.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
    told = f"{command} -subj /CN=x -addext subjectAltName=DNS:calendar.localhost -keyout {key} -out {made}"
    subprocess.run(shlex.split(told), check=True, capture_output=True)  # noqa: S603 - words of our own
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made, key)
    return made, context


@asynccontextmanager
async def serving(tls: ssl.SSLContext, heard: list[bytes]) -> AsyncIterator[int]:
    """Answers one calendar to each; the port."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"\r\n\r\n"))
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/calendar\r\nConnection: close\r\n\r\n"
        writer.write(head + TEXT)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=tls)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def loopback(host: str, port: int) -> tuple[str, ...]:
    return ("127.0.0.1",)


async def fetch(host: str, port: int, trusted: Path | None) -> bytes:
    """With the system's own certificates, or this one beside them."""
    transport = httpx.AsyncHTTPTransport(verify=ssl.create_default_context(cafile=trusted)) if trusted else None
    return await Calendars(transport=transport, resolver=loopback).fetch(Calendar(f"https://{host}:{port}/s3cret.ics"))


async def test_the_registered_name_is_shown_to_the_vetted_address(certificate: tuple[Path, ssl.SSLContext]) -> None:
    heard: list[bytes] = []
    async with serving(certificate[1], heard) as port:
        assert await fetch("calendar.localhost", port, certificate[0]) == TEXT
    (request,) = heard
    assert request.startswith(b"GET /s3cret.ics HTTP/1.1\r\n")
    assert f"host: calendar.localhost:{port}\r\n".encode() in request.lower()


@pytest.mark.parametrize(("host", "trusting"), [("other.localhost", True), ("calendar.localhost", False)])
async def test_another_certificate_is_refused(
    certificate: tuple[Path, ssl.SSLContext], host: str, trusting: bool
) -> None:
    heard: list[bytes] = []
    async with serving(certificate[1], heard) as port:
        with pytest.raises(CalendarAway) as caught:
            await fetch(host, port, certificate[0] if trusting else None)
    assert caught.value.detail == "tls"
    assert heard == [], "the secret path is not sent before"


async def test_nobody_listens() -> None:
    with pytest.raises(CalendarAway) as caught:
        await fetch("calendar.localhost", free_port(), None)
    assert caught.value.detail == "no_connection"
