"""What a handoff carries: the open questions of a rotation's services, by concern. Knows where each is told.

Nothing is captured for it: it tells what is known already, and a shift in which nothing was looked at has nothing that
got worse.
"""

import asyncio
from collections.abc import Iterable
from itertools import groupby, pairwise

from handlers.handoff import Added, Fixed, Handoff, Missed, Ongoing, Quiet, Sections, Worse
from handlers.incident import Entry, Event, Incident, State
from handlers.incidents.captures import COOLING
from handlers.incidents.ill import ever_named, good
from handlers.ports import Tools
from handlers.records import Outcome, Remembered
from handlers.rotation import Rotation

# Each link is a question to Slack; beyond it an incident is named without one.
LINKS, LINK_S = 20, 0.7
# Below either, a heap breathes. And what grew in a quarter of an hour says nothing of a shift.
MIN_PER_HOUR, MIN_SHARE, MIN_SPAN_S = 1024.0**2, 0.05, 900.0
# What whoever comes wants to hear of when it happens after the draft.
NEWS = {Event.OPENED, Event.REOPENED, Event.WOKE, Event.RESOLVED, Event.ACKNOWLEDGED, Event.SNOOZED}
# A heap that lost so much began anew: the process did, most likely.
FELL = 0.8


async def gather(tools: Tools, rotation: Rotation, handoff: Handoff) -> Sections:
    """All of it. Raises OutageError."""
    now = tools.now()
    mine = set(rotation.services)
    ongoing = [incident for incident in await tools.incidents.open() if incident.service in mine]
    touched = [incident for incident in await tools.incidents.since(handoff.since) if incident.service in mine]
    over = [incident for incident in touched if _is_fixed(incident, handoff.since)]
    every = list({incident.id: incident for incident in (*ongoing, *touched)}.values())
    links = await _links(tools, every)
    told = [Ongoing(each, links.get(each.id), _added(handoff, each)) for each in ongoing]
    return Sections(
        ongoing=tuple([each for each in told if not _waits(each.incident)]),
        fixed=tuple([Fixed(each, links.get(each.id), await _held(tools, each), _after(each)) for each in over]),
        worse=await _worse(tools, rotation, every, handoff.since, now),
        quiet=tuple([each._replace(link=links.get(each.incident.id)) for each in _quiet(every, handoff, now)]),
        missed=missed(every, handoff.since),
        waiting=tuple([each for each in told if _waits(each.incident)]),
    )


async def since_draft(tools: Tools, rotation: Rotation, handoff: Handoff) -> tuple[Ongoing, ...]:
    """Incidents that have opened, ended or changed hands since the draft, what waits before what does not. Raises
    OutageError."""
    touched = [each for each in await tools.incidents.since(handoff.drafted_at) if each.service in rotation.services]
    news = [each for each in touched if any(line.event in NEWS for line in _later(each, handoff.drafted_at))]
    news.sort(key=lambda each: (not _waits(each), each.state is State.RESOLVED))
    links = await _links(tools, news)
    return tuple([Ongoing(each, links.get(each.id)) for each in news])


def missed(incidents: Iterable[Incident], since: float) -> tuple[Missed, ...]:
    """Captures that failed since then and were not made up for, by instance."""
    failed = [
        (incident.service, outcome)
        for incident in incidents
        for outcome in incident.outcomes
        if outcome.failed not in (None, COOLING) and outcome.captured_at >= since
    ]
    failed.sort(key=lambda each: (each[0], each[1].instance, each[1].captured_at))
    found = []
    for (service, instance), group in groupby(failed, key=lambda each: (each[0], each[1].instance)):
        outcomes: list[Outcome] = [outcome for _, outcome in group]
        found.append(Missed(service, instance, len(outcomes), outcomes[-1].failed or ""))
    return tuple(found)


def worse(service: str, lines: Iterable[Remembered], named: set[str], since: float, now: float) -> tuple[Worse, ...]:
    """Instances that no alert has `named` and whose live heap grew from their first capture of the shift to the last,
    counted anew where a process began anew; the fastest first."""
    found = []
    shift = sorted((line for line in lines if since <= line.captured_at <= now), key=lambda line: line.captured_at)
    for instance in sorted({line.instance for line in shift} - named):
        first, last = _grown([line for line in shift if line.instance == instance])
        hours = (last.captured_at - first.captured_at) / 3600
        grown = last.live_heap - first.live_heap
        if hours * 3600 < MIN_SPAN_S or grown / hours < MIN_PER_HOUR or grown < MIN_SHARE * first.live_heap:
            continue
        found.append(Worse(service, instance, grown / hours, last.live_heap, last.culprit, last.verdict))
    return tuple(sorted(found, key=lambda each: -each.per_hour))


def _grown(lines: list[Remembered]) -> tuple[Remembered, Remembered]:
    """The first and the last of one process."""
    first = lines[0]
    for before, line in pairwise(lines):
        if line.live_heap < FELL * before.live_heap:
            first = line
    return first, lines[-1]


async def _worse(
    tools: Tools, rotation: Rotation, incidents: Iterable[Incident], since: float, now: float
) -> tuple[Worse, ...]:
    named: dict[str, set[str]] = {}
    for incident in incidents:
        named.setdefault(incident.service, set()).update(ever_named(incident))
    found: list[Worse] = []
    for service in rotation.services:
        history = await tools.snapshots.history(service)
        found += worse(service, history, named.get(service, set()), since, now)
    return tuple(found)


def _waits(incident: Incident) -> bool:
    """For a person: it fires, and nobody has acknowledged it."""
    return incident.state is State.OPEN and bool(incident.firing)


def _later(incident: Incident, moment: float) -> Iterable[Entry]:
    return (line for line in incident.timeline if line.at > moment)


def _is_fixed(incident: Incident, since: float) -> bool:
    return incident.state is State.RESOLVED and incident.resolved_at is not None and incident.resolved_at >= since


async def _held(tools: Tools, incident: Incident) -> bool:
    """A newer incident of the group means that it fired again; opened again, it would not be resolved."""
    newest = await tools.incidents.latest(incident.group)
    return newest is None or newest.id == incident.id or not newest.timeline


def _after(incident: Incident) -> float | None:
    """The largest live heap of the ill instances since it was resolved, in bytes."""
    ill = ever_named(incident) or tuple(outcome.instance for outcome in incident.outcomes)
    resolved_at = incident.resolved_at or 0.0
    found = [each.live_heap for each in good(incident.outcomes, ill) if each.captured_at >= resolved_at]
    return max(found, default=None)


def _quiet(incidents: Iterable[Incident], handoff: Handoff, now: float) -> list[Quiet]:
    """What becomes loud again before the next shift is over, the first of it first."""
    found = []
    for incident in incidents:
        if incident.silence is not None and now < incident.silence.until < handoff.until:
            found.append(Quiet(incident, None, incident.silence.until, True))
        if incident.snoozed_until is not None and now < incident.snoozed_until < handoff.until:
            found.append(Quiet(incident, None, incident.snoozed_until, False))
    return sorted(found, key=lambda each: each.until)


def _added(handoff: Handoff, incident: Incident) -> tuple[Added, ...]:
    return tuple(added for added in handoff.added if added.incident == incident.id)


async def _links(tools: Tools, incidents: Iterable[Incident]) -> dict[str, str | None]:
    """By incident's id, those that Slack gives soon: somebody may wait for the handoff."""
    wanted = [incident.id for incident in incidents][:LINKS]
    return dict(zip(wanted, await asyncio.gather(*(_link(tools, each) for each in wanted)), strict=True))


async def _link(tools: Tools, identity: str) -> str | None:
    try:
        async with asyncio.timeout(LINK_S):
            return await tools.outbox.link(identity)
    except TimeoutError:
        return None
