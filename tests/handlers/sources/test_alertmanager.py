"""What Alertmanager says, and what it may leave out or add."""

from __future__ import annotations

import pytest

from handlers.alert import Origin
from handlers.errors import BadAlert
from handlers.sources.alertmanager import read
from tests.handlers.sources.said import changed, payload, without

BODY = payload("alertmanager")
FIRST = BODY["alerts"][0]


def test_a_version_4_body() -> None:
    said = read(BODY)
    assert (said.origin, said.receiver, said.truncated) == (Origin.ALERTMANAGER, "mapstorm", 0)
    assert said.group_key == '{}/{team="shop"}:{alertname="MemoryHigh", service="orders"}'
    assert said.group_labels == {"alertname": "MemoryHigh", "service": "orders"}
    firing, resolved = said.alerts
    assert firing.fingerprint == "8c56a3fd1f0d2a11"
    assert firing.labels["pod"] == "orders-1"
    assert firing.title == "Memory of orders-1 is > 90 %"
    assert firing.link.startswith("http://prometheus.shop.example:9090/graph?")
    assert firing.memory_limit == 2 * 1024**3
    assert (firing.firing, firing.ends_at) == (True, None)
    assert firing.starts_at == pytest.approx(1_795_316_400.123456, abs=1e-6)  # 9 digits, the zero time as its end
    assert (resolved.firing, resolved.title, resolved.link) == (False, "MemoryHigh", "")
    assert resolved.starts_at == pytest.approx(1_795_314_600.5)
    assert resolved.ends_at == pytest.approx(1_795_315_500.25)


def test_the_status_of_a_truncated_body_is_that_of_its_alerts_alone() -> None:
    said = read(payload("alertmanager_truncated"))
    assert said.truncated == 3
    assert [alert.firing for alert in said.alerts] == [False]
    assert said == read(changed(payload("alertmanager_truncated"), "status", "firing"))


@pytest.mark.parametrize(
    ("path", "value"),
    [("version", "5"), ("status", None), ("externalURL", 5), ("commonLabels", "x"), ("alerts.0.new", {"a": []})],
)
def test_what_is_not_needed_may_be_anything(path: str, value: object) -> None:
    assert read(changed(BODY, path, value)) == read(BODY)


@pytest.mark.parametrize(
    "path", ["version", "status", "truncatedAlerts", "groupLabels", "alerts.0.annotations", "alerts.0.labels",
             "alerts.0.startsAt", "alerts.0.endsAt", "alerts.0.generatorURL"],
)  # fmt: skip
def test_what_may_be_missing(path: str) -> None:
    assert [alert.fingerprint for alert in read(without(BODY, path)).alerts] == [
        alert.fingerprint for alert in read(BODY).alerts
    ]
    assert len(read(changed(BODY, path, None)).alerts) == 2


@pytest.mark.parametrize(
    ("path", "value", "detail"),
    [
        ("groupKey", ..., "groupKey: a text that is not empty"),
        ("groupKey", " ", "groupKey: a text that is not empty"),
        ("receiver", ..., "receiver: a text that is not empty"),
        ("receiver", 7, "receiver: a text that is not empty"),
        ("alerts", ..., "alerts: a list of at least one"),
        ("alerts", [], "alerts: a list of at least one"),
        ("alerts", {"0": FIRST}, "alerts: a list of at least one"),
        ("alerts", [FIRST, "x"], "alerts[1]: an object"),
        ("alerts", [FIRST, None], "alerts[1].status: firing or resolved"),
        ("alerts.1.fingerprint", ..., "alerts[1].fingerprint: a text of 1 to 200 characters"),
        ("alerts.1.fingerprint", "", "alerts[1].fingerprint: a text of 1 to 200 characters"),
        ("alerts.1.fingerprint", "f" * 201, "alerts[1].fingerprint: a text of 1 to 200 characters"),
        ("alerts.1.fingerprint", 12, "alerts[1].fingerprint: a text of 1 to 200 characters"),
        ("alerts.0.status", ..., "alerts[0].status: firing or resolved"),
        ("alerts.0.status", "Firing", "alerts[0].status: firing or resolved"),
        ("alerts.0.labels", [], "alerts[0].labels: an object"),
        ("alerts.0.annotations", "x", "alerts[0].annotations: an object"),
        ("alerts.0.startsAt", "yesterday", "alerts[0].startsAt: a time in RFC 3339"),
        ("alerts.0.startsAt", True, "alerts[0].startsAt: a time in RFC 3339"),
        ("alerts.0.endsAt", "2026-02-30T00:00:00Z", "alerts[0].endsAt: a time in RFC 3339"),
        ("groupLabels", 5, "groupLabels: an object"),
        ("truncatedAlerts", "many", "truncatedAlerts: a count"),
        ("truncatedAlerts", -1, "truncatedAlerts: a count"),
        ("truncatedAlerts", True, "truncatedAlerts: a count"),
        ("truncatedAlerts", float("nan"), "truncatedAlerts: a count"),
    ],
)
def test_garbage_is_no_alert_and_the_field_is_named(path: str, value: object, detail: str) -> None:
    with pytest.raises(BadAlert) as caught:
        read(changed(BODY, path, value))
    assert (caught.value.detail, caught.value.reason) == (detail, "bad_alert")


@pytest.mark.parametrize("body", [None, {}, [], "alerts", 5, True])
def test_other_json_is_no_alert(body: object) -> None:
    with pytest.raises(BadAlert):
        read(body)


@pytest.mark.parametrize(
    ("said", "count"), [("3", 3), (2.0, 2), (10**400, 1_000_000), (float("inf"), 1_000_000), (1e300, 1_000_000)]
)
def test_a_count_may_be_a_text_or_huge(said: object, count: int) -> None:
    assert read(changed(BODY, "truncatedAlerts", said)).truncated == count


def twice(**change: object) -> dict[str, object]:
    return changed(BODY, "alerts", [FIRST, {**FIRST, "annotations": {"summary": "the other"}, **change}])


@pytest.mark.parametrize(
    ("body", "title", "firing"),
    [
        (twice(), "Memory of orders-1 is > 90 %", True),
        (twice(status="resolved"), "Memory of orders-1 is > 90 %", True),
        (twice(startsAt="2026-11-22T03:00:01Z"), "the other", True),
        (twice(startsAt="2026-11-22T03:00:01Z", status="resolved"), "the other", False),
        (twice(startsAt="2026-11-22T02:59:59Z"), "Memory of orders-1 is > 90 %", True),
    ],
)
def test_of_two_with_one_fingerprint_the_later_counts_and_of_those_the_firing_one(
    body: dict[str, object], title: str, firing: bool
) -> None:
    (alert,) = read(body).alerts
    assert (alert.title, alert.firing) == (title, firing)


def test_an_end_before_the_beginning_is_the_beginning() -> None:
    """Else a stale firing with that beginning would look newer than the resolve."""
    said = read(changed(BODY, "alerts.1.endsAt", "2026-11-22T02:00:00Z")).alerts[1]
    assert said.ends_at == said.starts_at


def test_a_title_is_the_summary_or_the_title_or_the_name_or_something_plain() -> None:
    def titled(annotations: object, labels: object) -> str:
        body = changed(changed(BODY, "alerts.0.annotations", annotations), "alerts.0.labels", labels)
        return read(body).alerts[0].title

    name = {"alertname": "MemoryHigh"}
    assert titled({"summary": "one\n two", "title": "x"}, name) == "one two"
    assert titled({"summary": "  ", "title": "x"}, name) == "x"
    assert titled({"summary": 5.5}, name) == "5.5"
    assert titled({}, name) == "MemoryHigh"
    assert titled({}, {}) == "alert"
    assert len(titled({"summary": "x" * 5000}, {})) == 1000


def test_labels_are_cut_and_numbers_among_them_are_texts() -> None:
    labels = {
        "long": "x" * 5000,
        "y" * 5000: "v",
        "n": 4,
        "b": True,
        "none": None,
        "list": [],
        "": "v",
        "nan": float("nan"),
    }
    said = read(changed(BODY, "alerts.0.labels", labels)).alerts[0].labels
    assert said == {"long": "x" * 1000, "y" * 1000: "v", "n": "4", "b": "true"}


def test_half_a_surrogate_pair_can_be_stored() -> None:
    said = read(changed(changed(BODY, "alerts.0.labels.service", "a\ud800"), "groupKey", "\udfff"))
    assert said.alerts[0].labels["service"] == "a?"
    assert said.group_key == "?"


def test_group_keys_that_are_too_long_stay_apart() -> None:
    one, other = (read(changed(BODY, "groupKey", "k" * 5000 + end)).group_key for end in "ab")
    assert one != other
    assert len(one) < 1000
