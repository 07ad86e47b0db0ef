"""What a notification says that was not known yet: of each alert, whether it is news, a repeat or a late copy. Pure.

Why times decide and not the order of arrival: two Alertmanager peers send everything twice, late and out of step, and
Alertmanager itself may send a firing after the resolve. An episode of an alert is told by when it began: what began
before the known end is of an episode that is over, and an end before the known beginning is of an earlier one.

Why not for ever: Alertmanager says that an alert has ended when it has not heard of it for minutes, as while Prometheus
cannot reach it, and afterwards repeats it with its old beginning. A late copy comes late by a flush of its group, by
its retries, or by what a peer is behind: minutes, all of them. What still says so after LATE_S does burn.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from handlers.alert import Alert, Part
from handlers.incident import Incident, Known
from handlers.sources.times import dated

# Which registered instance an alert's labels mean.
InstanceOf = Callable[[Mapping[str, str]], str | None]

NEVER = -1.0
LATE_S = 1800.0


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
    listener = _Listener(incident, part.received_at)
    said = dated(part.notification, part.received_at)
    # Of two with the same fingerprint the last one counts.
    once = {alert.fingerprint: (alert, raw) for alert, raw in zip(said.alerts, part.notification.alerts, strict=True)}
    for alert, raw in once.values():
        heard = _heard(alert, part.received_at, instance_of)
        if heard.ends_at is None:
            listener.fires(heard, raw)
        else:
            listener.ends(heard, heard.ends_at)
    return listener.news()


class _Listener:
    """Takes in one alert after the other."""

    def __init__(self, incident: Incident | None, now: float) -> None:
        self._now = now
        self._known = {alert.fingerprint: alert for alert in incident.alerts} if incident else {}
        self._ended = dict(incident.ended) if incident else {}
        self._dismissed_at = incident.resolved_at if incident else None
        self._fires: list[Known] = []
        self._clears: list[Known] = []
        self._burning: list[Known] = []
        self._is_old = False

    def fires(self, heard: Known, raw: Alert) -> None:
        name = heard.fingerprint
        before = self._known.get(name)
        end = _end(before, self._ended.get(name))
        if heard.starts_at <= end and self._now - end < LATE_S:
            self._is_old = True
            return
        self._burning.append(heard)
        if before is None or before.ends_at is not None or _is_anew(raw, self._dismissed_at):
            self._fires.append(heard)
            self._known[name] = heard
            self._ended.pop(name, None)

    def ends(self, heard: Known, at: float) -> None:
        name = heard.fingerprint
        before = self._known.get(name)
        if before is None:
            self._ended[name] = max(at, self._ended.get(name, NEVER))
        elif at < before.starts_at:
            self._is_old = True
        elif before.ends_at is None:
            self._known[name] = before._replace(ends_at=at)
            self._clears.append(self._known[name])
        elif heard.starts_at > before.ends_at:  # an episode that nobody has told of
            self._known[name] = before._replace(starts_at=heard.starts_at, ends_at=at)

    def news(self) -> News:
        alerts = tuple(self._known.values())
        told = (tuple(self._fires), tuple(self._clears), tuple(self._burning))
        return News(alerts, self._ended, *told, self._is_old)


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
