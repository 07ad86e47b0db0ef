"""Which instances of an incident are ill, and which are captured. Pure; knows no budget (captures.py)."""

from dataclasses import replace

from handlers.incident import Incident
from handlers.records import Outcome, Request, Service, Trigger

# The ill ones first: their evidence may be gone in a minute. Two healthy ones beside them show what is normal.
MOST_ILL = 5
PEERS = 2


def named(incident: Incident) -> tuple[str, ...]:
    """The instances that its alerts name: those that fire, or all of them where none fires any more."""
    alerts = incident.firing or incident.alerts
    return tuple(dict.fromkeys(alert.instance for alert in alerts if alert.instance is not None))


def ever_named(incident: Incident) -> tuple[str, ...]:
    """The instances that any of its alerts names, firing or not."""
    return tuple(dict.fromkeys(alert.instance for alert in incident.alerts if alert.instance is not None))


def suspects(incident: Incident, service: Service) -> tuple[str, ...]:
    """The ill instances to capture. Where no alert names one, the first few: any of them may be it."""
    found = named(incident)[:MOST_ILL]
    return found or tuple(item.name for item in service.instances)[: 1 + PEERS]


def with_peers(incident: Incident, service: Service) -> tuple[str, ...]:
    """The ill instances, then up to two that no alert names."""
    found, ill = suspects(incident, service), ever_named(incident)
    others = (item.name for item in service.instances if item.name not in (*found, *ill))
    return found + tuple(others)[: PEERS if ill else 0]


def asking(
    incident: Incident, instances: tuple[str, ...], trigger: Trigger, now: float, who: str = ""
) -> tuple[Incident, tuple[Request, ...]]:
    """The incident with one more request, and that request; neither where there is nothing to capture."""
    if not instances:
        return incident, ()
    after = replace(incident, requests=incident.requests + 1)
    identity = f"{incident.id}-{after.requests}"
    return after, (Request(identity, incident.service, instances, now, who, incident.id, trigger),)


def incident_of(request: str) -> str:
    """The incident of the request of that id, as `asking` makes it."""
    return request.rpartition("-")[0]


def good(outcomes: tuple[Outcome, ...], instances: tuple[str, ...]) -> tuple[Outcome, ...]:
    """Those of `instances` that gave a diagnosis."""
    return tuple(outcome for outcome in outcomes if outcome.failed is None and outcome.instance in instances)
