"""The text of an iCal calendar to spans of time with members. Knows RFC 5545 and how it is broken; no HTTP, no clock.

Only for the child process of `apart.py`: what a calendar makes this do may take for ever.

Why events that show as free count: Google shows all-day events as free unless told otherwise, and whoever is on call
all day is not less so. Why RFC 5545's exact durations are not kept over a change of clocks: every calendar program
shows a week from 09:00 as ending at 09:00, and so do these spans where the event names a time zone.
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import islice
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from icalendar import Calendar
from recurring_ical_events import CalendarQuery

from handlers.errors import EndlessCalendar, NotACalendar, UnknownZone
from handlers.oncall import naming
from handlers.rotation import Span

MOST_SPANS = 5_000
MOST_ATTENDEES = 200
_DATES = ("DTSTART", "DTEND", "RECURRENCE-ID", "RDATE", "EXDATE")
_NOT_PEOPLE = {"ROOM", "RESOURCE", "GROUP"}
_TOO_OFTEN = {"SECONDLY", "MINUTELY"}
# An all-day event begins and ends by the rotation's clock, up to 14 hours away from the library's.
_MARGIN = timedelta(days=2)
_BEGIN = re.compile(rb"^BEGIN:VCALENDAR\s*$", re.IGNORECASE | re.MULTILINE)

# What the library types as a union of all that any property may be.
Event: TypeAlias = Any


def spans(content: bytes, time_zone: str, since: float, until: float) -> tuple[Span, ...]:
    """Every event that touches `since` to `until`, with its own start and end. Whole days are those of `time_zone`;
    times without a zone are of the calendar's own, or of `time_zone` where it has none.

    Raises NotACalendar, EndlessCalendar, UnknownZone.
    """
    try:
        return _spans(content, ZoneInfo(time_zone), since, until)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, ArithmeticError) as error:
        # What the libraries raise for what RFC 5545 does not allow; their texts quote the calendar.
        raise NotACalendar("broken") from error
    except (RecursionError, MemoryError) as error:
        raise EndlessCalendar from error


def _spans(content: bytes, zone: ZoneInfo, since: float, until: float) -> tuple[Span, ...]:
    begun = len(_BEGIN.findall(content))
    calendars: list[Event] = list(Calendar.from_ical(content, multiple=True)) if begun else []
    if not begun or len(calendars) < begun:
        raise NotACalendar("truncated" if begun else "")
    begin, end = datetime.fromtimestamp(since, UTC) - _MARGIN, datetime.fromtimestamp(until, UTC) + _MARGIN
    found: list[Span] = []
    for calendar in calendars:
        _prepare(calendar)
        floating = _own_zone(calendar) or zone
        for event in islice(_occurrences(calendar, begin, end), MOST_SPANS + 1 - len(found)):
            found.append(_span(event, zone, floating))
    if len(found) > MOST_SPANS:
        raise EndlessCalendar
    return tuple(span for span in found if span.starts_at < min(span.ends_at, until) and span.ends_at > since)


def _occurrences(calendar: Event, begin: datetime, end: datetime) -> Iterator[Event]:
    """Those that count, worked out one by one: a list of all might not fit into memory."""
    for series in CalendarQuery(calendar).series:
        for occurrence in series.between(begin, end):
            event = occurrence.as_component(keep_recurrence_attributes=False)
            if str(event.get("STATUS", "")).upper() != "CANCELLED":
                yield event


def _prepare(calendar: Event) -> None:
    """Makes what exporters get wrong right, or raises for what nobody can."""
    seen: set[tuple[str, int]] = set()
    for number, event in enumerate(calendar.walk("VEVENT")):
        _known_zones(event)
        _slow_rules(event)
        if "RECURRENCE-ID" in event:
            continue
        # Without an id of its own an event would take the place of another; a higher SEQUENCE does so rightly.
        identity = (str(event.get("UID", "")), int(event.get("SEQUENCE", 0)))
        if identity in seen or not identity[0]:
            event["UID"] = f"{identity[0]}#{number}"
        seen.add(identity)


def _known_zones(event: Event) -> None:
    """The library takes times in a zone that it does not know for times without one. Raises UnknownZone."""
    for name in _DATES:
        said = event.get(name, [])
        for value in said if isinstance(said, list) else [said]:
            zone = value.params.get("TZID")
            if zone and any(_is_floating(moment) for moment in _moments(value)):
                raise UnknownZone(str(zone)[: naming.LONGEST])


def _slow_rules(event: Event) -> None:
    """No shift begins every minute: the commonest endless calendar is told at once. Raises EndlessCalendar."""
    said = event.get("RRULE", [])
    for rule in said if isinstance(said, list) else [said]:
        if _TOO_OFTEN & {str(each).upper() for each in rule.get("FREQ", [])}:
            raise EndlessCalendar


def _moments(value: Any) -> list[Any]:
    """The dates of a property; RDATE and EXDATE have several, an RDATE also periods."""
    values = [each.dt for each in value.dts] if hasattr(value, "dts") else [value.dt]
    return [each[0] if isinstance(each, tuple) else each for each in values]


def _is_floating(moment: Any) -> bool:
    return isinstance(moment, datetime) and moment.tzinfo is None


def _own_zone(calendar: Event) -> ZoneInfo | None:
    """X-WR-TIMEZONE, which no standard knows and every calendar program writes."""
    said = str(calendar.get("X-WR-TIMEZONE", "")).strip()
    try:
        return ZoneInfo(said) if said else None
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UnknownZone(said[: naming.LONGEST]) from error


def _span(event: Event, days: tzinfo, floating: tzinfo) -> Span:
    summary = str(event.get("SUMMARY", ""))
    begin, end = (_seconds(event[name].dt, days, floating) for name in ("DTSTART", "DTEND"))
    return Span(begin, end, naming.members(summary, _attendees(event)), naming.level(summary))


def _seconds(moment: date, days: tzinfo, floating: tzinfo) -> float:
    if not isinstance(moment, datetime):
        return datetime.combine(moment, time(), days).timestamp()
    return (moment if moment.tzinfo else moment.replace(tzinfo=floating)).timestamp()


def _attendees(event: Event) -> Iterator[tuple[str, str]]:
    """Address and name of people who have not declined; rooms and the like are none."""
    said = event.get("ATTENDEE", [])
    for one in (said if isinstance(said, list) else [said])[:MOST_ATTENDEES]:
        params = getattr(one, "params", {})
        kind, part = str(params.get("CUTYPE", "")).upper(), str(params.get("PARTSTAT", "")).upper()
        if kind not in _NOT_PEOPLE and part != "DECLINED":
            yield str(one), str(params.get("CN", ""))
