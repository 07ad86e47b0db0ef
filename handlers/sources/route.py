"""Whom an alert means: which services by their matchers, and which of a service's registered instances.

Knows the registry's records and an alert's labels; nothing of who sent it. An address is never taken from a label: a
label only chooses among what is registered.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from handlers.alert import Alert, Notification
from handlers.records import Instance, Service
from handlers.sources.matchers import matches

LABELS = ("instance", "pod", "pod_name", "kubernetes_pod_name")
_NO_HOST = re.compile(r"[^a-z0-9.:_\[\]%-]")
_PORTS = {"http": 80, "https": 443}


class Meant(NamedTuple):
    """The alerts for each service that is meant, and those that mean none."""

    parts: tuple[tuple[Service, tuple[Alert, ...]], ...]
    unmatched: tuple[Alert, ...]


def whom(services: Iterable[Service], notification: Notification) -> Meant:
    """Each alert goes to every service all of whose matchers hold. A service without matchers is never meant."""
    parts: list[tuple[Service, tuple[Alert, ...]]] = []
    matched: set[str] = set()
    for service in services:
        if service.match:
            alerts = tuple(alert for alert in notification.alerts if matches(service.match, alert.labels))
            matched |= {alert.fingerprint for alert in alerts}
            parts += [(service, alerts)] if alerts else []
    return Meant(tuple(parts), tuple(alert for alert in notification.alerts if alert.fingerprint not in matched))


def instance_of(service: Service, labels: Mapping[str, str]) -> str | None:
    """The name of the registered instance that the labels mean, None where they mean none or more than one.

    By name or host:port first, whatever the label; then by host alone, because Prometheus scrapes another port than
    pprof's. So a pod's name goes before the address of the node it runs on.
    """
    said = [labels[label].lower() for label in LABELS if labels.get(label)]
    return _only(service, said, _names) or _only(service, list(map(_host, said)), _hosts)


def _only(service: Service, said: list[str], known_as: Callable[[Instance], tuple[str, ...]]) -> str | None:
    """The instance that the first text means which means one."""
    for text in said:
        meant = [instance.name for instance in service.instances if text and text in known_as(instance)]
        if len(meant) == 1:
            return meant[0]
    return None


def _names(instance: Instance) -> tuple[str, ...]:
    parts = urlsplit(instance.url)
    host = parts.hostname or ""
    return instance.name.lower(), f"{f'[{host}]' if ':' in host else host}:{parts.port or _PORTS.get(parts.scheme)}"


def _hosts(instance: Instance) -> tuple[str, ...]:
    return _host(instance.name.lower()), urlsplit(instance.url).hostname or ""


def _host(text: str) -> str:
    """Of a host:port; empty for anything else, such as a URL."""
    if _NO_HOST.search(text):
        return ""
    try:
        return urlsplit(f"//{text}").hostname or ""
    except ValueError:
        return ""
