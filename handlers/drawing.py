"""The flame graph of a capture, from what is kept of it. Knows which readings may stand in one graph.

Why from the store and not from what the visits have just brought: so a job that is repeated can draw it, and one that
is not wanted any more, because somebody forgot the capture meanwhile, does not.
"""

from analyzers import merging
from analyzers.compare import Basis
from analyzers.errors import ProfileError
from analyzers.flame import Flame
from analyzers.profile import Source
from analyzers.stacks import Stacks
from handlers.ports import Tools
from handlers.records import Capture
from handlers.report import Raw, Report
from handlers.wholes import stacks


async def draw(tools: Tools, capture: Capture) -> None:
    """Draws it, if there is something to draw it from, and once. Raises OutageError."""
    reports = tools.reports
    report = await reports.get(capture.id)
    if report is None or await reports.flame(capture.id) is not None:
        return
    async with tools.easel.taken():
        raw = await reports.raw(capture.id)
        if raw is None:
            return
        base = await _base(tools, report)
        flame = await tools.easel.flame(raw, base)
        if flame is not None:
            await reports.draw(capture.id, flame)


async def _base(tools: Tools, report: Report) -> Raw | None:
    """The bytes of what the diagnosis compared it with, if they are kept. Of another process they are none: what was
    allocated there since its start says nothing about what was allocated here."""
    capture, asked = report.capture, report.capture.request
    if report.diagnosis.comparison.basis is not Basis.SAME_PROCESS:
        return None
    history = await tools.snapshots.history(asked.service)
    compared = [
        line.capture_id
        for line in history
        if line.instance == capture.instance and line.captured_at < asked.requested_at
    ]
    found = await tools.reports.before(asked.service, capture.instance, asked.requested_at)
    return await tools.reports.raw(found) if found and compared[:1] == [found] else None


def flame_of(raw: Raw, base: Raw | None) -> Flame | None:
    """Of the texts, else of the protobufs; None where neither can be read. Takes seconds, and is nothing for a
    process that captures meanwhile."""
    for source in Source:
        now = _readable(raw, source)
        if now is not None:
            first = _readable(raw, source, first=True)
            return merging.flame(now, first, _readable(base, source) if base else None)
    return None


def _readable(raw: Raw, source: Source, *, first: bool = False) -> Stacks | None:
    """The diagnosis was made of less than all frames: what is wrong with the others costs the graph alone."""
    try:
        return stacks(raw, source, first=first)
    except ProfileError:
        return None
