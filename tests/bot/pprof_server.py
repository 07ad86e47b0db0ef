"""A pprof endpoint on loopback that answers as it is told: badly, slowly, without end. Raw sockets, because
no HTTP library lies willingly. Remembers every request and the connection it came on.
"""

import asyncio
import gzip
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

HEAP = "/debug/pprof/heap"
SYMBOL = "/debug/pprof/symbol"
PROFILE = "/debug/pprof/profile"


@dataclass(frozen=True)
class Seen:
    """One request. `target` is the raw request target, `connection` counts from 1."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    connection: int


Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


def whole(body: bytes = b"", status: int = 200, **headers: str) -> Answer:
    """An answer with its length; `content_type=` and the like become headers."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(_head(status, content_length=str(len(body)), **headers) + body)

    return answer


def chunked(*parts: bytes, truncated: bool = False, **headers: str) -> Answer:
    """As net/http sends what it does not know the length of; `truncated` closes before the last chunk."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(_head(200, transfer_encoding="chunked", **headers))
        for part in parts:
            writer.write(b"%x\r\n%s\r\n" % (len(part), part))
        if truncated:
            writer.close()
        else:
            writer.write(b"0\r\n\r\n")

    return answer


def endless(part: bytes) -> Answer:
    """Writes until the client goes."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(_head(200, transfer_encoding="chunked"))
        while True:
            writer.write(b"%x\r\n%s\r\n" % (len(part), part))
            await writer.drain()
            await asyncio.sleep(0)  # drain returns at once while there is room, and the client needs its turn

    return answer


def stalled(*parts: bytes) -> Answer:
    """Begins a body (without parts: not even a head) and then says no more."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        if parts:
            writer.write(_head(200, transfer_encoding="chunked"))
        for part in parts:
            writer.write(b"%x\r\n%s\r\n" % (len(part), part))
        await asyncio.Event().wait()

    return answer


def bomb(megabytes: int) -> Answer:
    """A body of some kilobytes that inflates to so many megabytes."""
    return chunked(gzip.compress(bytes(megabytes << 20)), content_encoding="gzip")


def raw(data: bytes) -> Answer:
    """These bytes, then the end of the connection."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        writer.close()

    return answer


class PprofServer:
    """`answers` maps a path, or a method and a path, to an answer; anything else is a 404."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.seen: list[Seen] = []
        self.connections = 0
        self.port = 0
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/debug/pprof"

    async def start(self, tls: ssl.SSLContext | None) -> asyncio.Server:
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0, ssl=tls)
        self.port = server.sockets[0].getsockname()[1]
        return server

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._tasks.add(asyncio.create_task(self._serve(reader, writer, self.connections)))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, connection: int) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            try:
                while not writer.is_closing():
                    seen = await _request(reader, connection)
                    self.seen.append(seen)
                    path = seen.target.partition("?")[0]
                    answer = self.answers.get(f"{seen.method} {path}") or self.answers.get(path)
                    await (answer or whole(b"404 page not found\n", 404))(writer)
                    await writer.drain()
            finally:
                writer.close()
                with suppress(ConnectionError, ssl.SSLError):
                    await writer.wait_closed()


@asynccontextmanager
async def pprof_server(tls: ssl.SSLContext | None = None) -> AsyncIterator[PprofServer]:
    """A server on a free port of 127.0.0.1."""
    served = PprofServer()
    server = await served.start(tls)
    try:
        yield served
    finally:
        server.close()
        await served.stop()


async def _request(reader: asyncio.StreamReader, connection: int) -> Seen:
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, target, _ = lines[0].split(" ")
    pairs = (line.partition(":") for line in lines[1:] if line)
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Seen(method, target, headers, body, connection)


def _head(status: int, **headers: str) -> bytes:
    named = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status} -\r\n{named}\r\n".encode()
