"""Calendars shaped as the vendors export them, and those that people keep; and a slow model of what repeats."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.oncall.reading import spans
from handlers.errors import CalendarError, EndlessCalendar, NotACalendar, UnknownZone
from handlers.oncall.shifts import at, shifts
from tests.handlers.oncall.clocks import CHANGES, ticks

CALENDARS = Path(__file__).parent / "calendars"
SINCE, UNTIL = datetime(2026, 3, 1, tzinfo=UTC).timestamp(), datetime(2026, 5, 1, tzinfo=UTC).timestamp()


def calendar(*events: str, head: str = "") -> bytes:
    """Events by their own lines; UID and the rest are as good as any."""
    whole = "".join(f"BEGIN:VEVENT\nUID:{at}@example.com\n{event}\nEND:VEVENT\n" for at, event in enumerate(events))
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//x//EN\n{head}{whole}END:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()


def on_call(content: bytes, moment: str, zone: str = "Europe/Berlin") -> list[str]:
    """The names at a local time of the zone."""
    told = shifts(spans(content, zone, SINCE, UNTIL), SINCE, UNTIL)
    found = at(told, datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo(zone)).timestamp())
    return [member.email or member.name for member in found.members] if found else ["?"]


ANA, BO, CY = "ana@example.com", "bo@example.com", "cy@example.com"
VENDORS = [
    (name, moment, who)
    for name in ("pagerduty", "opsgenie", "grafana_oncall")
    for moment, who in [
        ("2026-03-16 08:59", []),
        ("2026-03-16 09:00", [ANA]),
        ("2026-03-23 08:59", [ANA]),
        ("2026-03-23 09:00", [BO]),
        ("2026-03-25 17:59", [BO]),
        ("2026-03-25 18:00", [CY]),  # an override, which takes the place of Bo in the export itself
        ("2026-03-26 07:59", [CY]),
        ("2026-03-26 08:00", [BO]),
        ("2026-03-30 08:59", [BO]),  # on the other side of the change of clocks
        ("2026-03-30 09:00", []),
    ]
]
KEPT = [
    ("google", "2026-03-15 23:00", [BO]),  # shown as free, and on call all the same
    ("google", "2026-03-16 09:00", [ANA]),
    ("google", "2026-03-23 12:00", []),  # Bo's week begins a day later this time
    ("google", "2026-03-24 00:00", ["Cy Nguyen", "Dee Roy"]),
    ("google", "2026-03-24 12:00", [BO, "Cy Nguyen", "Dee Roy"]),
    ("google", "2026-03-25 00:00", [BO]),
    ("google", "2026-03-30 08:59", [BO]),
    ("google", "2026-03-30 09:00", [ANA]),
    ("google", "2026-04-06 09:00", []),  # taken out of Bo's series
    ("google", "2026-04-07 10:00", []),  # cancelled
    ("google", "2026-04-13 09:00", [ANA]),
    ("outlook", "2026-03-23 09:00", ["Bo Chen"]),
    ("outlook", "2026-03-30 08:59", ["Bo Chen"]),
    ("outlook", "2026-03-30 09:00", ["Ana Lima"]),
    ("outlook", "2026-04-01 08:29", ["Ana Lima"]),
    ("outlook", "2026-04-01 08:30", ["Ana Lima", "Cy Nguyen"]),  # 12:00 in the zone that the calendar defines
    ("outlook", "2026-04-02 09:00", ["Ana Lima", "Dee Roy"]),  # a time without a zone is the rotation's
    ("outlook", "2026-04-13 09:00", []),
]


@pytest.mark.parametrize(("name", "moment", "who"), VENDORS + KEPT)
def test_as_the_vendors_export_them(name: str, moment: str, who: list[str]) -> None:
    assert sorted(on_call((CALENDARS / f"{name}.ics").read_bytes(), moment)) == sorted(who)


def test_names_come_with_addresses() -> None:
    (first, *_) = spans((CALENDARS / "pagerduty.ics").read_bytes(), "UTC", SINCE, UNTIL)
    assert first.members == (first.members[0]._replace(name="Ana Lima", email=ANA, slack=""),)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Sydney", "Pacific/Kiritimati"])
def test_a_whole_day_is_one_of_the_rotation(zone: str) -> None:
    content = calendar("DTSTART;VALUE=DATE:20260401\nSUMMARY:Ana", head="X-WR-TIMEZONE:Asia/Tokyo\n")
    assert on_call(content, "2026-03-31 23:59", zone) == []
    assert on_call(content, "2026-04-01 00:00", zone) == ["Ana"]
    assert on_call(content, "2026-04-01 23:59", zone) == ["Ana"]
    assert on_call(content, "2026-04-02 00:00", zone) == []


def test_a_time_without_a_zone_is_of_the_calendars_own() -> None:
    content = calendar("DTSTART:20260401T090000\nDURATION:PT1H\nSUMMARY:Ana", head="X-WR-TIMEZONE:Asia/Tokyo\n")
    assert on_call(content, "2026-04-01 02:00") == ["Ana"]
    assert on_call(content, "2026-04-01 09:00") == []


def test_further_dates_and_taken_out_ones() -> None:
    content = calendar(
        "DTSTART:20260401T070000Z\nDURATION:P1D\nRRULE:FREQ=DAILY;COUNT=3\nRDATE:20260410T070000Z\n"
        "EXDATE:20260402T070000Z\nSUMMARY:Ana"
    )
    days = [day for day in range(1, 15) if on_call(content, f"2026-04-{day:02} 12:00") == ["Ana"]]
    assert days == [1, 3, 10]


def test_one_of_a_series_that_is_cancelled_is_nobodys() -> None:
    content = calendar("DTSTART:20260401T070000Z\nDURATION:P1D\nRRULE:FREQ=DAILY;COUNT=3\nSUMMARY:Ana").replace(
        b"END:VCALENDAR",
        b"BEGIN:VEVENT\r\nUID:0@example.com\r\nRECURRENCE-ID:20260402T070000Z\r\nDTSTART:20260402T070000Z\r\n"
        b"DURATION:P1D\r\nSTATUS:CANCELLED\r\nSUMMARY:Ana\r\nEND:VEVENT\r\nEND:VCALENDAR",
    )
    assert [on_call(content, f"2026-04-0{day} 12:00") for day in (1, 2, 3)] == [["Ana"], [], ["Ana"]]


@pytest.mark.parametrize("identity", ["", "UID:same\n"])
def test_events_without_ids_of_their_own_do_not_take_each_others_place(identity: str) -> None:
    content = calendar(
        "DTSTART:20260401T070000Z\nDURATION:P1D\nSUMMARY:Ana", "DTSTART:20260402T070000Z\nDURATION:P1D\nSUMMARY:Bo"
    )
    for number in range(2):
        content = content.replace(f"UID:{number}@example.com\r\n".encode(), identity.replace("\n", "\r\n").encode())
    assert [on_call(content, f"2026-04-0{day} 12:00") for day in (1, 2)] == [["Ana"], ["Bo"]]


def test_a_higher_sequence_takes_the_place_of_a_lower_one() -> None:
    content = calendar(
        *(
            f"SEQUENCE:{at}\nDTSTART:20260401T070000Z\nDURATION:P1D\nSUMMARY:{who}"
            for at, who in [(0, "Ana"), (1, "Bo")]
        )
    )
    assert on_call(content.replace(b"UID:1@", b"UID:0@"), "2026-04-01 12:00") == ["Bo"]


def test_several_calendars_in_one_text_are_one() -> None:
    content = (CALENDARS / "pagerduty.ics").read_bytes() + calendar(
        "DTSTART:20260317T070000Z\nDURATION:P1D\nSUMMARY:Eve"
    )
    assert on_call(content, "2026-03-17 12:00") == [ANA, "Eve"]


@pytest.mark.parametrize(
    ("content", "error", "detail"),
    [
        (b"", NotACalendar, ""),
        (b"<html><body>Log in</body></html>", NotACalendar, ""),
        (b'{"error": "no such calendar"}', NotACalendar, ""),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:2026", NotACalendar, "truncated"),
        (calendar("DTSTART:20260401T070000Z\nSUMMARY:Ana")[:-20], NotACalendar, "truncated"),
        (calendar("DTSTART:yesterday\nSUMMARY:Ana"), NotACalendar, "broken"),
        (calendar("SUMMARY:Ana"), NotACalendar, "broken"),
        (calendar("DTSTART:20260401T070000Z\nRRULE:FREQ=NEVER\nSUMMARY:Ana"), NotACalendar, "broken"),
        (calendar("DTSTART:20260401T070000Z\nDURATION:P99999999D\nSUMMARY:Ana"), NotACalendar, "broken"),
        (calendar("DTSTART;TZID=Nowhere/Land:20260401T070000\nSUMMARY:Ana"), UnknownZone, "Nowhere/Land"),
        (calendar("DTSTART:20260401T070000Z\nEXDATE;TZID=X:20260401T070000\nSUMMARY:Ana"), UnknownZone, "X"),
        (calendar("DTSTART:20260401T070000Z\nSUMMARY:Ana", head="X-WR-TIMEZONE:Foo\n"), UnknownZone, "Foo"),
        (calendar("DTSTART:20260401T070000Z\nRRULE:FREQ=SECONDLY\nSUMMARY:Ana"), EndlessCalendar, ""),
        (calendar("DTSTART:20260401T070000Z\nRRULE:FREQ=MINUTELY\nSUMMARY:Ana"), EndlessCalendar, ""),
        (
            calendar(
                "DTSTART:20260301T070000Z\nDURATION:P1D\nRRULE:FREQ=HOURLY;BYMINUTE=0,5,10,15,20,25,30\nSUMMARY:Ana"
            ),
            EndlessCalendar,
            "",
        ),
    ],
)
def test_what_is_wrong_is_said_in_one_word(content: bytes, error: type[Exception], detail: str) -> None:
    with pytest.raises(error) as caught:
        spans(content, "Europe/Berlin", SINCE, UNTIL)
    assert getattr(caught.value, "detail", None) == detail or detail == ""


WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@pytest.mark.parametrize(("zone", "day"), CHANGES, ids=lambda value: str(value)[:13])
@pytest.mark.parametrize("hours", [24, 168])
def test_what_repeats_hands_over_when_the_clock_on_the_wall_says(zone: str, day: datetime, hours: int) -> None:
    """Two take turns: a series for each, as people make them in Google and Outlook."""
    start, period = datetime(2026, 1, 5, 9), timedelta(hours=hours)
    rule = f"RRULE:FREQ={'DAILY' if hours == 24 else 'WEEKLY'};INTERVAL=2"
    content = calendar(
        *(
            f"DTSTART;TZID={zone}:{start + turn * period:%Y%m%dT%H%M%S}\n"
            f"DTEND;TZID={zone}:{start + (turn + 1) * period:%Y%m%dT%H%M%S}\n{rule}\nSUMMARY:{who}"
            for turn, who in enumerate(("Ana", "Bo"))
        )
    )
    instants = list(ticks(day, zone))
    since, until = instants[0][0], instants[-1][0] + 1
    told = shifts(spans(content, zone, since, until), since, until)
    for moment, clock in instants:
        shift = at(told, moment)
        assert shift
        assert [member.name for member in shift.members] == [("Ana", "Bo")[(clock - start) // period % 2]]


EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Sydney", "UTC", "Asia/Kolkata"]),
        st.integers(0, 60 * 24),  # hours after the first of March
        st.integers(1, 24 * 9),  # long
        st.sampled_from([None, 1, 2, 7]),  # repeated every so many days
        st.integers(1, 12),  # so often
        st.sets(st.integers(0, 11), max_size=3),  # but not these times
        st.sampled_from(["Ana", "Bo", "Cy", "Ana, Bo"]),
    ),
    max_size=6,
)


@given(
    events=EVENTS,
    asked=st.lists(st.integers(0, 61 * 24 * 2), min_size=1, max_size=30),
    rotation=st.sampled_from(["UTC", "Asia/Tokyo"]),
)
def test_at_any_instant_exactly_those_whose_events_cover_it(
    events: list[tuple[str, int, int, int | None, int, set[int], str]], asked: list[int], rotation: str
) -> None:
    texts, obvious = [], []
    for zone, after, length, every, often, left_out, who in events:
        # On the hour at noon's distance from any change of clocks: what a left-out hour means is told elsewhere.
        first = (datetime(2026, 3, 1) + timedelta(hours=after)).replace(hour=12 + after % 8)
        starts = [first + timedelta(days=every or 0) * number for number in range(often if every else 1)]
        long = timedelta(days=length // 24, hours=length % 4)
        out = [starts[number] for number in left_out if every and number < len(starts)]
        lines = [f"DTSTART;TZID={zone}:{first:%Y%m%dT%H%M%S}", f"DTEND;TZID={zone}:{first + long:%Y%m%dT%H%M%S}"]
        lines += [f"RRULE:FREQ=DAILY;INTERVAL={every};COUNT={often}"] if every else []
        lines += [f"EXDATE;TZID={zone}:{each:%Y%m%dT%H%M%S}" for each in out]
        texts.append("\n".join([*lines, f"SUMMARY:{who.replace(',', chr(92) + ',')}"]))
        obvious += [
            (start.replace(tzinfo=ZoneInfo(zone)), (start + long).replace(tzinfo=ZoneInfo(zone)), who)
            for start in starts
            if start not in out
        ]
    told = shifts(spans(calendar(*texts), rotation, SINCE, UNTIL), SINCE, UNTIL)
    for half_hour in asked:
        moment = SINCE + half_hour * 1800
        covering = {
            name
            for begin, end, who in obvious
            if begin.timestamp() <= moment < end.timestamp()
            for name in who.split(", ")
        }
        shift = at(told, moment)
        assert (shift is None and moment >= UNTIL) or (shift and {one.name for one in shift.members} == covering)


LINES = [
    line
    for name in ("google", "outlook", "pagerduty")
    for line in (CALENDARS / f"{name}.ics").read_bytes().splitlines()
]


@settings(max_examples=60, deadline=None)
@given(
    name=st.sampled_from(["google", "outlook", "grafana_oncall"]),
    changes=st.lists(
        st.tuples(st.integers(0, 200), st.sampled_from([b"", *LINES]), st.binary(max_size=12)), max_size=6
    ),
)
def test_whatever_is_broken_is_one_of_our_errors(name: str, changes: list[tuple[int, bytes, bytes]]) -> None:
    """Lines left out, taken from elsewhere, and ended by anything."""
    lines = (CALENDARS / f"{name}.ics").read_bytes().splitlines()
    for place, line, more in changes:
        lines[place % len(lines)] = line + more
    with suppress(CalendarError):
        spans(b"\r\n".join(lines), "Europe/Berlin", SINCE, UNTIL)


@given(content=st.binary(max_size=300))
def test_bytes_are_no_calendar(content: bytes) -> None:
    with pytest.raises(CalendarError):
        spans(content, "UTC", SINCE, UNTIL)
