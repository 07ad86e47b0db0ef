"""The flame graph of a capture, from what is kept of it. Knows which readings may stand in one graph.

Why from the store and not from what the visits have just brought: so a job that is repeated can draw it, and one that
is not wanted any more, because somebody forgot the capture meanwhile, does not.
"""

import asyncio

from analyzers import merging
from analyzers.compare import Basis
from analyzers.errors import ProfileError
from analyzers.flame import Flame
from analyzers.profile import Source
from analyzers.stacks import Stacks
from handlers.ports import Reports, Tools
from handlers.records import Capture
from handlers.report import Raw, Report
from handlers.wholes import stacks

# The base of a diagnosis is found by its age, which goes by the service's clock.
CLOCKS_S, CLOCKS_SHARE = 2.0, 0.01


async def draw(tools: Tools, capture: Capture) -> None:
    """Draws it, if there is something to draw it from, and once. Raises OutageError."""
    reports = tools.reports
    report = await reports.get(capture.id)
    if report is None or await reports.flame(capture.id) is not None:
        return
    raw = await reports.raw(capture.id)
    if raw is None:
        return
    base = await _base(reports, report)
    flame = await asyncio.to_thread(_flame, raw, base)
    if flame is not None:
        await reports.draw(capture.id, flame)


async def _base(reports: Reports, report: Report) -> Raw | None:
    """What the diagnosis compared it with, if its bytes are kept. Of another process it is none: what was allocated
    there since its start says nothing about what was allocated here."""
    capture, compared = report.capture, report.diagnosis.comparison
    if compared.basis is not Basis.SAME_PROCESS or compared.age is None:
        return None
    asked = capture.request
    found = await reports.before(asked.service, capture.instance, asked.requested_at)
    base = await reports.get(found) if found else None
    if base is None:
        return None
    age = report.diagnosis.captured_at - base.diagnosis.captured_at
    if abs(age - compared.age) > max(CLOCKS_S, CLOCKS_SHARE * compared.age):
        return None  # an older one: the one it was compared with is not kept
    return await reports.raw(base.capture.id)


def _flame(raw: Raw, base: Raw | None) -> Flame | None:
    """Of the texts, else of the protobufs; None where neither can be read."""
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
