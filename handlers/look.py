"""One look at one instance: the snapshot before, the visits, the diagnosis, the snapshot kept.

What the worker does for a thread and the shell for a terminal. Knows neither.
"""

import asyncio
from collections.abc import Awaitable, Callable

from analyzers.examine import examine
from handlers.errors import UnknownInstance
from handlers.notes import Summary
from handlers.patience import SECONDS, patiently
from handlers.ports import Heaps, KnownLeaves, Snapshots
from handlers.records import Capture, Service
from handlers.taped import Tape, Taped
from handlers.visits import visits


async def look(
    heaps: Heaps,
    snapshots: Snapshots,
    leaves: KnownLeaves,
    service: Service,
    capture: Capture,
    *,
    now: Callable[[], float],
    pause: Callable[[float], Awaitable[None]],
    tape: Tape | None = None,
) -> Summary:
    """What `capture` finds at its instance; what the visits bring back is copied to `tape`. Raises CaptureError,
    ProfileError, OutageError."""
    instance = next((item for item in service.instances if item.name == capture.instance), None)
    if instance is None:
        raise UnknownInstance(capture.instance)
    base = await snapshots.before(service.name, instance.name, capture.request.requested_at)
    asked = Taped(heaps, tape) if tape else heaps
    seen = await visits(asked, leaves, service, instance, now=now, pause=pause)
    snapshot, diagnosis = await asyncio.to_thread(
        examine, seen.first, seen.second, base, service.thresholds, service.memory_limit, seen.cpu
    )
    diagnosis = diagnosis._replace(cpu_missing=seen.cpu_missing)
    await patiently(pause, lambda: snapshots.put(capture, snapshot, diagnosis), SECONDS)
    return Summary(service, instance.name, capture.id, diagnosis)
