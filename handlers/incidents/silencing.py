"""Silences in Alertmanager, made and ended from a thread. Knows what they match and say; not how it is asked for one.

Why what is asked of Alertmanager comes before the incident is kept: a thread must not say that alerts are silenced
while they are not. Asked twice, the port makes one silence.

Alertmanager tells nobody of an alert that ends while it is silenced, not even when the silence is over (0.25.0). So a
silenced incident stays open until a person resolves it, or its alerts are heard of again.
"""

from handlers.errors import NoAlertmanager, NoGroupLabels
from handlers.incident import Incident, Silence
from handlers.incidents.offered import can_silence
from handlers.ports import Silences, Tools


def matchers(incident: Incident) -> tuple[tuple[str, str], ...]:
    """The labels that the group has in common. Raises NoGroupLabels: a silence of everything is nobody's wish."""
    found = tuple(sorted((name, value) for name, value in incident.group_labels.items() if value))
    if not found:
        raise NoGroupLabels
    return found


async def silence(tools: Tools, incident: Incident, who: str, seconds: float, comment: str) -> Silence:
    """A silence for so long; it says where the thread is. Raises NoAlertmanager, NoGroupLabels, and the port's."""
    link = await tools.outbox.link(incident.id)
    said = " ".join(word for word in (comment.strip(), link or incident.id) if word)
    now = tools.now()
    found = _alertmanager(tools, incident)
    identity = await found.create(matchers(incident), now + seconds, said, who, now)
    return Silence(identity, now + seconds, who)


async def unsilence(tools: Tools, incident: Incident) -> None:
    """Ends the one that was made here; one that is over already is ended. Raises NoAlertmanager, and the port's."""
    if incident.silence is not None:
        await _alertmanager(tools, incident).end(incident.silence.id)


def _alertmanager(tools: Tools, incident: Incident) -> Silences:
    if tools.silences is None or not can_silence(tools, incident):
        raise NoAlertmanager
    return tools.silences
