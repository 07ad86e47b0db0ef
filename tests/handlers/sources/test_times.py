"""Times as senders write them."""

from __future__ import annotations

import pytest

from handlers.errors import BadAlert
from handlers.sources import generic
from handlers.sources.times import dated, moment


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("2026-11-22T03:00:00Z", 1_795_316_400.0),
        ("2026-11-22t03:00:00z", 1_795_316_400.0),
        ("2026-11-22T03:00:00.5Z", 1_795_316_400.5),
        ("2026-11-22T03:00:00.500000000Z", 1_795_316_400.5),
        ("2026-11-22T03:00:00.500000000000000000000000000000Z", 1_795_316_400.5),
        ("2026-11-22T08:30:00+05:30", 1_795_316_400.0),
        ("2026-11-21T15:00:00-12:00", 1_795_316_400.0),
        ("2026-11-22T17:00:00+14:00", 1_795_316_400.0),
        ("0001-01-01T00:00:00Z", 0.0),
        ("0001-01-01T00:00:00+14:00", 0.0),
        ("1970-01-01T00:00:00+01:00", 0.0),
        ("1969-07-20T20:17:40Z", 0.0),
        ("9999-12-31T23:59:59.999999999-23:59", 253_402_387_140.0),
        ("", 0.0),
        (None, 0.0),
        (0, 0.0),
        (1_795_316_400, 1_795_316_400.0),
        (1_795_316_400.5, 1_795_316_400.5),
    ],
)
def test_it_is_seconds_since_1970_and_0_where_nothing_was_said(said: object, seconds: float) -> None:
    assert moment(said, "x") == pytest.approx(seconds, abs=1)
    assert seconds > 1e10 or moment(said, "x") == pytest.approx(seconds, abs=1e-6)


@pytest.mark.parametrize(
    "said",
    ["2026-11-22", "2026-11-22T03:00:00", "2026-W47-7T03:00:00Z", "20261122T030000Z", "2026-13-22T03:00:00Z",
     "2026-11-22T24:00:01Z", "2026-11-22T03:00:60Z", "2026-11-22T03:00:00+25:00", "2026-11-22 03:00:00Z",
     "２026-11-22T03:00:00Z",
     "2026-11-22T03:00:00,5Z", " 2026-11-22T03:00:00Z", "x", -1, float("nan"), float("inf"), 10**400, True, [], {}],
)  # fmt: skip
def test_anything_else_is_refused(said: object) -> None:
    with pytest.raises(BadAlert, match=r"^x: a time in RFC 3339$"):
        moment(said, "x")


def test_what_was_not_said_is_when_it_came() -> None:
    (firing,) = dated(generic.read({"service": "a", "status": "firing"}), 99.0).alerts
    assert (firing.starts_at, firing.ends_at) == (99.0, None)
    (over,) = dated(generic.read({"service": "a", "status": "resolved", "starts_at": 5}), 99.0).alerts
    assert (over.starts_at, over.ends_at) == (5.0, 99.0)
