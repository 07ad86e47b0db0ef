"""The nearest service of an alert that means none: what to look at first."""

import pytest

from handlers.records import Service
from handlers.sources.matchers import parse
from handlers.sources.nearest import nearest, written


def service(name: str, *match: str) -> Service:
    return Service(name, (), "C0ORDERS", match=tuple(map(parse, match)))


ORDERS = service("svc-orders", 'service="orders"', 'severity=~"page|ticket"')
PAYMENTS = service("svc-payments", 'service="payments"', 'severity=~"page|ticket"')
SILENT = service("svc-silent")


@pytest.mark.parametrize(
    ("labels", "name", "failing", "absent"),
    [
        ({"service": "orders"}, "svc-orders", 'severity=~"page|ticket"', True),
        ({"service": "orders", "severity": ""}, "svc-orders", 'severity=~"page|ticket"', True),
        ({"service": "payments", "severity": "info"}, "svc-payments", 'severity=~"page|ticket"', False),
        ({"job": "x"}, "svc-orders", 'service="orders"', True),
    ],
)
def test_the_first_matcher_that_fails_is_named(labels: dict[str, str], name: str, failing: str, absent: bool) -> None:
    near = nearest((SILENT, ORDERS, PAYMENTS), labels)
    assert near
    assert near.failing
    assert (near.service, written(near.failing), near.absent) == (name, failing, absent)


def test_of_two_that_lack_one_the_one_of_which_more_holds_is_nearer() -> None:
    near = nearest((service("one", "team=b"), ORDERS), {"service": "orders"})
    assert near
    assert near.service == "svc-orders"


def test_an_alert_that_means_a_service_by_now_lacks_nothing() -> None:
    near = nearest((PAYMENTS, ORDERS), {"service": "orders", "severity": "page"})
    assert near
    assert (near.service, near.failing) == ("svc-orders", None)


def test_without_matchers_there_is_none() -> None:
    assert nearest((SILENT,), {"service": "orders"}) is None


@pytest.mark.parametrize("text", ['a="b"', 'a!~"x\\\\.y|\\"z\\""', 'a!="line\\nfeed"'])
def test_a_matcher_is_written_as_it_can_be_read(text: str) -> None:
    assert written(parse(text)) == text
    assert parse(written(parse(text))) == parse(text)
