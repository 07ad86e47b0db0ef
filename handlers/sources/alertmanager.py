"""Reads Alertmanager's webhook: version 4 of its body, with whatever newer releases add.

Knows its fields (prometheus.io/docs/alerting/latest/configuration/#webhook_config); not HTTP, services or incidents.
"""

from collections.abc import Iterable

from handlers.alert import Alert, Notification, Origin
from handlers.sources import fields
from handlers.sources.times import moment


def read(body: object) -> Notification:
    """One delivery, from what the JSON decoder gave. Raises BadAlert.

    The body's own status is not read: with max_alerts it is that of the alerts which were kept, and may say "resolved"
    while another still fires.
    """
    said = fields.mapping(body, "body")
    return Notification(
        Origin.ALERTMANAGER,
        fields.identity(said.get("receiver"), "receiver"),
        fields.identity(said.get("groupKey"), "groupKey"),
        fields.labels(said.get("groupLabels"), "groupLabels"),
        once(alert(each, f"alerts[{n}]") for n, each in enumerate(fields.listed(said.get("alerts"), "alerts"))),
        fields.count(said.get("truncatedAlerts"), "truncatedAlerts"),
    )


def alert(value: object, name: str) -> Alert:
    """One alert of the list, which `name` is called in errors. Raises BadAlert."""
    said = fields.mapping(value, name)
    labels = fields.labels(said.get("labels"), f"{name}.labels")
    annotations = fields.labels(said.get("annotations"), f"{name}.annotations")
    firing = fields.firing(said.get("status"), f"{name}.status")
    starts_at = moment(said.get("startsAt"), f"{name}.startsAt")
    ended = moment(said.get("endsAt"), f"{name}.endsAt")
    return Alert(
        fields.fingerprint(said.get("fingerprint"), f"{name}.fingerprint"),
        firing,
        labels,
        fields.title(annotations.get("summary"), annotations.get("title"), labels.get("alertname"), "alert"),
        starts_at,
        None if firing else max(ended, starts_at) if ended else 0.0,
        fields.link(said.get("generatorURL")),
        fields.memory_limit(annotations),
    )


def once(alerts: Iterable[Alert]) -> tuple[Alert, ...]:
    """Each fingerprint once: of two the one that began later, and of those the one that fires."""
    kept: dict[str, Alert] = {}
    for each in alerts:
        other = kept.get(each.fingerprint)
        if other is None or (each.starts_at, each.firing) > (other.starts_at, other.firing):
            kept[each.fingerprint] = each
    return tuple(kept.values())
