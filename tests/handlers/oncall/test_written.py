"""Rotations written in the registry: hand-overs by the local clock, on both sides of every change of clocks."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.oncall.shifts import at, shifts
from handlers.oncall.written import turns
from handlers.rotation import Member, Written
from tests.handlers.oncall.clocks import CHANGES, ticks

ANA, BO, CY = Member("Ana"), Member("Bo"), Member("Cy")
changes = pytest.mark.parametrize(("zone", "day"), CHANGES, ids=lambda value: str(value)[:13])


def local(zone: str, *when: int) -> float:
    return datetime(*when, tzinfo=ZoneInfo(zone)).timestamp()  # type: ignore[misc, arg-type]


def instant(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@changes
def test_clocks_change_on_these_days(zone: str, day: datetime) -> None:
    before, after = (day.replace(hour=hour, tzinfo=ZoneInfo(zone)).utcoffset() for hour in (0, 12))
    assert before != after


@changes
@pytest.mark.parametrize(("hour", "minute", "period"), [(9, 0, 168), (9, 0, 24), (17, 30, 12), (0, 0, 8), (1, 0, 1)])
def test_who_is_on_call_is_who_the_clock_on_the_wall_says(
    zone: str, day: datetime, hour: int, minute: int, period: int
) -> None:
    start = datetime(2026, 1, 5, hour, minute)
    written = Written((ANA, BO, CY), start, period)
    instants = list(ticks(day, zone))
    since, until = instants[0][0], instants[-1][0] + 1
    found = shifts(turns(written, zone, since, until), since, until)
    for moment, clock in instants:
        shift = at(found, moment)
        assert shift
        assert shift.members == ((ANA, BO, CY)[(clock - start) // timedelta(hours=period) % 3],)


@changes
def test_a_week_hands_over_at_nine_before_and_after(zone: str, day: datetime) -> None:
    written = Written((ANA, BO), datetime(2026, 1, 5, 9), 168)
    middle = day.replace(tzinfo=UTC).timestamp()
    found = turns(written, zone, middle - 14 * 86_400, middle + 14 * 86_400)
    ends = [datetime.fromtimestamp(span.ends_at, ZoneInfo(zone)) for span in found]
    assert {(end.weekday(), end.hour, end.minute) for end in ends} == {(0, 9, 0)}
    assert sorted({span.ends_at - span.starts_at for span in found}) in (
        [165 * 3600 + 7200, 168 * 3600],
        [168 * 3600, 169 * 3600],
    )


def test_a_hand_over_at_an_hour_that_is_left_out_is_an_hour_later() -> None:
    written = Written((ANA, BO), datetime(2026, 3, 28, 2, 30), 24)
    first, second = turns(written, "Europe/Berlin", instant("2026-03-28T02:00"), instant("2026-03-29T12:00"))
    assert first.ends_at == second.starts_at == local("Europe/Berlin", 2026, 3, 29, 3, 30)


def test_a_hand_over_at_an_hour_that_comes_twice_is_at_the_first() -> None:
    written = Written((ANA, BO), datetime(2026, 10, 24, 2, 30), 24)
    first, *_ = turns(written, "Europe/Berlin", instant("2026-10-24T12:00"), instant("2026-10-25T12:00"))
    assert first.ends_at == instant("2026-10-25T00:30")


def test_nobody_is_on_call_before_the_first_turn() -> None:
    written = Written((ANA,), datetime(2026, 1, 5, 9), 24)
    since, until = instant("2026-01-05T00:00"), instant("2026-01-07T00:00")
    nobody, ana = shifts(turns(written, "Europe/Berlin", since, until), since, until)
    assert (nobody.members, nobody.ends_at) == ((), instant("2026-01-05T08:00"))
    assert (ana.members, ana.ends_at) == ((ANA,), until)


@given(
    zone=st.sampled_from(sorted({zone for zone, _ in CHANGES} | {"UTC", "Asia/Kolkata", "Pacific/Chatham"})),
    start=st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1)).map(
        lambda when: when.replace(second=0, microsecond=0)
    ),
    period=st.integers(1, 400),
    since=st.floats(1_735_689_600, 1_830_297_600),
    hours=st.floats(0.1, 800),
)
def test_turns_leave_no_hole_and_never_overlap(
    zone: str, start: datetime, period: int, since: float, hours: float
) -> None:
    found = turns(Written((ANA, BO, CY), start, period), zone, since, since + hours * 3600)
    for one, other in pairwise(found):
        assert one.ends_at == other.starts_at
        assert one.members != other.members
    if found:
        began = start.replace(tzinfo=ZoneInfo(zone)).timestamp()
        assert found[0].starts_at <= max(since, began)
        assert found[-1].ends_at >= since + hours * 3600
