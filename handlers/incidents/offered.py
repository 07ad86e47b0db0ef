"""What people may do with an incident as it stands: its buttons, and whether a click still means something. Pure.

Knows states; not who somebody is (permission.py), nor what an act does (acts.py).
"""

from handlers.alert import Origin
from handlers.incident import Act, Incident, State
from handlers.ports import Tools

_BY_STATE = {
    State.OPEN: (Act.ACKNOWLEDGE, Act.CAPTURE, Act.COMPARE, Act.SNOOZE, Act.RESOLVE),
    State.ACKNOWLEDGED: (Act.CAPTURE, Act.COMPARE, Act.SNOOZE, Act.RESOLVE),
    State.SNOOZED: (Act.ACKNOWLEDGE, Act.CAPTURE, Act.COMPARE, Act.SNOOZE, Act.RESOLVE),
    State.RESOLVED: (Act.CAPTURE, Act.COMPARE),
}


def acts_of(incident: Incident, *, silences: bool, now: float) -> tuple[Act, ...]:
    """The buttons, in order. `silences`: whether there is an Alertmanager to silence alerts in."""
    acts = list(_BY_STATE[incident.state])
    if silences and is_silenced(incident, now):
        acts.append(Act.UNSILENCE)
    elif silences and incident.state is not State.RESOLVED:
        acts.append(Act.SILENCE)
    return tuple(acts)


def can_silence(tools: Tools, incident: Incident) -> bool:
    """Whether its alerts come from an Alertmanager that mapstorm may ask for silences."""
    return tools.silences is not None and incident.group.origin is Origin.ALERTMANAGER


def is_silenced(incident: Incident, now: float) -> bool:
    """Whether a silence made from the thread still holds."""
    return incident.silence is not None and incident.silence.until > now
