"""Incidents, parts of notifications and wakes, to JSON and back. Knows no store and no client."""

from typing import Any

import orjson

from bot.codec import Unreadable
from handlers.alert import Alert, Group, Notification, Origin, Part
from handlers.incident import Entry, Event, Incident, Known, Silence, State
from handlers.records import Outcome
from handlers.step import Reason, Wake

VERSION = 1

Json = dict[str, Any]


def encode_incident(incident: Incident) -> bytes:
    """Field by field; NamedTuples as arrays."""
    given = {name: getattr(incident, name) for name in Incident.__slots__}
    return orjson.dumps({**given, "schema": VERSION}, default=list, option=orjson.OPT_PASSTHROUGH_SUBCLASS)


def decode_incident(data: bytes | str) -> Incident:
    """Raises Unreadable. Fields that a newer release has added are left out, as workers of both run side by side for a
    while: what is added without a new VERSION may be forgotten."""
    try:
        said: Json = orjson.loads(data)
        if said["schema"] != VERSION:
            raise Unreadable("an incident of another release")
        given = {name: said[name] for name in Incident.__slots__ if name in said}
        return Incident(**{**given, **_records(given)})
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Unreadable(f"no incident: {error}") from error


def _records(given: Json) -> Json:
    return {
        "group": _group(given["group"]),
        "state": State(given["state"]),
        "alerts": tuple(Known(*alert) for alert in given["alerts"]),
        "timeline": tuple(Entry(at, Event(event), *rest) for at, event, *rest in given["timeline"]),
        "outcomes": tuple(Outcome(*outcome) for outcome in given["outcomes"]),
        "silence": Silence(*given["silence"]) if given["silence"] else None,
        "on_call": tuple(given.get("on_call", ())),
    }


def encode_group(group: Group) -> str:
    """For a job and for names of keys."""
    return orjson.dumps(list(group), option=orjson.OPT_PASSTHROUGH_SUBCLASS, default=str).decode()


def decode_group(data: bytes | str) -> Group:
    """Raises Unreadable."""
    try:
        return _group(orjson.loads(data))
    except (ValueError, TypeError) as error:
        raise Unreadable(f"no group: {error}") from error


def encode_part(token: str, part: Part) -> bytes:
    """With the token that names this delivery."""
    said = part.notification
    alerts = [list(alert) for alert in said.alerts]
    body = [said.origin, said.receiver, said.group_key, said.group_labels, alerts, said.truncated]
    return orjson.dumps([VERSION, token, part.service, part.received_at, body])


def decode_part(data: bytes | str) -> tuple[str, Part]:
    """The token and the part. Raises Unreadable."""
    try:
        version, token, service, received_at, body = orjson.loads(data)
        if version != VERSION:
            raise Unreadable("a notification of another release")
        origin, receiver, group_key, labels, alerts, truncated = body
        said = Notification(
            Origin(origin), receiver, group_key, labels, tuple(Alert(*alert) for alert in alerts), truncated
        )
        return token, Part(service, received_at, said)
    except (ValueError, TypeError) as error:
        raise Unreadable(f"no part: {error}") from error


def encode_wake(wake: Wake) -> str:
    """For a job."""
    return orjson.dumps([wake.incident, wake.reason, wake.at]).decode()


def decode_wake(data: bytes | str) -> Wake:
    """Raises Unreadable."""
    try:
        incident, reason, at = orjson.loads(data)
        return Wake(incident, Reason(reason), at)
    except (ValueError, TypeError) as error:
        raise Unreadable(f"no wake: {error}") from error


def _group(given: Any) -> Group:
    origin, receiver, group_key, service = given
    return Group(Origin(origin), receiver, group_key, service)
