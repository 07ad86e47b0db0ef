"""What a notification says that was not known yet: of each alert, whether it is news, a repeat or a late copy. Pure.

Why times decide and not the order of arrival: two Alertmanager peers send everything twice, late and out of step, and
Alertmanager itself may send a firing after the resolve. An episode of an alert is told by when it began: what began
before the known end is of an episode that is over, and an end before the known beginning is of an earlier one.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from handlers.alert import Alert, Part
from handlers.incident import Incident, Known
from handlers.sources.times import dated

# Which registered instance an alert's labels mean.
InstanceOf = Callable[[Mapping[str, str]], str | None]

NEVER = -1.0


class News(NamedTuple):
    """`alerts` are those of the incident as they are known now, `ended` what it remembers of others.

    `fires`: began to fire, for the first time or anew. `clears`: ended. `burning`: everything of this notification that
    fires and is no old copy. `is_old`: a part of it, at least, is an old copy, so that it says nothing of the whole.
    """

    alerts: tuple[Known, ...]
    ended: dict[str, float]
    fires: tuple[Known, ...]
    clears: tuple[Known, ...]
    burning: tuple[Known, ...]
    is_old: bool


def news(incident: Incident | None, part: Part, instance_of: InstanceOf) -> News:
    """What `part` says to somebody who knows `incident`, the newest of its group."""
    known = {alert.fingerprint: alert for alert in incident.alerts} if incident else {}
    ended = dict(incident.ended) if incident else {}
    dismissed_at = incident.resolved_at if incident else None
    fires: list[Known] = []
    clears: list[Known] = []
    burning: list[Known] = []
    is_old = False
    said = dated(part.notification, part.received_at)
    for alert, raw in zip(said.alerts, part.notification.alerts, strict=True):
        before = known.get(alert.fingerprint)
        heard = _heard(alert, part.received_at, instance_of)
        if heard.ends_at is None:
            if heard.starts_at <= _end(before, ended.get(alert.fingerprint)):
                is_old = True
                continue
            burning.append(heard)
            if before is not None and before.ends_at is None and not _is_anew(raw, dismissed_at):
                continue
            fires.append(heard)
        elif before is None:
            ended[alert.fingerprint] = max(heard.ends_at, ended.get(alert.fingerprint, 0.0))
            continue
        elif heard.ends_at < before.starts_at:
            is_old = True
            continue
        elif before.ends_at is None:
            heard = before._replace(ends_at=heard.ends_at)
            clears.append(heard)
        elif heard.starts_at > before.ends_at:  # an episode that nobody has told of
            heard = before._replace(starts_at=heard.starts_at, ends_at=heard.ends_at)
        else:
            continue
        known[alert.fingerprint] = heard
    return News(tuple(known.values()), ended, tuple(fires), tuple(clears), tuple(burning), is_old)


def _heard(alert: Alert, received_at: float, instance_of: InstanceOf) -> Known:
    ends_at = None if alert.firing else max(alert.ends_at or received_at, alert.starts_at)
    return Known(alert.fingerprint, alert.title, instance_of(alert.labels), alert.starts_at, ends_at, alert.link)


def _end(before: Known | None, remembered: float | None) -> float:
    """When it ended last, as far as anybody knows; before all time if it still fires."""
    if before is not None:
        return NEVER if before.ends_at is None else before.ends_at
    return NEVER if remembered is None else remembered


def _is_anew(raw: Alert, dismissed_at: float | None) -> bool:
    """Whether it began after somebody had resolved an incident that still fired: the end itself was never told.

    A sender that does not say when it began repeats it, as far as anybody knows.
    """
    return dismissed_at is not None and raw.starts_at > dismissed_at
