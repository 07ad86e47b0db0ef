"""Reads the small JSON that anything can send which is neither Alertmanager nor Grafana: one alert a body.

    {
      "service": "orders",              the label `service`, which the registry's matchers can ask for
      "status": "firing",               or "resolved"
      "instance": "orders-0",           optional: the label `instance`
      "fingerprint": "a1b2",            optional: what stays the same from firing to resolved, 1 to 200 characters;
                                        else it is made of service, instance and title, which then have to stay
      "title": "Memory over 90 %",      optional
      "link": "https://...",            optional, http or https
      "starts_at": "2026-11-22T03:00:00Z",   optional: RFC 3339 or seconds since 1970
      "group": "orders memory",         optional: alerts of a group share a thread; else those of a service do
      "labels": {"severity": "page"},   optional, more to match by
      "memory_limit": "2GiB"            optional, or bytes
    }

Knows these fields; not HTTP, services or incidents.
"""

from handlers.alert import Alert, Notification, Origin
from handlers.sources import fields
from handlers.sources.times import moment


def read(body: object) -> Notification:
    """One delivery, from what the JSON decoder gave. Raises BadAlert."""
    said = fields.mapping(body, "body")
    service = fields.identity(said.get("service"), "service")
    instance = fields.text(said.get("instance"))
    title = fields.title(said.get("title"))
    labels = fields.labels(said.get("labels"), "labels") | {"service": service}
    if instance:
        labels["instance"] = instance
    firing = fields.firing(said.get("status"), "status")
    given = said.get("fingerprint")
    alert = Alert(
        fields.fingerprint_of(service, instance, title)
        if given in (None, "")
        else fields.fingerprint(given, "fingerprint"),
        firing,
        labels,
        title or fields.title(labels.get("alertname"), "alert"),
        moment(said.get("starts_at"), "starts_at"),
        None if firing else 0.0,
        fields.link(said.get("link")),
        fields.memory_limit(said, labels),
    )
    group = said.get("group")
    group_key = service if group in (None, "") else fields.identity(group, "group")
    return Notification(Origin.GENERIC, "", group_key, {"service": service}, (alert,))
