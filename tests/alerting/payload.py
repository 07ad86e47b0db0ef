"""Alertmanager's webhook body, version 4, as the real one sends it: names and shapes, for whoever reads or writes one.

Knows no rule about what a body means.
"""

from typing import TypedDict

NEVER = "0001-01-01T00:00:00Z"  # endsAt of an alert that fires


class AlertBody(TypedDict):
    """One alert of a body. Times are RFC 3339, with up to nine digits of a second."""

    status: str
    labels: dict[str, str]
    annotations: dict[str, str]
    startsAt: str
    endsAt: str
    generatorURL: str
    fingerprint: str


class Payload(TypedDict):
    """One body. `status` is that of the alerts that are in it, which max_alerts makes misleading."""

    version: str
    groupKey: str
    truncatedAlerts: int
    status: str
    receiver: str
    groupLabels: dict[str, str]
    commonLabels: dict[str, str]
    commonAnnotations: dict[str, str]
    externalURL: str
    alerts: list[AlertBody]
