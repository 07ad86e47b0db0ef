"""What an act of a person makes of an incident. Pure; knows neither who may do it nor Alertmanager."""

from dataclasses import replace

from handlers.errors import BadSpan, UnknownInstance
from handlers.incident import Entry, Event, Incident, Silence, State
from handlers.incident_notes import Compared
from handlers.incidents.ill import asking, suspects
from handlers.incidents.steps import Change
from handlers.posts import Reply
from handlers.records import Service, Trigger
from handlers.step import Reason, Wake

# Seconds that are offered for a snooze and for a silence, and what may be asked for at all.
SNOOZES = (1800, 3600, 7200, 14_400, 28_800, 86_400)
SILENCES = (3600, 7200, 14_400, 28_800, 86_400, 604_800)
SHORTEST_S, LONGEST_S = 60, 7 * 86_400
IMPATIENCE_S = 20.0


def acknowledged(incident: Incident, who: str, now: float) -> Change:
    """Somebody has it; a snooze ends with that."""
    after = replace(incident, state=State.ACKNOWLEDGED, owner=who, snoozed_until=None)
    return Change(after, (Entry(now, Event.ACKNOWLEDGED, who),))


def snoozed(incident: Incident, who: str, now: float, seconds: float) -> Change:
    """Nobody is needed for so long; the seconds are the detail of its line."""
    entry = Entry(now, Event.SNOOZED, who, f"{seconds:.0f}")
    if _is_repeated(incident, entry):
        return Change(incident)
    after = replace(incident, state=State.SNOOZED, snoozed_until=now + seconds)
    return Change(after, (entry,), wakes=(Wake(incident.id, Reason.SNOOZE_OVER, now + seconds),))


def captured(incident: Incident, service: Service, who: str, now: float, instance: str) -> Change:
    """One more capture: of `instance`, or of the ill ones. Raises UnknownInstance."""
    names = tuple(item.name for item in service.instances)
    wanted = (instance,) if instance else suspects(incident, service)
    if not wanted or not set(wanted) <= set(names):
        raise UnknownInstance(instance, names[:3])
    entry = Entry(now, Event.CAPTURED, who, ", ".join(wanted))
    if _is_repeated(incident, entry):
        return Change(incident)
    after, requests = asking(incident, wanted, Trigger.AGAIN, now, who)
    return Change(after, (entry,), requests=requests)


def compared(incident: Incident, who: str, now: float, note: Compared) -> Change:
    """What the comparison says goes into the thread, once for each pair of captures."""
    pair = f"{note.instance}.{note.base_at!r}.{note.diagnosis.captured_at!r}"
    reply = Reply(incident.id, f"{incident.id}.compared.{pair}", note)
    entry = Entry(now, Event.COMPARED, who, note.instance)
    return Change(incident, () if _is_repeated(incident, entry) else (entry,), (reply,))


def silenced(incident: Incident, who: str, now: float, silence: Silence, comment: str) -> Change:
    """Its alerts are silenced in Alertmanager; the incident goes on until they end."""
    return Change(replace(incident, silence=silence), (Entry(now, Event.SILENCED, who, comment),))


def unsilenced(incident: Incident, who: str, now: float) -> Change:
    """They are heard again."""
    return Change(replace(incident, silence=None), (Entry(now, Event.UNSILENCED, who),))


def _is_repeated(incident: Incident, entry: Entry) -> bool:
    """A second click by an impatient hand, or the first one again because nobody heard its answer."""
    lately = (line for line in incident.timeline if entry.at - line.at < IMPATIENCE_S)
    return any(line._replace(at=entry.at) == entry for line in lately)


def span(seconds: float | None) -> float:
    """`seconds`, if so long can be meant. Raises BadSpan."""
    if seconds is None or not SHORTEST_S <= seconds <= LONGEST_S:
        raise BadSpan
    return float(seconds)
