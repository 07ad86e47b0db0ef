"""What an act of a person makes of an incident. Pure; knows neither who may do it nor Alertmanager."""

from dataclasses import replace

from handlers.errors import UnknownInstance, WrongUsage
from handlers.incident import Act, Entry, Event, Incident, Silence, State
from handlers.incidents.ill import asking, suspects
from handlers.incidents.steps import Change
from handlers.notes import Compared
from handlers.posts import Reply
from handlers.records import Service, Trigger
from handlers.step import Reason, Wake

# Seconds that are offered for a snooze and for a silence, and what may be asked for at all.
SNOOZES = (1800, 3600, 7200, 14_400, 28_800, 86_400)
SILENCES = (3600, 7200, 14_400, 28_800, 86_400, 604_800)
SHORTEST_S, LONGEST_S = 60, 7 * 86_400


def acknowledged(incident: Incident, who: str, now: float) -> Change:
    """Somebody has it; a snooze ends with that."""
    after = replace(incident, state=State.ACKNOWLEDGED, owner=who, snoozed_until=None)
    return Change(after, (Entry(now, Event.ACKNOWLEDGED, who),))


def snoozed(incident: Incident, who: str, now: float, seconds: float) -> Change:
    """Nobody is needed for so long."""
    after = replace(incident, state=State.SNOOZED, snoozed_until=now + seconds)
    wake = Wake(incident.id, Reason.SNOOZE_OVER, now + seconds)
    return Change(after, (Entry(now, Event.SNOOZED, who),), wakes=(wake,))


def captured(incident: Incident, service: Service, who: str, now: float, instance: str) -> Change:
    """One more capture: of `instance`, or of the ill ones. Raises UnknownInstance."""
    names = tuple(item.name for item in service.instances)
    wanted = (instance,) if instance else suspects(incident, service)
    if not wanted or not set(wanted) <= set(names):
        raise UnknownInstance(instance, names[:3])
    after, requests = asking(incident, wanted, Trigger.AGAIN, now, who)
    return Change(after, (Entry(now, Event.CAPTURED, who, ", ".join(wanted)),), requests=requests)


def compared(incident: Incident, who: str, now: float, note: Compared) -> Change:
    """What the comparison says goes into the thread, once."""
    reply = Reply(incident.id, f"{incident.id}.{incident.version + 1}.comparison", note)
    return Change(incident, (Entry(now, Event.COMPARED, who, note.instance),), (reply,))


def silenced(incident: Incident, who: str, now: float, silence: Silence, comment: str) -> Change:
    """Its alerts are silenced in Alertmanager; the incident goes on until they end."""
    return Change(replace(incident, silence=silence), (Entry(now, Event.SILENCED, who, comment),))


def unsilenced(incident: Incident, who: str, now: float) -> Change:
    """They are heard again."""
    return Change(replace(incident, silence=None), (Entry(now, Event.UNSILENCED, who),))


def span(seconds: float | None, act: Act) -> float:
    """`seconds`, if so long can be meant. Raises WrongUsage."""
    if seconds is None or not SHORTEST_S <= seconds <= LONGEST_S:
        raise WrongUsage(act)
    return float(seconds)
