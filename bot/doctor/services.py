"""Whether each service's pprof answers. Asks for one symbol, which costs the service nothing: never for a heap."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace

from handlers.doctor import Check, Item, Topic
from handlers.errors import CaptureError, NotPprof
from handlers.ports import Heaps
from handlers.records import Instance, Service

# Those that hang take all their patience: of several hundred none should wait for another's.
AT_ONCE = 256
# net/http/pprof answers with this before any name; the query is an address that is nobody's.
NOBODY, SPOKEN = "0x0", b"num_symbols:"


async def services(heaps: Heaps, known: Iterable[Service], patience_s: float) -> tuple[Check, ...]:
    """One line for all instances; those that do not answer within `patience_s` seconds are named with the reason."""
    turn = asyncio.Semaphore(AT_ONCE)

    async def look(service: Service, instance: Instance) -> Item:
        name = f"{service.name}/{instance.name}"
        async with turn:
            try:
                await _knock(heaps, replace(service, timeout_s=patience_s), instance)
            except CaptureError as error:
                return Item(name, error.reason, error.detail)
        return Item(name)

    looks = [look(service, instance) for service in known for instance in service.instances]
    silent = tuple(item for item in await asyncio.gather(*looks) if item.reason)
    return (Check(Topic.SERVICES, not silent, items=silent, total=len(looks)),)


async def _knock(heaps: Heaps, service: Service, instance: Instance) -> None:
    """Raises CaptureError."""
    async with heaps.visit(service, instance) as visit:
        if SPOKEN not in await visit.symbols(NOBODY):
            raise NotPprof
