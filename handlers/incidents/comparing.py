"""A comparison that somebody asks for: the newest capture of an instance against one of then. Nobody is visited.

Knows which moment a choice means; not what makes two captures comparable (analyzers/compare.py).
"""

import asyncio
import math

from analyzers.examine import examine
from analyzers.snapshot import Snapshot
from handlers.errors import NoSnapshot
from handlers.incident import HOUR_AGO, PREVIOUS, WEEK_AGO, Incident
from handlers.incident_notes import Compared, CompareForm
from handlers.incidents.ill import good, suspects
from handlers.ports import Tools
from handlers.records import Remembered, Service

_AGO_S = {HOUR_AGO: 3600.0, WEEK_AGO: 7 * 86_400.0}
# So far from the moment that was asked for a capture is still one of then: "the same hour" is what the form says.
_ABOUT_S = 1800.0
_CHOICES = 50


async def compare(
    tools: Tools, service: Service, incident: Incident, instance: str, against: str, who: str
) -> Compared:
    """The newest capture of `instance` (empty: an ill one) `against` what Filled says. Raises NoSnapshot."""
    name = instance or next(iter(_instances(incident, service)), "")
    newest = await tools.snapshots.before(service.name, name, tools.now() + 1)
    if newest is None:
        raise NoSnapshot(name)
    base = await _base(tools, service, name, newest, against)
    if base is None:
        raise NoSnapshot(name)
    _, diagnosis = await asyncio.to_thread(
        examine, newest, None, base, service.thresholds, service.memory_limit or incident.memory_limit
    )
    return Compared(service, name, base.captured_at, who, diagnosis)


async def comparable(tools: Tools, service: Service, incident: Incident) -> CompareForm:
    """What there is to choose from. Raises NoSnapshot."""
    history = await tools.snapshots.history(service.name)
    names = tuple(name for name in _instances(incident, service) if any(line.instance == name for line in history))
    if not names:
        raise NoSnapshot
    newest = {name: max(line.captured_at for line in history if line.instance == name) for name in names}
    older = (line for line in history if line.instance in newest and line.captured_at < newest[line.instance])
    return CompareForm(incident, names, _newest_first(tuple(older))[:_CHOICES])


def _instances(incident: Incident, service: Service) -> tuple[str, ...]:
    """The ill ones first, those captured meanwhile before others."""
    names = tuple(item.name for item in service.instances)
    captured = tuple(item.instance for item in good(incident.outcomes, names))
    return tuple(dict.fromkeys((*suspects(incident, service), *captured, *names)))


async def _base(tools: Tools, service: Service, name: str, newest: Snapshot, against: str) -> Snapshot | None:
    if against == PREVIOUS:
        return await tools.snapshots.before(service.name, name, newest.captured_at)
    if against in _AGO_S:
        then = newest.captured_at - _AGO_S[against]
        found = await tools.snapshots.before(service.name, name, then + _ABOUT_S)
        return found if found is not None and found.captured_at >= then - _ABOUT_S else None
    moment = _moment(against)
    found = await tools.snapshots.before(service.name, name, math.nextafter(moment, math.inf))
    # A capture of another instance, or one that is not kept any more, is no base.
    return found if found is not None and moment <= found.captured_at < newest.captured_at else None


def _moment(against: str) -> float:
    try:
        moment = float(against)
    except ValueError:
        return 0.0
    return moment if math.isfinite(moment) and moment > 0 else 0.0


def _newest_first(lines: tuple[Remembered, ...]) -> tuple[Remembered, ...]:
    return tuple(sorted(lines, key=lambda line: -line.captured_at))
