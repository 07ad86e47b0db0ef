"""A story's ending beside what Redis knows and what Slack shows: what is lost, doubled, or stands wrong.

Knows which message belongs to what; not how the run went.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from bot.render import message
from handlers.incident import Event, Incident, State
from handlers.incident_notes import IncidentRoot
from handlers.incidents.captures import COOLING
from handlers.incidents.offered import acts_of
from handlers.ports import Registry
from tests.alerting.stories import Ending
from tests.chaos.kept import Kept
from tests.chaos.said import Said

UNSAID = (Event.OPENED, Event.COMPARED)


class Account(NamedTuple):
    """`figures` are for reading; `lost`, `doubled` and `wrong` name what they count, and must be empty."""

    figures: dict[str, int]
    lost: list[str]
    doubled: list[str]
    wrong: list[str]


def account(endings: dict[str, Ending], known: Kept, shown: Said, registry: Registry, now: float) -> Account:
    """Everything that can be said of the end of a run from its two sides."""
    expected = {group: ending for group, ending in endings.items() if ending.episodes}
    groups: dict[str, list[Incident]] = defaultdict(list)
    for incident in known.incidents:
        groups[incident.group.group_key].append(incident)
    lost = [f"incident of {group}" for group in expected if group not in groups]
    lost += [f"capture {name}, queued and not ended" for name in known.unended]
    lost += [f"request {name}, of which nothing came" for name in known.empty]
    doubled = [f"incident of {group}" for group, found in groups.items() if len(found) > 1]
    doubled += [f"root of {name}" for name in shown.doubled_roots()]
    doubled += [f"reply {name}" for name in shown.doubled_replies()]
    wrong = [f"reply {name} stands in another thread" for name in shown.misplaced()]
    wrong += [f"message without an id: {one.content.text[:60]}" for one in shown.nameless]
    for group, incidents in groups.items():
        wrong += _against(expected.get(group, Ending(False, 0)), incidents[0])
    for incident in known.incidents:
        missing, odd = _thread(incident, shown)
        lost += missing
        doubled += odd
        if incident.id in shown.roots:
            wrong += _root(incident, shown, registry, now)
    lost += [
        f"reply of capture {name}"
        for name, outcome in known.captures.items()
        if _reply(name, outcome.failed) not in shown.replies
    ]
    lost += [
        f"picture of capture {name}"
        for name, outcome in known.captures.items()
        if outcome.failed is None and f"{name}.picture" not in shown.replies
    ]
    return Account(_figures(expected, known, shown), lost, doubled, wrong)


def episodes(incident: Incident) -> int:
    """How often it began to burn."""
    return _events(incident, Event.OPENED, Event.REOPENED)


def _figures(expected: dict[str, Ending], known: Kept, shown: Said) -> dict[str, int]:
    outcomes = Counter(outcome.failed or "diagnosis" for outcome in known.captures.values())
    cooling = outcomes.pop(COOLING, 0)
    return {
        "incidents expected": len(expected),
        "incidents found": len(known.incidents),
        "threads": len({reply.thread_ts for replies in shown.replies.values() for reply in replies}),
        "roots": sum(map(len, shown.roots.values())),
        "edits of roots": shown.edits,
        "episodes expected": sum(ending.episodes for ending in expected.values()),
        "episodes found": sum(map(episodes, known.incidents)),
        "resolves expected": sum(ending.episodes - ending.open for ending in expected.values()),
        "resolves found": sum(_events(incident, Event.RESOLVED) for incident in known.incidents),
        "resolves told": sum(shown.events(incident.id)[Event.RESOLVED] for incident in known.incidents),
        "requests of captures": sum(incident.requests for incident in known.incidents),
        "captures": sum(outcomes.values()),
        **{f"captures: {name}": count for name, count in sorted(outcomes.items())},
        "captures refused, cooling down": cooling,
        "replies": sum(map(len, shown.replies.values())),
    }


def _against(ending: Ending, incident: Incident) -> list[str]:
    wrong = []
    if (incident.state is not State.RESOLVED) != ending.open:
        wrong.append(f"{incident.id} is {incident.state}, and its alerts {'fire' if ending.open else 'are over'}")
    if episodes(incident) != ending.episodes:
        wrong.append(f"{incident.id} tells of {episodes(incident)} episodes of {ending.episodes}")
    return wrong


def _thread(incident: Incident, shown: Said) -> tuple[list[str], list[str]]:
    """What is missing in its thread of what its timeline has, and what is there too often."""
    if incident.id not in shown.roots:
        return [f"root of {incident.id}"], []
    had = Counter(str(entry.event) for entry in incident.timeline if entry.event not in UNSAID)
    told = shown.events(incident.id)
    return _named(incident, had - told), _named(incident, told - had)


def _named(incident: Incident, events: Counter[str]) -> list[str]:
    return [f"{count} x {event} in the thread of {incident.id}" for event, count in events.items()]


def _root(incident: Incident, shown: Said, registry: Registry, now: float) -> list[str]:
    service = registry.get(incident.service)
    should = message(IncidentRoot(service, incident, acts_of(incident, silences=False, now=now))).text
    stands = shown.roots[incident.id][0].content.text
    return [] if stands == should else [f"root of {incident.id} says {stands!r}, not {should!r}"]


def _reply(capture: str, failed: str | None) -> str:
    return f"{capture}.refused" if failed == COOLING else capture


def _events(incident: Incident, *events: Event) -> int:
    return _many(entry.event in events for entry in incident.timeline)


def _many(found: Iterable[bool]) -> int:
    return sum(found)
