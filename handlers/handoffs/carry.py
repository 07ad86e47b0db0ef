"""From a handoff into its incidents: what was added goes into their timelines, and who took it has them.

Incidents are changed one by one, each in a step of its own, after the handoff itself. A handoff that still owes is
carried again by whoever watches; what an incident has been told already it is not told again.
"""

from dataclasses import replace

from handlers.handoff import Added, Handoff, HandoffState
from handlers.handoffs.steps import settle
from handlers.incident import Entry, Event, Incident, State
from handlers.incidents import steps as incident_steps
from handlers.incidents.registered import service_of
from handlers.incidents.steps import Change
from handlers.ports import Tools
from handlers.step import HandoffStep, Step


async def carry(tools: Tools, identity: str) -> None:
    """Tells the incidents all that this handoff owes them. Raises OutageError, which is worth another try."""
    handoff = await tools.handoffs.get(identity)
    if handoff is None or not handoff.owes:
        return
    for added in handoff.added:
        if added.incident:
            await _tell(tools, added.incident, handoff, added)
    if handoff.state is HandoffState.TAKEN:
        services = {name for one in tools.rotas.all() if one.name == handoff.rotation for name in one.services}
        for incident in await tools.incidents.open():
            if incident.service in services:
                await _tell(tools, incident.id, handoff, None)

    async def paid(current: Handoff) -> HandoffStep | None:
        # What was added meanwhile is not told yet.
        if current.version != handoff.version:
            return None
        return HandoffStep(current, replace(current, owes=False, version=current.version + 1))

    await settle(tools, identity, paid)


async def _tell(tools: Tools, identity: str, handoff: Handoff, added: Added | None) -> None:
    async def decide() -> Step | None:
        incident = await tools.incidents.get(identity)
        if incident is None:
            return None
        change = noted(incident, added) if added else handed_over(incident, handoff)
        return incident_steps.step(tools, service_of(tools, incident), incident, change) if change else None

    await incident_steps.settle(tools, decide)


def noted(incident: Incident, added: Added) -> Change | None:
    """A line of its timeline; None where it is there."""
    entry = Entry(added.at, Event.NOTED, added.by, added.text)
    return None if entry in incident.timeline else Change(incident, (entry,))


def handed_over(incident: Incident, handoff: Handoff) -> Change | None:
    """It has a new owner; None where it has been told so, is over or newer, or somebody else has taken it since."""
    taken_at = handoff.taken_at or 0.0
    entry = Entry(taken_at, Event.HANDED_OVER, handoff.taken_by, handoff.id)
    later = (line for line in incident.timeline if line.at > taken_at and line.event is Event.ACKNOWLEDGED)
    if entry in incident.timeline or incident.state is State.RESOLVED or incident.opened_at > taken_at or any(later):
        return None
    return Change(replace(incident, owner=handoff.taken_by), (entry,))
