"""Copies of what a capture's visits brought back, for those who want to see it: a port Heaps around another one.

Knows no format but how texts are squeezed. A visit behaves as it would without: what it raises goes through, and
what cannot be copied is only missing from the copy.

Why texts are compressed while they stream: they may have 250 MB, and 20 to 1 is what names of functions shrink to.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import zstandard

from handlers.ports import Heaps, Visit
from handlers.records import Instance, Service
from handlers.report import Raw

LEVEL = 1  # 500 MB a second; the next one halves that for a tenth


class Tape:
    """All of one capture, `limit` bytes as they are kept: when that is not enough the latest reading goes before the
    first one, and what has no room by itself is left out as a whole."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._texts: list[bytes] = []
        self._protos: list[bytes] = []
        self._symbols = b""

    def raw(self) -> Raw:
        """What there is so far; of a text that broke off there is nothing."""
        text, first_text = _last_and_first(self._texts)
        proto, first_proto = _last_and_first(self._protos)
        return Raw(text, first_text, self._symbols, proto, first_proto)

    def begin(self) -> "Roll":
        """A text is about to stream. Its first reading may have to go for it."""
        return Roll(self._limit - len(self._symbols) - sum(map(len, self._protos)))

    def text(self, roll: "Roll") -> None:
        """The text has come to its end."""
        if data := roll.end():
            self._keep(self._texts, data)

    def proto(self, data: bytes) -> None:
        """A whole protobuf, as it came."""
        if len(data) <= self._limit - len(self._symbols) - sum(map(len, self._texts)):
            self._keep(self._protos, data)

    def symbols(self, answer: bytes) -> None:
        """One answer of the symbol endpoint; each ends its last line, so that they can stand in one file."""
        whole = answer if answer.endswith(b"\n") or not answer else answer + b"\n"
        if len(whole) <= self._limit - self._used():
            self._symbols += whole

    def _keep(self, kind: list[bytes], data: bytes) -> None:
        """The latest of a kind, and the first if there is room for both."""
        kind.append(data)
        del kind[1:-1]
        if self._used() > self._limit:
            del kind[:-1]

    def _used(self) -> int:
        return len(self._symbols) + sum(map(len, (*self._texts, *self._protos)))


class Roll:
    """One text as it streams, compressed; it gives up when it has more than `room` bytes."""

    def __init__(self, room: int) -> None:
        self._left = room
        self._parts: list[bytes] = []
        self._squeeze = zstandard.ZstdCompressor(level=LEVEL).compressobj() if room > 0 else None

    def add(self, chunk: bytes) -> None:
        """The next bytes. Never raises: the text itself is read by somebody else."""
        if self._squeeze is None:
            return
        try:
            self._take(self._squeeze.compress(chunk))
        except (zstandard.ZstdError, MemoryError):
            self._give_up()

    def end(self) -> bytes:
        """The whole text compressed; empty if it was given up."""
        if self._squeeze is None:
            return b""
        try:
            self._take(self._squeeze.flush())
        except (zstandard.ZstdError, MemoryError):
            self._give_up()
        return b"".join(self._parts)

    def _take(self, part: bytes) -> None:
        self._left -= len(part)
        if self._left < 0:
            self._give_up()
        elif part:
            self._parts.append(part)

    def _give_up(self) -> None:
        self._squeeze = None
        self._parts = []


class Taped:
    """The port Heaps: another one's visits, with a copy of each on `tape`."""

    def __init__(self, heaps: Heaps, tape: Tape) -> None:
        self._heaps = heaps
        self._tape = tape

    @asynccontextmanager
    async def visit(self, service: Service, instance: Instance) -> AsyncIterator[Visit]:
        """As the other one does."""
        async with self._heaps.visit(service, instance) as visit:
            yield _TapedVisit(visit, self._tape)


class _TapedVisit:
    def __init__(self, visit: Visit, tape: Tape) -> None:
        self._visit = visit
        self._tape = tape

    async def text(self, sink: Callable[[bytes], None]) -> None:
        roll = self._tape.begin()

        def both(chunk: bytes) -> None:
            sink(chunk)
            roll.add(chunk)

        await self._visit.text(both)
        self._tape.text(roll)

    async def symbols(self, query: str) -> bytes:
        answer = await self._visit.symbols(query)
        self._tape.symbols(answer)
        return answer

    async def proto(self, *, collect: bool = False) -> bytes:
        data = await self._visit.proto(collect=collect)
        self._tape.proto(data)
        return data

    async def cpu(self, seconds: int) -> bytes:
        return await self._visit.cpu(seconds)


def _last_and_first(kind: list[bytes]) -> tuple[bytes, bytes]:
    return (kind[-1] if kind else b""), (kind[0] if len(kind) > 1 else b"")
