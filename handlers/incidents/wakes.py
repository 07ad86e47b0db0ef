"""What becomes due by itself: a capture a minute into an incident, one before the memory limit, the end of a snooze.

Knows what is still due when its time has come: the incident says what it waits for, so that a wake which comes twice,
or was replaced by another, does nothing. Not who keeps the time.
"""

from dataclasses import replace

from handlers.incident import Incident, State
from handlers.incidents.ill import asking, suspects
from handlers.incidents.machine import woke
from handlers.incidents.registered import service_of
from handlers.incidents.steps import Change, settle, step
from handlers.ports import Tools
from handlers.records import Service, Trigger
from handlers.step import Reason, Step, Wake


async def woken(tools: Tools, wake: Wake) -> None:
    """Does what is due. Raises OutageError, which is worth another try."""

    async def decide() -> Step | None:
        incident = await tools.incidents.get(wake.incident)
        if incident is None:
            return None
        service = service_of(tools, incident)
        change = _due(incident, service, wake)
        return step(tools, service, incident, change) if change else None

    await settle(tools, decide)


def _due(incident: Incident, service: Service, wake: Wake) -> Change | None:
    if incident.state is State.RESOLVED:
        return None
    if wake.reason is Reason.SNOOZE_OVER:
        return woke(incident, wake.at)
    if wake.reason is Reason.FOLLOW_UP and incident.follow_up_at == wake.at:
        after, trigger = replace(incident, follow_up_at=None), Trigger.FOLLOW_UP
    elif wake.reason is Reason.LIMIT and incident.limit_at == wake.at:
        after, trigger = replace(incident, limit_at=None), Trigger.LIMIT
    else:
        return None
    after, requests = asking(after, suspects(incident, service), trigger, wake.at)
    return Change(after, requests=requests)
