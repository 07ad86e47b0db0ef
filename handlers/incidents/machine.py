"""What alerts and the clock make of an incident. Pure: from what is known and what is heard to a change, or to none.

Rules: a group has one incident at a time. It closes when all its known alerts have ended and the sender left none out,
never on a notification's own status. Within a set time after that an alert opens it again, in the same thread; later
a new one follows. What says nothing new changes nothing, so that two peers of a sender give one of everything.

Why what a person resolved stays resolved while its alerts go on: they know that it fires and say that it is dealt with;
Alertmanager's repetitions are no news to them. An alert that begins anew, or a new one, is. And after the time within
which it would be reopened a repetition is told as well, in a new thread: a fire that was forgotten must not be silent
for ever.
"""

import hashlib
from base64 import b32encode
from dataclasses import replace

from handlers.alert import Group, Part
from handlers.incident import Entry, Event, Incident, Known, State
from handlers.incidents.ill import asking, named, suspects, with_peers
from handlers.incidents.news import InstanceOf, News, news
from handlers.incidents.steps import Change
from handlers.records import Service, Trigger
from handlers.step import Reason, Wake

FOLLOW_UP_S = 60.0
# How many titles a line of the timeline names.
_TITLES = 3


def decide(incident: Incident | None, part: Part, service: Service, instance_of: InstanceOf) -> Change | None:
    """What `part` changes; `incident` is the newest of its group. None: nothing, not even what is remembered."""
    heard = news(incident, part, instance_of)
    change: Change | None
    if incident is None or not incident.timeline:
        change = _opened(incident, part, service, heard) if heard.fires else _remembered(incident, part, heard)
    elif incident.state is not State.RESOLVED:
        change = _goes_on(incident, part, service, heard)
    elif _is_recent(incident, part, service):
        change = _reopened(incident, part, service, heard) if heard.fires else _afterwards(incident, heard)
    else:
        change = _opened(incident, part, service, heard) if heard.burning else _afterwards(incident, heard)
    return None if change is None or change.after == incident else change


def woke(incident: Incident, at: float) -> Change | None:
    """The end of a snooze that was to last until `at`: if it still fires, it needs people again."""
    if incident.state is not State.SNOOZED or incident.snoozed_until is None or incident.snoozed_until > at:
        return None
    after = replace(incident, state=State.OPEN, snoozed_until=None)
    return Change(after, (Entry(at, Event.WOKE, detail=_titles(incident.firing)),))


def resolved(incident: Incident, service: Service, now: float, who: str = "") -> Change:
    """Its end, and a capture to compare with what was seen meanwhile."""
    after = replace(
        incident, state=State.RESOLVED, resolved_at=now, snoozed_until=None, follow_up_at=None, limit_at=None
    )
    after, requests = asking(after, suspects(incident, service), Trigger.RESOLVED, now, who)
    return Change(after, (Entry(now, Event.RESOLVED, who),), requests=requests)


def _opened(before: Incident | None, part: Part, service: Service, heard: News) -> Change:
    """A new one. It inherits what is remembered of the one before: late copies come late."""
    said = part.notification
    ended = {**heard.ended, **{alert.fingerprint: alert.ends_at for alert in heard.alerts if alert.ends_at is not None}}
    fingerprints = {alert.fingerprint for alert in heard.burning}
    fresh = Incident(
        id=_identity(part.group, part.received_at),
        group=part.group,
        channel=service.channel,
        group_labels=said.group_labels,
        state=State.OPEN,
        opened_at=part.received_at,
        alerts=heard.burning,
        timeline=(),
        truncated=said.truncated,
        memory_limit=_memory_limit(part),
        previous=before.id if before is not None and before.timeline else None,
        ended={name: at for name, at in ended.items() if name not in fingerprints},
    )
    after, entry = fresh, Entry(part.received_at, Event.OPENED, detail=_titles(heard.burning))
    return _with_captures(after, service, entry)


def _reopened(incident: Incident, part: Part, service: Service, heard: News) -> Change:
    after = replace(
        _heard(incident, part, heard),
        state=State.OPEN,
        resolved_at=None,
        owner="",
        refires=incident.refires + 1,
    )
    return _with_captures(after, service, Entry(part.received_at, Event.REOPENED, detail=_titles(heard.fires)))


def _goes_on(incident: Incident, part: Part, service: Service, heard: News) -> Change:
    now = part.received_at
    after = _heard(incident, part, heard)
    joined = (Entry(now, Event.JOINED, detail=_titles(heard.fires)),) if heard.fires else ()
    if not after.firing and _is_the_end(incident, part, heard):
        return resolved(after, service, now)
    cleared = (Entry(now, Event.CLEARED, detail=_titles(heard.clears)),) if heard.clears else ()
    new = tuple(name for name in named(replace(after, alerts=heard.fires)) if name not in named(incident))
    after, requests = asking(after, new, Trigger.ALERT, now) if heard.fires else (after, ())
    return Change(after, joined + cleared, requests=requests)


def _is_the_end(incident: Incident, part: Part, heard: News) -> bool:
    """Whether `part` itself says that nothing fires any more. A late copy of an earlier end, which brings no news, does
    not know what was left out of notifications since."""
    brings_news = (heard.alerts, heard.ended) != (incident.alerts, incident.ended)
    return brings_news and not part.notification.truncated and not heard.burning and not heard.is_old


def _heard(incident: Incident, part: Part, heard: News) -> Incident:
    """With what is known now. An old copy does not know how many alerts are left out today."""
    return replace(
        incident,
        alerts=heard.alerts,
        ended=heard.ended,
        truncated=incident.truncated if heard.is_old else part.notification.truncated,
        memory_limit=_memory_limit(part) or incident.memory_limit,
    )


def _remembered(incident: Incident | None, part: Part, heard: News) -> Change | None:
    """Nothing to tell, but something to know: an incident that nobody hears of keeps it."""
    if not heard.ended:
        return None
    if incident is not None:
        return Change(replace(incident, ended=heard.ended))
    at = part.received_at
    return Change(
        Incident(
            _identity(part.group, at), part.group, "", {}, State.RESOLVED, at, (), (), resolved_at=at, ended=heard.ended
        )
    )


def _afterwards(incident: Incident, heard: News) -> Change:
    """After the end: what its alerts do is known, and shown in the root, but is no event any more."""
    return Change(replace(incident, alerts=heard.alerts, ended=heard.ended))


def _with_captures(incident: Incident, service: Service, entry: Entry) -> Change:
    """The first capture of an episode, and one a minute later."""
    after, requests = asking(incident, with_peers(incident, service), Trigger.ALERT, entry.at)
    after = replace(after, follow_up_at=entry.at + FOLLOW_UP_S)
    return Change(after, (entry,), (), requests, (Wake(after.id, Reason.FOLLOW_UP, entry.at + FOLLOW_UP_S),))


def _is_recent(incident: Incident, part: Part, service: Service) -> bool:
    return incident.resolved_at is not None and part.received_at - incident.resolved_at <= service.reopen_within_s


def _memory_limit(part: Part) -> int | None:
    """The lowest that an alert names: what is reached first."""
    return min((alert.memory_limit for alert in part.notification.alerts if alert.memory_limit), default=None)


def _titles(alerts: tuple[Known, ...]) -> str:
    titles = tuple(dict.fromkeys(alert.title for alert in alerts))
    more = f" +{len(titles) - _TITLES}" if len(titles) > _TITLES else ""
    return ", ".join(titles[:_TITLES]) + more


def _identity(group: Group, moment: float) -> str:
    """Eight characters that can be typed, the same for every repetition of the work on one notification."""
    told = "\0".join((group.origin, group.receiver, group.group_key, group.service, repr(moment)))
    return b32encode(hashlib.sha256(told.encode()).digest()[:5]).decode().lower()
