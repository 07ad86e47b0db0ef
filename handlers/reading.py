"""One reading of one process's heap: as text with its hidden frames named, or as protobuf.

Knows what to ask for a reading; not when, nor what is made of it.

Why everything after the bytes runs in a thread: 50,000 records take a third of a second, in which other captures
and their deadlines would stand still.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from analyzers.errors import MapstormError, ProfileError
from analyzers.profile import Binary, HeapProfile
from analyzers.reading import heapproto, symbols
from analyzers.reading.heaptext import HeapTextReader
from handlers.errors import CaptureError
from handlers.ports import Visit

Names = dict[int, str]


class Reading(NamedTuple):
    """A profile, and when its last byte came (seconds since 1970)."""

    profile: HeapProfile
    moment: float


async def by_text(visit: Visit, names: Names, now: Callable[[], float]) -> Reading:
    """The text with its hidden frames named; `names` are those known already, and gets the others."""
    reader = HeapTextReader()
    await visit.text(reader.feed)
    moment = now()
    text = await asyncio.to_thread(reader.finish)
    await _ask(visit, [pc for pc in text.hidden_pcs() if pc not in names], names)
    return Reading(await asyncio.to_thread(symbols.resolve, text, names), moment)


async def by_protobuf(visit: Visit, now: Callable[[], float]) -> Reading:
    """The protobuf, whose frames are hidden."""
    data = await visit.proto(collect=True)
    moment = now()
    return Reading(await asyncio.to_thread(heapproto.read, data), moment)


async def binary(visit: Visit) -> Binary:
    """Build, code and process, known only to the protobuf; empty where they cannot be had."""
    try:
        return await asyncio.to_thread(heapproto.binary, await visit.proto())
    except MapstormError:
        return Binary()


async def _ask(visit: Visit, pcs: list[int], names: Names) -> None:
    """Adds the names of `pcs`. Where the symbol endpoint fails, however it does, sizes must speak."""
    with suppress(CaptureError, ProfileError):
        for query in symbols.queries(pcs):
            names.update(symbols.names(await visit.symbols(query)))
