"""What one incident's capture tells the others that are about the same instance.

Why: an instance is captured once in its cool-down, and two groups of alerts that fire for one instance ask in step. The
second one would be refused every time, and its thread would never hear what is wrong. Knows whose capture it was, and
when that was asked for; not what is in the diagnosis, which stands in the other thread.
"""

from dataclasses import replace

from handlers.incident import Incident, State
from handlers.incident_notes import CapturedElsewhere, CaptureRefused
from handlers.incidents.ill import incident_of, suspects
from handlers.incidents.learning import learned
from handlers.incidents.steps import settle, step
from handlers.ports import Tools
from handlers.posts import Reply, Urgency
from handlers.records import Capture, Held, Outcome, Service
from handlers.step import Step


async def share(tools: Tools, service: Service, capture: Capture, outcome: Outcome) -> None:
    """Tells every other open incident that is about the instance. Said once, however often this is repeated."""
    for other in await tools.incidents.open(service.name):
        if other.id != capture.request.incident:
            await _tell(tools, service, other.id, capture, outcome)


async def refuse(tools: Tools, service: Service, refused: Capture, held: Held) -> None:
    """Says in the thread why `refused` is not taken, and what the capture that has its place found, if it has."""
    asked, name = refused.request, refused.instance
    source = incident_of(held.request)
    mine = await tools.incidents.get(asked.conversation) if source != asked.incident else None
    found: Outcome | None = None
    is_awaited = False
    if mine is not None and _concerns(mine, service, name):
        taken = replace(asked, id=held.request, instances=(name,), incident=source)
        ended = await tools.progress.outcomes(taken)
        found = next((outcome for outcome in ended if outcome.instance == name), None)
        is_awaited = found is None
    ago = max(0.0, service.cooldown_s - held.wait_s)
    note = CaptureRefused(service, name, asked.trigger, held.wait_s, ago, source != asked.incident, is_awaited)
    await tools.outbox.put(Reply(asked.conversation, f"{refused.id}.refused", note, Urgency.PROGRESS))
    if found is not None:
        await _tell(tools, service, asked.conversation, Capture(f"{taken.id}.{name}", taken, name), found)


async def _tell(tools: Tools, service: Service, identity: str, capture: Capture, outcome: Outcome) -> None:
    asked = capture.request
    source = asked.incident or ""
    link = await tools.outbox.link(source)
    event = f"{identity}.{capture.id}.shared"

    async def decide() -> Step | None:
        incident = await tools.incidents.get(identity)
        if incident is None or not _concerns(incident, service, outcome.instance):
            return None
        change = learned(service, incident, event, (outcome,), tools.now())
        reply = Reply(identity, event, CapturedElsewhere(service, outcome, source, link))
        return step(tools, service, incident, change._replace(posts=(reply, *change.posts)))

    await settle(tools, decide)


def _concerns(incident: Incident, service: Service, instance: str) -> bool:
    return incident.state is not State.RESOLVED and instance in suspects(incident, service)
