"""Which services and which instance an alert means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.alert import Alert, Notification, Origin
from handlers.records import Instance, Service
from handlers.sources.matchers import parse
from handlers.sources.route import instance_of, whom

INSTANCES = (
    Instance("orders-0", "http://10.1.0.6:6060/debug/pprof"),
    Instance("orders-1", "http://10.1.0.7:6060/debug/pprof"),
    Instance("two-a", "https://Two.Shop.example/debug/pprof"),
    Instance("two-b", "https://two.shop.example:6061/debug/pprof"),
    Instance("six", "http://[fd00::7]:6060/debug/pprof"),
    Instance("db.shop.example:6060", "http://db.shop.example:6060/debug/pprof"),
)


def service(name: str, *match: str) -> Service:
    return Service(name, INSTANCES, "C1", match=tuple(map(parse, match)))


def notification(**labels: dict[str, str]) -> Notification:
    alerts = tuple(Alert(name, True, said, name, 0.0) for name, said in labels.items())
    return Notification(Origin.ALERTMANAGER, "r", "g", {}, alerts)


def test_every_service_all_of_whose_matchers_hold_is_meant() -> None:
    orders = service("orders", 'service="orders"', 'severity=~"page|ticket"')
    paging = service("paging", "severity=page")
    silent = service("silent")
    said = notification(
        one={"service": "orders", "severity": "page"},
        two={"service": "orders", "severity": "info"},
        three={"service": "orders", "severity": "ticket"},
        four={"severity": "page"},
    )
    parts, unmatched = whom((orders, silent, paging), said)
    assert [(meant.name, [alert.fingerprint for alert in alerts]) for meant, alerts in parts] == [
        ("orders", ["one", "three"]),
        ("paging", ["one", "four"]),
    ]
    assert [alert.fingerprint for alert in unmatched] == ["two"]


def test_no_service_is_meant_where_none_says_so() -> None:
    said = notification(one={})
    assert whom((), said) == ((), said.alerts)
    assert whom((service("silent"),), said) == ((), said.alerts)


@pytest.mark.parametrize(
    ("labels", "meant"),
    [
        ({"instance": "orders-1"}, "orders-1"),
        ({"instance": "ORDERS-1"}, "orders-1"),
        ({"instance": "10.1.0.7:6060"}, "orders-1"),
        ({"instance": "10.1.0.7:9090"}, "orders-1"),  # scraped at another port
        ({"instance": "10.1.0.7"}, "orders-1"),
        ({"instance": "orders-1:9090"}, "orders-1"),
        ({"pod": "orders-0"}, "orders-0"),
        ({"pod_name": "orders-0"}, "orders-0"),
        ({"kubernetes_pod_name": "orders-0"}, "orders-0"),
        ({"instance": "10.9.9.9:10250", "pod": "orders-0"}, "orders-0"),  # the node's own address
        ({"instance": "10.1.0.7:10250", "pod": "orders-0"}, "orders-0"),  # a node that has another of ours
        ({"instance": "two.shop.example:443"}, "two-a"),
        ({"instance": "two.shop.example:6061"}, "two-b"),
        ({"instance": "two.shop.example:9090"}, None),  # either
        ({"instance": "[fd00::7]:6060"}, "six"),
        ({"instance": "[FD00::7]:9090"}, "six"),
        ({"instance": "db.shop.example:9090"}, "db.shop.example:6060"),
        ({"instance": "10.1.0.77"}, None),
        ({"instance": "http://10.1.0.7:6060/debug/pprof"}, None),
        ({"instance": "evil@10.1.0.7"}, None),
        ({"instance": "[::1"}, None),
        ({"instance": ""}, None),
        ({"instance": ":"}, None),
        ({"host": "orders-0"}, None),
        ({}, None),
    ],
)
def test_labels_choose_among_the_registered_instances(labels: dict[str, str], meant: str | None) -> None:
    assert instance_of(service("orders"), labels) == meant


@given(st.dictionaries(st.sampled_from(["instance", "pod", "pod_name"]), st.text(max_size=30)))
def test_whatever_they_say_it_is_a_registered_one_or_none(labels: dict[str, str]) -> None:
    assert instance_of(service("orders"), labels) in {None, *(instance.name for instance in INSTANCES)}
