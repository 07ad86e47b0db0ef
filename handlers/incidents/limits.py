"""When an ill instance will have used nine tenths of its memory limit, whether it is captured then, and whether the
thread does not know that yet. Pure.

Why what was told is worked out from the outcome before, and not kept: it was told by the same rules.
"""

from handlers.incident import Event, Incident, State
from handlers.incident_notes import LimitAhead
from handlers.incidents.ill import ever_named, good
from handlers.records import Outcome, Service

NEARLY = 0.9
# Nobody is woken for what is further away, and hardly a rate stays the same for so long.
FURTHEST_S = 24 * 3600.0
# A heap that comes ever nearer and never there must not be captured all the time: each capture costs it a collection.
NOT_BEFORE_S = 300.0
# Of the time that is left: how much earlier or later the limit must be to be told of again.
NEWS = 0.25
# What was seen before may not have been told: of an instance that was a peer then, or in an episode that is over.
_BEGINNINGS = (Event.OPENED, Event.REOPENED, Event.JOINED)
USUAL_REQUESTS = 2  # as the incident opens, and a minute into it
MOST_REQUESTS = 20


def aheads(service: Service, incident: Incident, fresh: tuple[Outcome, ...], now: float) -> tuple[LimitAhead, ...]:
    """Of the ill instances among `fresh`, those whose limit is ahead, with when they are to be captured again."""
    limit = service.memory_limit or incident.memory_limit
    if not limit or incident.state is State.RESOLVED:
        return ()
    ill = ever_named(incident) or tuple(outcome.instance for outcome in fresh)
    found = (_ahead(service, outcome, limit, incident.requests, now) for outcome in good(fresh, ill))
    return tuple(ahead for ahead in found if ahead is not None)


def news(incident: Incident, found: tuple[LimitAhead, ...], fresh: tuple[Outcome, ...]) -> tuple[LimitAhead, ...]:
    """Those of `found` that say something new to who heard what `incident` knew before `fresh`."""
    captured = {outcome.instance: outcome.captured_at for outcome in fresh}
    return tuple(ahead for ahead in found if _is_news(incident, ahead, captured[ahead.instance]))


def planned(incident: Incident, found: tuple[LimitAhead, ...], fresh: tuple[Outcome, ...], now: float) -> float | None:
    """When the next capture is due: the earliest moment found, or the one planned before for another instance."""
    moments = [ahead.capture_at for ahead in found if ahead.capture_at is not None]
    others = set(ever_named(incident)) - {outcome.instance for outcome in fresh}
    if incident.limit_at is not None and incident.limit_at > now and others:
        moments.append(incident.limit_at)
    return min(moments, default=None)


def _ahead(service: Service, outcome: Outcome, limit: int, requests: int, now: float) -> LimitAhead | None:
    seconds = _seconds(outcome, limit)
    if seconds is None:
        return None
    if outcome.live_heap >= NEARLY * limit:
        return LimitAhead(service, outcome.instance, limit, outcome.live_heap, seconds, None)
    if requests >= MOST_REQUESTS:
        return None
    full = outcome.captured_at + seconds
    reached = full - (1 - NEARLY) * limit / outcome.grows_by
    # Where it is full before its turn comes, the evidence is worth one collection more.
    is_urgent = requests <= USUAL_REQUESTS or full <= now + NOT_BEFORE_S
    capture_at = max(reached, now + (service.cooldown_s if is_urgent else NOT_BEFORE_S))
    planned_at = capture_at if capture_at < full else None
    return LimitAhead(service, outcome.instance, limit, outcome.live_heap, seconds, planned_at)


def _seconds(outcome: Outcome, limit: int) -> float | None:
    """From its capture to the limit, None where that is not ahead."""
    if outcome.grows_by <= 0:
        return None
    seconds = max(0.0, (limit - outcome.live_heap) / outcome.grows_by)
    return seconds if seconds <= FURTHEST_S else None


def _is_news(incident: Incident, ahead: LimitAhead, at: float) -> bool:
    """Whether the thread was told another moment, or none, by the capture before that of `at`."""
    began = max((entry.at for entry in incident.timeline if entry.event in _BEGINNINGS), default=0.0)
    before = next((each for each in good(incident.outcomes, (ahead.instance,)) if each.captured_at >= began), None)
    seconds = _seconds(before, ahead.limit) if before else None
    if before is None or seconds is None:
        return True
    if (before.live_heap >= NEARLY * ahead.limit) is not (ahead.live_heap >= NEARLY * ahead.limit):
        return True  # a capture is planned no more
    left = before.captured_at + seconds - at
    return abs(ahead.seconds - left) > NEWS * left
