"""One capture's visits to one process: text, names and protobuf, twice when a window is asked for.

Knows the order of requests and what may stand in for what; not HTTP, not what the bytes mean.

Why everything after the bytes runs in a thread: 50,000 records take a third of a second, in which other captures
and their deadlines would stand still.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from typing import NamedTuple

from analyzers import cpuproto, heapproto, symbols
from analyzers.cpu import CPUMissing, CPUProfile
from analyzers.errors import MapstormError, NotAHeapProfile, ProfileError
from analyzers.heaptext import HeapTextReader
from analyzers.profile import Binary, Source
from analyzers.snapshot import Snapshot, take, with_binary
from handlers.errors import CaptureError, NoPprof, NotPprof, ServerFault
from handlers.ports import Heaps, Visit
from handlers.records import Instance, Service

Names = dict[int, str]


class Seen(NamedTuple):
    """What one capture saw of one process. `second` is None for a single visit; a CPU profile only if asked for."""

    first: Snapshot
    second: Snapshot | None
    cpu: CPUProfile | None = None
    cpu_missing: CPUMissing | None = None


async def visits(
    heaps: Heaps,
    service: Service,
    instance: Instance,
    *,
    now: Callable[[], float],
    pause: Callable[[float], Awaitable[None]],
) -> Seen:
    """The first and, `window_s` later, the second snapshot of one process (None when window_s is 0).

    A CPU profile is taken meanwhile. It fills the window, and where it is longer, the window is as long as it takes.
    """
    names: Names = {}
    async with heaps.visit(service, instance) as visit:
        first = await _first(visit, names, now)
        if first.source is Source.TEXT:
            first = with_binary(first, await _binary(visit))
        began = now()
        cpu, missing = await _cpu(visit, service.cpu_s) if service.cpu_s else (None, None)
        if service.window_s <= 0:
            return Seen(first, None, cpu, missing)
        await pause(min(service.window_s, max(0.0, service.window_s - (now() - began))))
        # The same kind again, whatever went wrong with the other one: only like can be compared with like.
        second = await (_text(visit, names, now) if first.source is Source.TEXT else _protobuf(visit, now))
    return Seen(first, replace(second, build_id=first.build_id, process=first.process), cpu, missing)


async def _first(visit: Visit, names: Names, now: Callable[[], float]) -> Snapshot:
    """The text, or the protobuf where the service offers no text."""
    try:
        return await _text(visit, names, now)
    except (NoPprof, NotPprof, ServerFault, NotAHeapProfile) as refusal:
        try:
            return await _protobuf(visit, now)
        except CaptureError:
            if refusal.retryable:
                raise refusal from None  # it may be there at the next try, whatever the protobuf lacks
            raise


async def _text(visit: Visit, names: Names, now: Callable[[], float]) -> Snapshot:
    """The text with its hidden frames named."""
    reader = HeapTextReader()
    await visit.text(reader.feed)
    moment = now()
    text = await asyncio.to_thread(reader.finish)
    await _ask(visit, [pc for pc in text.hidden_pcs() if pc not in names], names)
    return await asyncio.to_thread(lambda: take(symbols.resolve(text, names), moment))


async def _protobuf(visit: Visit, now: Callable[[], float]) -> Snapshot:
    data = await visit.proto()
    moment = now()
    return await asyncio.to_thread(lambda: take(heapproto.read(data), moment))


async def _ask(visit: Visit, pcs: list[int], names: Names) -> None:
    """Adds the names of `pcs`. Where the symbol endpoint fails, however it does, sizes must speak."""
    with suppress(CaptureError, ProfileError):
        for query in symbols.queries(pcs):
            names.update(symbols.names(await visit.symbols(query)))


async def _cpu(visit: Visit, seconds: int) -> tuple[CPUProfile | None, CPUMissing | None]:
    """The CPU profile, or why there is none: the heap alone is a diagnosis, too."""
    try:
        data = await visit.cpu(seconds)
        return await asyncio.to_thread(cpuproto.read, data), None
    except (CaptureError, ProfileError) as error:
        return None, CPUMissing(error.reason, error.detail)


async def _binary(visit: Visit) -> Binary:
    """Build and process, known only to the protobuf; empty where they cannot be had."""
    try:
        return await asyncio.to_thread(heapproto.binary, await visit.proto())
    except MapstormError:
        return Binary()
