"""One capture's visits to one process: which format is asked for, and what may stand in for what.

Knows the order of requests and what a build's calls were seen to allocate for; not HTTP, not what the bytes mean.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import NamedTuple

from analyzers.cpu import CPUMissing, CPUProfile
from analyzers.errors import NotAHeapProfile, ProfileError
from analyzers.leaves import Leaves, explain, learn, unknown_share, unknown_since
from analyzers.profile import Binary, Source
from analyzers.reading import cpuproto
from analyzers.snapshot import Snapshot, take, with_binary
from handlers.errors import CaptureError, NoPprof, NotPprof, OutageError, ServerFault
from handlers.ports import Heaps, KnownLeaves, Visit
from handlers.reading import Names, Reading, binary, by_protobuf, by_text
from handlers.records import Instance, Service, Wanted


class Seen(NamedTuple):
    """What one capture saw of one process. `second` is None for a single visit; a CPU profile only if asked for."""

    first: Snapshot
    second: Snapshot | None
    cpu: CPUProfile | None = None
    cpu_missing: CPUMissing | None = None


async def visits(
    heaps: Heaps,
    leaves: KnownLeaves,
    service: Service,
    instance: Instance,
    *,
    now: Callable[[], float],
    pause: Callable[[float], Awaitable[None]],
) -> Seen:
    """The first and, `window_s` later, the second snapshot of one process (None when window_s is 0).

    A CPU profile is taken meanwhile. It fills the window, and where it is longer, the window is as long as it takes.
    """
    async with heaps.visit(service, instance) as visit:
        looker = _Looker(visit, leaves, service, now)
        first = await looker.first()
        began = now()
        cpu, missing = await _cpu(visit, service.cpu_s) if service.cpu_s else (None, None)
        if service.window_s <= 0:
            return Seen(await looker.snapshot(first), None, cpu, missing)
        await pause(min(service.window_s, max(0.0, service.window_s - (now() - began))))
        second = await looker.second(first)
    return Seen(await looker.snapshot(first), await looker.snapshot(second), cpu, missing)


class _Looker:
    """Reads one process's heap, as the service wants it, and remembers what it learns meanwhile."""

    def __init__(self, visit: Visit, leaves: KnownLeaves, service: Service, now: Callable[[], float]) -> None:
        self._visit = visit
        self._leaves = leaves
        self._service = service
        self._now = now
        self._names: Names = {}
        self._binary = Binary()
        self._known: Leaves | None = None

    async def first(self) -> Reading:
        """The text, or the protobuf where nobody wants the text, where it is not needed, or not offered."""
        if self._service.capture is Wanted.PROTOBUF:
            return await self._protobuf()
        if self._service.capture is Wanted.AUTO:
            # What is wrong with the protobuf alone is no reason to fail: the text will tell.
            with suppress(NoPprof, NotPprof, ServerFault, ProfileError):
                reading = await self._protobuf()
                if self._known and unknown_share(explain(self._known, reading.profile)) <= self._most_unknown:
                    return reading
        try:
            return await self._text()
        except (NoPprof, NotPprof, ServerFault, NotAHeapProfile) as refusal:
            try:
                return await self._protobuf()
            except CaptureError:
                if refusal.retryable:
                    raise refusal from None  # it may be there at the next try, whatever the protobuf lacks
                raise

    async def second(self, first: Reading) -> Reading:
        """The same kind again, whatever went wrong with the other one: only like can be compared with like."""
        if first.profile.source is Source.TEXT:
            return await by_text(self._visit, self._names, self._now)
        second = await by_protobuf(self._visit, self._now)
        if self._service.capture is Wanted.AUTO and self._known:
            before, after = (explain(self._known, reading.profile) for reading in (first, second))
            if unknown_since(after, before, self._service.thresholds.min_growth_bytes) > self._most_unknown:
                with suppress(CaptureError, ProfileError):
                    await self._text()
        return second

    async def snapshot(self, reading: Reading) -> Snapshot:
        """What is kept of a reading, with all that is known by now."""
        return await asyncio.to_thread(self._snapshot, reading)

    def _snapshot(self, reading: Reading) -> Snapshot:
        profile = reading.profile
        if profile.source is Source.TEXT:
            return with_binary(take(profile, reading.moment), self._binary)
        if self._known:
            profile = explain(self._known, profile)
            profile = profile._replace(named=unknown_share(profile) <= self._most_unknown)
        return take(profile, reading.moment)

    @property
    def _most_unknown(self) -> float:
        return self._service.thresholds.max_unknown_share

    async def _protobuf(self) -> Reading:
        """The protobuf, and what is known of its build."""
        reading = await by_protobuf(self._visit, self._now)
        profile = reading.profile
        self._binary = Binary(profile.build_id, profile.code, profile.process)
        if profile.build_id and self._service.capture is not Wanted.TEXT:
            with suppress(OutageError):  # what cannot be recalled can be learned again
                self._known = await self._leaves.of(profile.build_id)
        return reading

    async def _text(self) -> Reading:
        """The text, and what it tells of its build, for the captures that come."""
        reading = await by_text(self._visit, self._names, self._now)
        if self._binary == Binary():
            self._binary = await binary(self._visit)
        if self._service.capture is Wanted.AUTO and self._binary.build_id and reading.profile.named:
            learned = await asyncio.to_thread(learn, reading.profile, self._binary)
            self._known = self._known.plus(learned) if self._known else learned
            with suppress(OutageError):
                await self._leaves.learned(self._known)
        return reading


async def _cpu(visit: Visit, seconds: int) -> tuple[CPUProfile | None, CPUMissing | None]:
    """The CPU profile, or why there is none: the heap alone is a diagnosis, too."""
    try:
        data = await visit.cpu(seconds)
        return await asyncio.to_thread(cpuproto.read, data), None
    except (CaptureError, ProfileError) as error:
        return None, CPUMissing(error.reason, error.detail)
