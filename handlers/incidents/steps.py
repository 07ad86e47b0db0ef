"""A change of an incident to the step that is kept: its line in the timeline, the root anew, a reply for each event.

Knows what is said when something has changed, and how a change is kept; not why it changes.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import NamedTuple

from handlers.errors import OutageError
from handlers.incident import Entry, Event, Incident
from handlers.incident_notes import IncidentRoot, StateChange
from handlers.incidents.offered import acts_of, can_silence
from handlers.ports import Tools
from handlers.posts import Post, Reply, Root, Urgency
from handlers.records import ON_CALL, Request, Service
from handlers.step import Step, Wake

# Each time somebody else was faster; more than this, and something else is wrong.
TRIES = 50
# An alert that flaps for weeks must not make a record that cannot be kept. The first lines tell how it began.
LINES = 300
ENDINGS = 300
ALERTS = 500

# The root tells how it began; the comparison itself is the answer to who asked for it.
_UNSAID = (Event.OPENED, Event.COMPARED)
# What the whole channel has to hear, because it needs people.
_BROADCAST = (Event.REOPENED, Event.WOKE)
# The root counts them, too. As pods come and go there may be hundreds, and the roots of others wait in the same lane.
_IN_PASSING = (Event.JOINED, Event.CLEARED)


class Change(NamedTuple):
    """What an incident becomes. `entries` are the lines that its timeline gains, `posts` what is said besides them."""

    after: Incident
    entries: tuple[Entry, ...] = ()
    posts: tuple[Post, ...] = ()
    requests: tuple[Request, ...] = ()
    wakes: tuple[Wake, ...] = ()


def step(tools: Tools, service: Service, before: Incident | None, change: Change) -> Step | None:
    """What is to be kept of `change`, None where it changes nothing and says nothing."""
    timeline = (before.timeline if before else ()) + change.entries
    timeline = timeline[:1] + timeline[1:][-LINES:]
    after = _bounded(replace(change.after, timeline=timeline))
    if before is not None and after == before:
        return Step(before, after, change.posts) if change.posts else None
    version = before.version + 1 if before else 1
    stands_since = before.stands_since if before and before.state is after.state else version
    after = replace(after, version=version, stands_since=stands_since)
    posts: list[Post] = []
    if _is_news(before, after):
        posts.append(root(tools, service, after))
    again = before is None or _fires_again(before, after)
    posts += [_reply(service, after, entry, again) for entry in change.entries if entry.event not in _UNSAID]
    return Step(before, after, (*posts, *change.posts), change.requests, change.wakes)


async def settle(tools: Tools, decide: Callable[[], Awaitable[Step | None]]) -> Step | None:
    """Decides anew until nobody was faster, and keeps it; None where there was nothing to keep.

    Raises OutageError, which is worth another try.
    """
    for _ in range(TRIES):
        decided = await decide()
        if decided is None or await tools.incidents.commit(decided):
            return decided
    raise OutageError("incident")


def root(tools: Tools, service: Service, incident: Incident) -> Root:
    """The root as the incident stands. Whoever is mentioned is so when it is posted; an edit mentions nobody."""
    acts = acts_of(incident, silences=can_silence(tools, incident), now=tools.now())
    note = IncidentRoot(service, incident, acts)
    called = (*(each for each in service.mention if each != ON_CALL), *incident.on_call)
    return Root(incident.id, incident.channel, note, incident.version, Urgency.STATE, called)


def _reply(service: Service, incident: Incident, entry: Entry, again: bool) -> Reply:
    event = f"{incident.id}.{incident.version}.{entry.event}"
    note = StateChange(service, incident, entry, again)
    urgency = Urgency.PROGRESS if entry.event in _IN_PASSING else Urgency.STATE
    return Reply(incident.id, event, note, urgency, entry.event in _BROADCAST)


def _fires_again(before: Incident, after: Incident) -> bool:
    """Whether one of the alerts that began had fired before, and not only others of its group."""
    known = {alert.fingerprint for alert in before.alerts} | set(before.ended)
    return any(alert.fingerprint in known for alert in set(after.firing) - set(before.alerts))


def _is_news(before: Incident | None, after: Incident) -> bool:
    """Whether the root looks different: what was only remembered changes nothing in it."""
    if not after.timeline:
        return False
    return before is None or replace(before, ended=after.ended, version=after.version) != after


def _bounded(incident: Incident) -> Incident:
    """Of alerts that ended long ago, as pods come and go, only when they did; of the oldest not even that."""
    over = sorted((alert.ends_at, alert.fingerprint) for alert in incident.alerts if alert.ends_at is not None)
    gone = {name: at for at, name in over[: max(0, len(incident.alerts) - ALERTS)]}
    if not gone and len(incident.ended) <= ENDINGS:
        return incident
    ended = sorted({**incident.ended, **gone}.items(), key=lambda item: item[1])[-ENDINGS:]
    alerts = tuple(alert for alert in incident.alerts if alert.fingerprint not in gone)
    return replace(incident, alerts=alerts, ended=dict(ended))
