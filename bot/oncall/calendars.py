"""The text of a rotation's calendar: over https from its secret address, or from a file. Knows no iCal and no Redis.

Only that address is asked, and where it redirects to: Outlook and iCloud move calendars between hosts, PagerDuty
between regions. Each step is resolved here, vetted, and pinned as for services (`heaps.py` says why). What a redirect
leads to has no say of the registry, so it must be https and may reach no network of ours, unless on the same host.

No error and no log line has the address: with it anybody reads the calendar.
"""

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path

import httpx

from bot.addresses import may_be_asked, resolve
from bot.heaps import Resolve
from handlers.errors import (
    CalendarAway,
    CalendarRefused,
    CalendarTooLarge,
    NotACalendar,
    Unreachable,
    UntrustedCalendar,
)
from handlers.rotation import Calendar

MOST_BYTES = 5 * 1024 * 1024
TOTAL_S = 10.0
CONNECT_S = 4.0
REDIRECTS = 3
_MOVED = (301, 302, 303, 307, 308)
_BUSY = (408, 425, 429)


class Calendars:
    """Fetches calendars. A `transport` stands in for the network, a `resolver` for DNS."""

    def __init__(
        self,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        resolver: Resolve = resolve,
        total_s: float = TOTAL_S,
    ) -> None:
        self._transport = transport
        self._resolve = resolver
        self._total_s = total_s

    async def fetch(self, calendar: Calendar) -> bytes:
        """At most 5 MB in at most ten seconds. Raises CalendarAway, CalendarRefused, UntrustedCalendar, NotACalendar,
        CalendarTooLarge."""
        if calendar.file:
            return await asyncio.to_thread(_read, Path(calendar.file))
        with _explained():
            async with asyncio.timeout(self._total_s):
                return await self._follow(https(calendar.address))

    async def _follow(self, address: str) -> bytes:
        url = registered = httpx.URL(address)
        for _ in range(REDIRECTS + 1):
            answer = await self._ask(url, redirected=url.host != registered.host)
            if isinstance(answer, bytes):
                return answer
            url = url.join(answer)
            if url.scheme != "https" or not url.host:
                raise UntrustedCalendar("redirect")
        raise CalendarAway("redirects")

    async def _ask(self, url: httpx.URL, *, redirected: bool) -> bytes | str:
        """The body, or where a redirect leads to."""
        addresses = await self._addresses(url, redirected)
        async with httpx.AsyncClient(
            transport=self._transport or httpx.AsyncHTTPTransport(verify=ssl.create_default_context(), trust_env=False),
            timeout=httpx.Timeout(self._total_s, connect=CONNECT_S, pool=None),
            follow_redirects=False,
            trust_env=False,
        ) as client:
            response = await _send(client, url, addresses)
            try:
                if response.status_code in _MOVED and "location" in response.headers:
                    return str(response.headers["location"])
                _refuse(response)
                return await _body(response)
            finally:
                await response.aclose()

    async def _addresses(self, url: httpx.URL, redirected: bool) -> list[str]:
        found = await self._resolve(url.host, url.port or 443)
        # Nobody has registered where a redirect leads to, so it cannot be registered as this machine.
        named = "" if redirected else url.host
        trusted = [each for each in found if may_be_asked(each, named) and not (redirected and _inside(each))]
        if not trusted:
            raise UntrustedCalendar("redirect" if redirected else "")
        return trusted


async def _send(client: httpx.AsyncClient, url: httpx.URL, addresses: list[str]) -> httpx.Response:
    """The answer's head, of the first address that takes a connection: of a host's two kinds one may be unreachable."""
    for address in addresses:
        request = client.build_request(
            "GET",
            url.copy_with(host=address),
            headers={"Host": url.netloc.decode(), "Accept-Encoding": "identity", "User-Agent": "mapstorm"},
            extensions={"sni_hostname": url.raw_host.decode()},
        )
        try:
            return await client.send(request, stream=True)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            if address == addresses[-1]:
                raise
    raise UntrustedCalendar  # of no addresses


def https(address: str) -> str:
    """webcal:// is https under a name that opens calendar programs."""
    scheme, _, rest = address.partition("://")
    return f"https://{rest}" if scheme.lower() in ("webcal", "webcals") else address


def _inside(address: str) -> bool:
    return not ip_address(address.partition("%")[0]).is_global


def _refuse(response: httpx.Response) -> None:
    """Raises what an answer's head alone says against it."""
    status = response.status_code
    if status in _BUSY or status >= 500:
        raise CalendarAway(str(status))
    if status >= 400:
        raise CalendarRefused(str(status))
    if status != 200:
        raise NotACalendar(str(status))
    if "html" in response.headers.get("content-type", "").lower():
        raise NotACalendar("html")
    if response.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        raise NotACalendar("encoding")  # nobody asked for it, and so nothing here can become larger than it came


async def _body(response: httpx.Response) -> bytes:
    parts = bytearray()
    async for chunk in response.aiter_raw():
        parts += chunk
        if len(parts) > MOST_BYTES:
            raise CalendarTooLarge(str(MOST_BYTES))
    return bytes(parts)


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            content = opened.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        raise CalendarAway("file") from error
    if len(content) > MOST_BYTES:
        raise CalendarTooLarge(str(MOST_BYTES))
    return content


@contextmanager
def _explained() -> Iterator[None]:
    """Gives others' failures their name in our tree. `from None`: theirs carry the address, and a traceback would."""
    try:
        yield
    except (TimeoutError, httpx.TimeoutException):
        raise CalendarAway("timed_out") from None
    except (httpx.RequestError, httpx.InvalidURL, OSError, Unreachable) as error:
        raise CalendarAway(_why(error)) from None


def _why(error: BaseException | None) -> str:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return "tls"
        error = error.__cause__ or error.__context__
    return "no_connection"
