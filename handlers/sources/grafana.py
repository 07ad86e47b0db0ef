"""Reads Grafana's webhook: version 1 of its body, which is Alertmanager's with more fields, and what it sent before 9.

Knows its fields (grafana.com/docs, "Configure webhook notifications"; "Legacy alerting: webhook"); not HTTP, services
or incidents.

Why a legacy alert has few labels: its `evalMatches` are there while it fires and gone when it is over, and the two
have to mean the same service. Only what chooses the instance is taken from them, which a resolve does not need.
"""

import json
from collections.abc import Mapping

from handlers.alert import Alert, Notification, Origin
from handlers.errors import BadAlert
from handlers.sources import alertmanager, fields

NO_ANSWER = ("DatasourceNoData", "DatasourceError")  # alerts that Grafana raises in a rule's place
_LEGACY = {"alerting": True, "no_data": True, "ok": False, "paused": False}  # a paused rule says nothing any more
_OF_AN_INSTANCE = ("instance", "pod", "pod_name", "kubernetes_pod_name")


def read(body: object) -> Notification:
    """One delivery, from what the JSON decoder gave. Raises BadAlert."""
    said = fields.mapping(body, "body")
    if "alerts" not in said and ("ruleId" in said or "ruleName" in said):
        return _legacy(said)
    group_labels = fields.labels(said.get("groupLabels"), "groupLabels")
    # A custom payload may leave out the group's key; its labels are what the key is made of.
    group_key = said.get("groupKey") or json.dumps(group_labels, sort_keys=True)
    return Notification(
        Origin.GRAFANA,
        fields.text(said.get("receiver")),
        fields.identity(group_key, "groupKey"),
        group_labels,
        alertmanager.once(
            _alert(each, f"alerts[{n}]", said.get("title"))
            for n, each in enumerate(fields.listed(said.get("alerts"), "alerts"))
        ),
        fields.count(said.get("truncatedAlerts"), "truncatedAlerts"),
    )


def _alert(value: object, name: str, group_title: object) -> Alert:
    alert = alertmanager.alert(value, name)
    said = fields.mapping(value, name)
    annotations = fields.mapping(said.get("annotations"), name)
    values = said.get("values")  # null where a rule gave no number
    return alert._replace(
        title=_title(alert, annotations, group_title),
        link=fields.link(*map(said.get, ("panelURL", "dashboardURL", "generatorURL"))),
        memory_limit=fields.memory_limit(annotations, values if isinstance(values, dict) else {}),
    )


def _title(alert: Alert, annotations: Mapping[str, object], group_title: object) -> str:
    name = alert.labels.get("alertname", "")
    if name in NO_ANSWER:  # the rule's own summary would speak of a number that nobody has
        return fields.title(f"{name}: {alert.labels.get('rulename', '')}".removesuffix(": "))
    return fields.title(annotations.get("summary"), annotations.get("title"), name, group_title, "alert")


def _legacy(said: Mapping[str, object]) -> Notification:
    state = said.get("state")
    if not isinstance(state, str) or state not in _LEGACY:
        raise BadAlert(f"state: {', '.join(_LEGACY)}")
    rule = fields.title(said.get("ruleName"))
    known_as = fields.plain(said.get("ruleId")) or fields.identity(rule, "ruleId or ruleName")
    identity = fields.fingerprint_of("rule", fields.plain(said.get("orgId")) or "", known_as)
    named = {"alertname": rule} if rule else {}
    alert = Alert(
        identity,
        _LEGACY[state],
        _instance(said.get("evalMatches")) | fields.labels(said.get("tags"), "tags") | named,
        fields.title(rule, said.get("title"), "alert"),
        starts_at=0.0,
        ends_at=None if _LEGACY[state] else 0.0,
        link=fields.link(said.get("ruleUrl")),
    )
    return Notification(Origin.GRAFANA, "", identity, named, (alert,))


def _instance(matches: object) -> dict[str, str]:
    """What names the instance, where all that matched say the same."""
    tags = [each.get("tags") for each in matches if isinstance(each, dict)] if isinstance(matches, list) else []
    found = [fields.labels(each, "evalMatches[].tags") for each in tags]
    first = found[0] if found else {}
    return {
        name: first[name]
        for name in _OF_AN_INSTANCE
        if name in first and all(each.get(name) == first[name] for each in found)
    }
