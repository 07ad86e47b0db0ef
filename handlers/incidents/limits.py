"""When an ill instance will have used nine tenths of its memory limit, and whether it is captured then. Pure."""

from handlers.incident import Incident, State
from handlers.incident_notes import LimitAhead
from handlers.incidents.ill import ever_named, good
from handlers.records import Outcome, Service

NEARLY = 0.9
# Nobody is woken for what is further away, and hardly a rate stays the same for so long.
FURTHEST_S = 24 * 3600.0
# A heap that comes ever nearer and never there must not be captured all the time: each capture costs it a collection.
NOT_BEFORE_S = 300.0
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


def planned(incident: Incident, found: tuple[LimitAhead, ...], fresh: tuple[Outcome, ...], now: float) -> float | None:
    """When the next capture is due: the earliest moment found, or the one planned before for another instance."""
    moments = [ahead.capture_at for ahead in found if ahead.capture_at is not None]
    others = set(ever_named(incident)) - {outcome.instance for outcome in fresh}
    if incident.limit_at is not None and incident.limit_at > now and others:
        moments.append(incident.limit_at)
    return min(moments, default=None)


def _ahead(service: Service, outcome: Outcome, limit: int, requests: int, now: float) -> LimitAhead | None:
    if outcome.grows_by <= 0:
        return None
    seconds = max(0.0, (limit - outcome.live_heap) / outcome.grows_by)
    if seconds > FURTHEST_S:
        return None
    if outcome.live_heap >= NEARLY * limit:
        return LimitAhead(service, outcome.instance, limit, outcome.live_heap, seconds, None)
    if requests >= MOST_REQUESTS:
        return None
    reached = outcome.captured_at + (NEARLY * limit - outcome.live_heap) / outcome.grows_by
    soonest = now + (service.cooldown_s if requests <= USUAL_REQUESTS else NOT_BEFORE_S)
    return LimitAhead(service, outcome.instance, limit, outcome.live_heap, seconds, max(reached, soonest))
