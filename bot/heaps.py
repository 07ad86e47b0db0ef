"""The port Heaps: httpx to a service's pprof endpoint, one pinned address for a whole visit.

Knows HTTP, deadlines, byte caps and how each failure is called; not what the bytes are, and no retries.

Why the name is resolved here and the URL rewritten to the address: httpx would resolve again for each connection,
and between two answers of a DNS server the vetted address may become another one, or another process.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

import httpx
import structlog

from bot.addresses import may_be_asked, resolve
from bot.answers import Sink, drain, pour, refusal
from handlers.errors import NoPprof, NotPprof, TimedOut, Unreachable, UntrustedAddress
from handlers.records import Instance, Service

Resolve = Callable[[str, int], Awaitable[tuple[str, ...]]]

CONNECT_S = 10.0
IDLE_S = 15.0  # between two chunks; the first may take the whole timeout, since gc=1 collects before it answers
SYMBOL_BYTES = 8 * 1024 * 1024
CPU_BYTES = 8 * 1024 * 1024
# What a server says that has the symbol handler only for POST, or a router that takes the query for nonsense.
GET_REFUSED = {"400", "404", "405"}

log = structlog.get_logger()


class HttpHeaps:
    """The port Heaps. A `transport` stands in for the network, a `resolver` for DNS."""

    def __init__(
        self,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        resolver: Resolve = resolve,
        idle_s: float = IDLE_S,
    ) -> None:
        self._transport = transport
        self._resolve = resolver
        self._idle_s = idle_s

    @asynccontextmanager
    async def visit(self, service: Service, instance: Instance) -> AsyncIterator["HttpVisit"]:
        """Resolves and vets the instance's host once. Raises CaptureError."""
        with _explained():
            url = httpx.URL(instance.url)
            addresses = await self._addresses(url, service.timeout_s)
            transport = self._transport or _transport(url, service.ca_file)
        headers = {"Host": url.netloc.decode(), "Accept-Encoding": "identity", "User-Agent": "mapstorm"}
        if service.auth_header is not None:
            headers["Authorization"] = service.auth_header
        # pool=None: waiting for one's own connection is no failure; the whole deadline is kept in HttpVisit. Both
        # steps of connecting must end well before it: httpcore closes no socket whose handshake is cancelled.
        connect_s = min(CONNECT_S, service.timeout_s / 3)
        patience = httpx.Timeout(service.timeout_s, connect=connect_s, pool=None)
        async with httpx.AsyncClient(
            transport=transport, headers=headers, timeout=patience, follow_redirects=False, trust_env=False
        ) as client:
            yield HttpVisit(client, service, url, addresses, self._idle_s)

    async def _addresses(self, url: httpx.URL, timeout_s: float) -> tuple[str, ...]:
        async with asyncio.timeout(timeout_s):
            found = await self._resolve(url.host, url.port or (443 if url.scheme == "https" else 80))
        trusted = tuple(address for address in found if may_be_asked(address, url.host))
        if not trusted:
            raise UntrustedAddress
        return trusted


class HttpVisit:
    """The port Visit: requests to the first address that takes a connection, and to no other after it."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        service: Service,
        url: httpx.URL,
        addresses: tuple[str, ...],
        idle_s: float,
    ) -> None:
        self._client = client
        self._service = service
        self._url = url
        self._addresses = addresses
        self._idle_s = idle_s

    async def text(self, sink: Sink) -> None:
        gc = "&gc=1" if self._service.gc else ""
        await self._ask("GET", f"/heap?debug=1{gc}", sink, self._service.max_bytes)

    async def symbols(self, query: str) -> bytes:
        parts: list[bytes] = []
        try:
            await self._ask("GET", f"/symbol?{query}", parts.append, SYMBOL_BYTES)
        except (NoPprof, NotPprof) as refused:
            if refused.detail not in GET_REFUSED:
                raise
            await self._ask("POST", "/symbol", parts.append, SYMBOL_BYTES, query.encode())
        return b"".join(parts)

    async def proto(self, *, collect: bool = False) -> bytes:
        gc = "?gc=1" if collect and self._service.gc else ""
        parts: list[bytes] = []
        await self._ask("GET", f"/heap{gc}", parts.append, self._service.max_bytes)
        return b"".join(parts)

    async def cpu(self, seconds: int) -> bytes:
        parts: list[bytes] = []
        cap = min(CPU_BYTES, self._service.max_bytes)
        await self._ask("GET", f"/profile?seconds={seconds}", parts.append, cap, measures_s=seconds)
        return b"".join(parts)

    async def _ask(
        self, method: str, path: str, sink: Sink, cap: int, content: bytes = b"", measures_s: float = 0.0
    ) -> None:
        """One request and its whole answer within the service's timeout, after the time it measures."""
        with _explained():
            async with asyncio.timeout(self._service.timeout_s + measures_s):
                response = await self._send(method, path, content, measures_s)
                try:
                    log.debug("pprof_answer", service=self._service.name, status=response.status_code)
                    if refused := refusal(response):
                        await drain(response)
                        raise refused
                    await pour(response, sink, cap, self._idle_s + measures_s)
                finally:
                    await response.aclose()

    async def _send(self, method: str, path: str, content: bytes, measures_s: float) -> httpx.Response:
        """The answer's head. `localhost` has two addresses and most servers listen on one: so the next is tried."""
        # raw_path: httpx leaves it alone, while any other way the query's `+` might become %2B.
        target = self._url.raw_path.rstrip(b"/") + path.encode()
        longest = self._service.timeout_s + measures_s
        patience = httpx.Timeout(longest, connect=self._client.timeout.connect, pool=None)
        while True:
            request = self._client.build_request(
                method,
                self._url.copy_with(host=self._addresses[0], raw_path=target),
                content=content or None,
                timeout=patience,
                extensions={"sni_hostname": self._url.raw_host.decode()},
            )
            try:
                response = await self._client.send(request, stream=True)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                if len(self._addresses) == 1:
                    raise
                self._addresses = self._addresses[1:]
            else:
                self._addresses = self._addresses[:1]
                return response


def _transport(url: httpx.URL, ca_file: str | None) -> httpx.AsyncBaseTransport:
    """One connection, kept through the pause between two visits, so that a balancer has no second choice to make."""
    if url.scheme == "https":
        try:
            context = ssl.create_default_context(cafile=ca_file)
        except OSError as error:
            raise Unreachable("ca_file") from error
    else:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # never used; reading the system's store takes 20 ms
    limits = httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=None)
    return httpx.AsyncHTTPTransport(verify=context, limits=limits, trust_env=False)


@contextmanager
def _explained() -> Iterator[None]:
    """Gives httpx's failures their name in our tree. Details name no address: they may reach a thread."""
    try:
        yield
    except (TimeoutError, httpx.TimeoutException) as error:
        raise TimedOut from error
    except (httpx.RequestError, httpx.InvalidURL, OSError) as error:
        raise Unreachable(_why(error)) from error


def _why(error: BaseException) -> str:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return "certificate"
        if isinstance(cause, ssl.SSLError):
            return "tls"
        cause = cause.__cause__ or cause.__context__
    return "no_connection" if isinstance(error, httpx.ConnectError) else "broken_off"
