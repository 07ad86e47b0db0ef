"""One capture's visits to one process: text, names and protobuf, twice when a window is asked for.

Knows the order of requests and what may stand in for what; not HTTP, not what the bytes mean.
"""

from collections.abc import Awaitable, Callable

from analyzers import heapproto, symbols
from analyzers.errors import MapstormError, NotAHeapProfile
from analyzers.heaptext import HeapTextReader
from analyzers.profile import HeapProfile
from analyzers.snapshot import Snapshot, take, with_build_id
from handlers.errors import NoPprof, NotPprof
from handlers.ports import Heaps, Visit
from handlers.records import Instance, Service

Names = dict[int, str]


async def visits(
    heaps: Heaps,
    service: Service,
    instance: Instance,
    *,
    now: Callable[[], float],
    pause: Callable[[float], Awaitable[None]],
) -> tuple[Snapshot, Snapshot | None]:
    """The first and, `window_s` later, the second snapshot of one process (None when window_s is 0)."""
    names: Names = {}
    async with heaps.visit(service, instance) as visit:
        first = take(await _read(visit, names), now())
        if first.named:
            first = with_build_id(first, await _build_id(visit))
        if service.window_s <= 0:
            return first, None
        await pause(service.window_s)
        second = take(await _read(visit, names), now())
    return first, with_build_id(second, first.build_id)


async def _read(visit: Visit, names: Names) -> HeapProfile:
    """The text with its hidden frames named; the protobuf where the service offers no text."""
    reader = HeapTextReader()
    try:
        await visit.text(reader.feed)
        text = reader.finish()
    except (NoPprof, NotPprof, NotAHeapProfile):
        return heapproto.read(await visit.proto())
    await _ask(visit, [pc for pc in text.hidden_pcs() if pc not in names], names)
    return symbols.resolve(text, names)


async def _ask(visit: Visit, pcs: list[int], names: Names) -> None:
    """Adds the names of `pcs`. A service without the symbol endpoint leaves them out: sizes must speak then."""
    try:
        for query in symbols.queries(pcs):
            names.update(symbols.names(await visit.symbols(query)))
    except MapstormError as error:
        if error.retryable:
            raise


async def _build_id(visit: Visit) -> str:
    """The build's id, known only to the protobuf; empty where it has none or cannot be had."""
    try:
        return heapproto.read(await visit.proto()).build_id
    except MapstormError:
        return ""
