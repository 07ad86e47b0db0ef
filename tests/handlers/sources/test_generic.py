"""The small JSON that anything can send."""

from __future__ import annotations

import pytest

from handlers.alert import Origin
from handlers.errors import BadAlert
from handlers.sources.generic import read
from tests.handlers.sources.said import changed, payload, without

BODY = payload("generic")


def test_the_whole_of_it() -> None:
    said = read(BODY)
    (alert,) = said.alerts
    assert (said.origin, said.receiver, said.group_key) == (Origin.GENERIC, "", "orders memory")
    assert said.group_labels == {"service": "orders"}
    assert alert.fingerprint == "disk-full-7"
    assert alert.labels == {"service": "orders", "instance": "orders-1", "severity": "page", "shard": "4"}
    assert (alert.firing, alert.title, alert.link) == (True, "Memory over 90 %", "https://status.shop.example/7")
    assert (alert.starts_at, alert.ends_at, alert.memory_limit) == (1_795_316_400.0, None, 2 * 1024**3)


def test_the_least_of_it() -> None:
    said = read({"service": "orders", "status": "resolved"})
    (alert,) = said.alerts
    assert (said.group_key, alert.labels, alert.title) == ("orders", {"service": "orders"}, "alert")
    assert (alert.firing, alert.starts_at, alert.ends_at) == (False, 0.0, 0.0)
    assert alert.fingerprint


def test_a_fingerprint_is_made_of_service_instance_and_title() -> None:
    def made(**change: object) -> str:
        return read(without(BODY, "fingerprint") | change).alerts[0].fingerprint

    assert made() == made(status="resolved", link="", starts_at=5, labels={})
    assert len({made(), made(service="x"), made(instance="x"), made(title="x")}) == 4


@pytest.mark.parametrize(
    ("path", "value", "detail"),
    [
        ("service", ..., "service: "),
        ("service", "", "service: "),
        ("service", ["orders"], "service: "),
        ("status", ..., "status: "),
        ("status", "ok", "status: "),
        ("fingerprint", 5, "fingerprint: "),
        ("fingerprint", "f" * 201, "fingerprint: "),
        ("labels", "severity=page", "labels: "),
        ("group", 5, "group: "),
        ("starts_at", "3 am", "starts_at: "),
        ("starts_at", 1.7e12, "starts_at: "),  # milliseconds
    ],
)
def test_garbage_is_no_alert(path: str, value: object, detail: str) -> None:
    with pytest.raises(BadAlert, match=f"^{detail}"):
        read(changed(BODY, path, value))


@pytest.mark.parametrize(
    "link",
    ["", None, 5, "javascript:alert(1)", "ftp://a/b", "//a/b", "https://", "https:// a", "http://[::1", "https://u:p@a/",
     "https://a/\n", "https://a/‮", "https://a/" + "x" * 1000],
)  # fmt: skip
def test_only_web_pages_are_links(link: object) -> None:
    assert read(changed(BODY, "link", link)).alerts[0].link == ""


@pytest.mark.parametrize(
    ("limit", "size"),
    [
        ("2GiB", 2 * 1024**3), ("2 GB", 2 * 1000**3), ("512Mi", 512 * 1024**2), ("1.5GiB", 3 * 1024**3 // 2),
        ("2147483648", 2 * 1024**3), (2147483648, 2 * 1024**3),
        (2147483648.0, 2 * 1024**3), ("2.147483648e+09", 2 * 1024**3),
        ("2 bananas", None), ("", None), (None, None), (True, None), (float("nan"), None), (float("inf"), None),
        (-1, None),
        (10**400, None), ("9" * 20 + "e99TiB", None), (5, None), ("1KiB", None), ([], None),
    ],
)  # fmt: skip
def test_a_limit_is_a_sane_size_or_none(limit: object, size: int | None) -> None:
    assert read(changed(BODY, "memory_limit", limit)).alerts[0].memory_limit == size


def test_the_second_name_of_a_limit_and_a_label_serve_too() -> None:
    body = without(BODY, "memory_limit")
    assert read(body | {"memory_limit_bytes": 2**31}).alerts[0].memory_limit == 2**31
    assert read(body | {"labels": {"memory_limit": "2GiB"}}).alerts[0].memory_limit == 2**31
    assert read(body | {"memory_limit": "unknown", "memory_limit_bytes": 2**31}).alerts[0].memory_limit == 2**31
