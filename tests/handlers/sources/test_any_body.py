"""Whatever JSON comes, each reader gives a notification whose fields are what they should be, or says BadAlert."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.alert import Notification
from handlers.errors import BadAlert
from handlers.sources import alertmanager, generic, grafana
from tests.handlers.sources.said import PAYLOADS, payload

READERS = (alertmanager.read, grafana.read, generic.read)
BODIES = {path.stem: payload(path.stem) for path in PAYLOADS.glob("*.json")}
ODD = st.sampled_from(
    ["", " ", "0001-01-01T00:00:00Z",
     "9999-12-31T23:59:59-23:59", "\0", "\ud800", "x" * 3000, "firing", "ok", "1e99999",
     10**400, -1, 2**64, float("nan"), float("-inf"), 1e308, True, None, [], {}, [[]], [{}], {"": ""}],
)  # fmt: skip
TEXT = st.text(st.characters(), max_size=20)  # halves of surrogate pairs as well
JSON = st.recursive(
    ODD | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


def check(said: Notification) -> None:
    for text in (said.receiver, said.group_key, *said.group_labels, *said.group_labels.values()):
        assert isinstance(text, str)
        assert len(text) <= 1000
        text.encode()
    assert said.group_key
    assert said.alerts
    assert 0 <= said.truncated <= 1_000_000
    assert type(said.truncated) is int
    assert len({alert.fingerprint for alert in said.alerts}) == len(said.alerts)
    for alert in said.alerts:
        assert 1 <= len(alert.fingerprint) <= 200
        assert 1 <= len(alert.title) <= 1000
        assert alert.link == "" or alert.link.startswith(("http://", "https://"))
        assert alert.memory_limit is None or 1024**2 <= alert.memory_limit <= 1024**5
        assert (alert.ends_at is None) is alert.firing
        assert math.isfinite(alert.starts_at + (alert.ends_at or 0.0))
        for text in (alert.fingerprint, alert.title, alert.link, *alert.labels, *alert.labels.values()):
            assert isinstance(text, str)
            assert len(text) <= 1000
            text.encode()


def heard(read: Callable[[object], Notification], body: object) -> None:
    try:
        said = read(body)
    except BadAlert as error:
        detail = error.detail
    else:
        check(said)
        detail = "fine"
    assert 0 < len(detail) < 100


def places(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where something stands in a body."""
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in steps:
        yield (*way, step)
        yield from places(inner, (*way, step))


@pytest.mark.parametrize("read", READERS)
@given(body=JSON)
def test_any_json(read: Callable[[object], Notification], body: object) -> None:
    heard(read, body)


@given(data=st.data(), name=st.sampled_from(sorted(BODIES)), read=st.sampled_from(READERS))
def test_any_change_of_a_body(data: st.DataObject, name: str, read: Callable[[object], Notification]) -> None:
    body = copy.deepcopy(BODIES[name])
    for _ in range(data.draw(st.integers(0, 3))):
        *way, last = data.draw(st.sampled_from(list(places(body))))
        place: Any = body
        for step in way:
            place = place[step]
        place[last] = copy.deepcopy(data.draw(JSON))  # drawn lists are shared, and would come to hold themselves
    heard(read, body)


@pytest.mark.parametrize("name", sorted(BODIES))
def test_its_own_reader_hears_an_alert_in_each(name: str) -> None:
    read = {"alertmanager": alertmanager.read, "grafana": grafana.read, "generic": generic.read}[name.split("_")[0]]
    check(read(BODIES[name]))
