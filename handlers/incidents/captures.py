"""An incident's captures: which of them may be taken now, and what the incident learns when one has ended.

Knows what is compared with what; not how a capture is taken (handlers/capture.py), nor what a verdict means. Both
halves may be repeated: what is said has the id of its capture or request, and the incident changes in one step.
"""

from handlers.errors import TimedOut, Unreachable
from handlers.incident import Incident
from handlers.incident_notes import Afterwards, Comparison, InstanceDied
from handlers.incidents.ill import ever_named, good
from handlers.incidents.learning import fresh, learned
from handlers.incidents.sharing import refuse, share
from handlers.incidents.steps import settle, step
from handlers.ports import Tools
from handlers.posts import Post, Reply
from handlers.records import Capture, Outcome, Remembered, Request, Service, Trigger
from handlers.step import Step

# In place of an error's reason: the instance was captured just now, and nothing is wrong with it.
COOLING = "cooling_down"
# An instance that gives no answer at all, while it is ill, is most likely gone.
_SILENT = (Unreachable.reason, TimedOut.reason)


async def allowed(tools: Tools, service: Service, asked: Request) -> tuple[str, ...]:
    """The instances of an incident's request that may be captured now; the refusals are said in its thread."""
    free = []
    for name in asked.instances:
        held = await tools.budget.spend(service, name, asked.id, tools.now())
        if held is None:
            free.append(name)
            continue
        refused = Capture(f"{asked.id}.{name}", asked, name)
        await refuse(tools, service, refused, held)
        # It has ended, too: its request is complete without it. Said first: what has ended is never spoken of again,
        # and where this is repeated the instance may be free.
        await tools.progress.ended(refused, Outcome(name, None, "", COOLING, captured_at=tools.now()))
    return tuple(free)


async def ended(tools: Tools, service: Service, capture: Capture, outcomes: tuple[Outcome, ...]) -> None:
    """Takes what a request's captures found so far, `outcomes`, into the incident, and says what follows from it. Other
    incidents learn what this capture found."""
    asked = capture.request
    found = tuple(outcome for outcome in outcomes if outcome.failed != COOLING)
    silent = any(outcome.failed in _SILENT for outcome in found)
    history = await tools.snapshots.history(service.name) if silent else ()

    async def decide() -> Step | None:
        incident = await tools.incidents.get(asked.conversation)
        if incident is None:
            return None
        change = learned(service, incident, asked.id, found, tools.now())
        posts = [*change.posts, *_died(service, incident, asked, found, history)]
        if asked.trigger is Trigger.RESOLVED:
            posts += _afterwards(service, incident, asked, found)
        if len(outcomes) == len(asked.instances):
            posts += _compared(service, incident, asked, found)
        return step(tools, service, incident, change._replace(posts=tuple(posts)))

    await settle(tools, decide)
    for outcome in found:
        if outcome.instance == capture.instance:
            await share(tools, service, capture, outcome)


def _afterwards(service: Service, incident: Incident, asked: Request, found: tuple[Outcome, ...]) -> list[Post]:
    """Each instance that was captured during the incident, beside what it shows after it."""
    during = {outcome.instance: outcome for outcome in incident.outcomes if outcome.failed is None}
    return [
        Reply(
            incident.id, f"{asked.id}.{after.instance}.afterwards", Afterwards(service, during[after.instance], after)
        )
        for after in good(fresh(incident, found), asked.instances)
        if after.instance in during
    ]


def _died(
    service: Service,
    incident: Incident,
    asked: Request,
    found: tuple[Outcome, ...],
    history: tuple[Remembered, ...],
) -> list[Post]:
    """Once for each time the incident burns. Without an earlier capture the failure itself says all there is."""
    posts: list[Post] = []
    ill = ever_named(incident) or asked.instances
    for outcome in found:
        last = next((line for line in history if line.instance == outcome.instance), None)
        if outcome.failed in _SILENT and outcome.instance in ill and last is not None:
            note = InstanceDied(service, outcome.instance, outcome.failed, last)
            posts.append(Reply(incident.id, f"{incident.id}.died.{outcome.instance}.{incident.refires}", note))
    return posts


def _compared(service: Service, incident: Incident, asked: Request, found: tuple[Outcome, ...]) -> list[Post]:
    """The ill beside the healthy of one request, if there are both."""
    named = ever_named(incident)
    ill = good(found, named)
    peers = tuple(outcome for outcome in good(found, asked.instances) if outcome.instance not in named)
    if not ill or not peers:
        return []
    return [Reply(incident.id, f"{asked.id}.comparison", Comparison(service, ill, peers))]
