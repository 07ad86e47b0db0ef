"""What mapstorm's Redis knows in the end: incidents, their captures and how each ended. Knows its keys, no Slack."""

from typing import NamedTuple

from redis import Redis

from bot.codec import decode_outcome
from bot.incidents.codec import decode_incident
from bot.queue import CAPTURES
from bot.redis_client import key
from handlers.incident import Incident
from handlers.records import Outcome


class Kept(NamedTuple):
    """`captures` are the outcomes by the capture's id, `unended` ids of captures that were queued and never ended,
    `empty` ids of requests of which nothing came."""

    incidents: tuple[Incident, ...]
    captures: dict[str, Outcome]
    unended: tuple[str, ...]
    empty: tuple[str, ...]


def kept(redis: Redis) -> Kept:
    """Incidents that nobody has heard of, which only remember something, are left out."""
    values = redis.mget(sorted(redis.scan_iter(key("incident", "") + "*", count=1000)) or ["none"])
    incidents = tuple(found for value in values if value and (found := decode_incident(value)).timeline)
    captures: dict[str, Outcome] = {}
    empty = []
    for incident in incidents:
        for number in range(1, incident.requests + 1):
            request = f"{incident.id}-{number}"
            outcomes = redis.hgetall(key("outcomes", request))
            captures |= {f"{request}.{instance!s}": decode_outcome(value) for instance, value in outcomes.items()}
            empty += [] if outcomes else [request]
    prefix = key("queued", CAPTURES, "")
    queued = (str(name).removeprefix(prefix) for name in redis.scan_iter(prefix + "*", count=1000))
    return Kept(incidents, captures, tuple(sorted(set(queued) - set(captures))), tuple(empty))
