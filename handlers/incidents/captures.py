"""An incident's captures: which of them may be taken now, and what the incident learns when one has ended.

Knows what is compared with what; not how a capture is taken (handlers/capture.py), nor what a verdict means. Both
halves may be repeated: what is said has the id of its capture or request, and the incident changes in one step.
"""

from dataclasses import replace

from analyzers.finding import Verdict
from handlers.errors import TimedOut, Unreachable
from handlers.incident import Incident, State
from handlers.incident_notes import Afterwards, CaptureRefused, Comparison, InstanceDied
from handlers.incidents.ill import ever_named, good
from handlers.incidents.limits import aheads, news, planned
from handlers.incidents.steps import Change, settle, step
from handlers.ports import Tools
from handlers.posts import Post, Reply, Urgency
from handlers.records import Capture, Outcome, Remembered, Request, Service, Trigger
from handlers.step import Reason, Step, Wake

# In place of an error's reason: the instance was captured just now, and nothing is wrong with it.
COOLING = "cooling_down"
# An instance that gives no answer at all, while it is ill, is most likely gone.
_SILENT = (Unreachable.reason, TimedOut.reason)

# What the line of a map that grows without end shows while it does not grow just now.
_PAUSED = (Verdict.GROWTH_STORM, Verdict.LARGE_MAP_RETAINED)


async def allowed(tools: Tools, service: Service, asked: Request) -> tuple[str, ...]:
    """The instances of an incident's request that may be captured now; the refusals are said in its thread."""
    free = []
    for name in asked.instances:
        wait = await tools.budget.spend(service, name, asked.id, tools.now())
        if not wait:
            free.append(name)
            continue
        refused = Capture(f"{asked.id}.{name}", asked, name)
        note = CaptureRefused(service, name, asked.trigger, wait)
        await tools.outbox.put(Reply(asked.conversation, f"{refused.id}.refused", note, Urgency.PROGRESS))
        # It has ended, too: its request is complete without it. Said first: what has ended is never spoken of again,
        # and where this is repeated the instance may be free.
        await tools.progress.ended(refused, Outcome(name, None, "", COOLING, captured_at=tools.now()))
    return tuple(free)


async def ended(tools: Tools, service: Service, capture: Capture, outcomes: tuple[Outcome, ...]) -> None:
    """Takes what a request's captures found so far, `outcomes`, into the incident, and says what follows from it."""
    asked = capture.request
    found = tuple(outcome for outcome in outcomes if outcome.failed != COOLING)
    silent = any(outcome.failed in _SILENT for outcome in found)
    history = await tools.snapshots.history(service.name) if silent else ()

    async def decide() -> Step | None:
        incident = await tools.incidents.get(asked.conversation)
        if incident is None:
            return None
        change = _learned(service, incident, asked, found, tools.now())
        posts = [*change.posts, *_died(service, incident, asked, found, history)]
        if len(outcomes) == len(asked.instances):
            posts += _compared(service, incident, asked, found)
        return step(tools, service, incident, change._replace(posts=tuple(posts)))

    await settle(tools, decide)


def _learned(service: Service, incident: Incident, asked: Request, found: tuple[Outcome, ...], now: float) -> Change:
    """The newest of each instance; a failure takes nothing back that was known."""
    known = {outcome.instance: outcome for outcome in incident.outcomes}
    fresh = tuple(outcome for outcome in found if _is_newer(outcome, known.get(outcome.instance)))
    if not fresh:
        return Change(incident)
    stand = {outcome.instance: _standing(outcome, known.get(outcome.instance)) for outcome in fresh}
    after = replace(incident, outcomes=tuple({**known, **stand}.values()))
    posts: list[Post] = []
    if asked.trigger is Trigger.RESOLVED:
        for outcome in good(fresh, asked.instances):
            during = known.get(outcome.instance)
            if during is not None and during.failed is None:
                note = Afterwards(service, during, outcome)
                posts.append(Reply(incident.id, f"{asked.id}.{outcome.instance}.afterwards", note))
    if incident.state is State.RESOLVED:
        return Change(after, posts=tuple(posts))
    ahead = aheads(service, after, fresh, now)
    told = news(incident, ahead, fresh)
    posts += [Reply(incident.id, f"{asked.id}.{note.instance}.limit", note, Urgency.STATE) for note in told]
    after = replace(after, limit_at=planned(after, ahead, fresh, now))
    again = after.limit_at is not None and after.limit_at != incident.limit_at
    wakes = (Wake(incident.id, Reason.LIMIT, after.limit_at),) if again and after.limit_at is not None else ()
    return Change(after, posts=tuple(posts), wakes=wakes)


def _standing(outcome: Outcome, known: Outcome | None) -> Outcome:
    """As the root shall tell it.

    Why a map that was seen to grow without end stays one: between two doublings its line shows a large map or a storm
    of growths, and a root that said so would advise a size for it, the opposite of what helps. The figures are new.
    """
    if known is None or known.culprit != outcome.culprit or outcome.verdict not in _PAUSED:
        return outcome
    return outcome._replace(verdict=known.verdict) if known.verdict == Verdict.UNBOUNDED_GROWTH else outcome


def _is_newer(outcome: Outcome, known: Outcome | None) -> bool:
    if known is None:
        return True
    if outcome.failed is not None and known.failed is None:
        return False
    return outcome.captured_at > known.captured_at


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
