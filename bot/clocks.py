"""What clocks show in a time zone, for people. Knows zones by their names; no Slack and no template."""

from datetime import UTC, datetime, tzinfo

# strftime asks the machine for its language.
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def clock(seconds: float, zone: str) -> str:
    """`Mon 09:00 CET`; UTC where nobody knows the zone."""
    moment = _there(seconds, zone)
    return f"{_DAYS[moment.weekday()]} {_time(moment)}" if moment else "an unknown time"


def local(seconds: float, zone: str) -> str:
    """`Mon 30 Mar 09:00 CEST`; UTC where nobody knows the zone."""
    moment = _there(seconds, zone)
    if moment is None:
        return "an unknown time"
    return f"{_DAYS[moment.weekday()]} {moment.day} {_MONTHS[moment.month - 1]} {_time(moment)}"


def moment(seconds: float) -> tuple[str, str, str]:
    """`30 Mar`, `09:00` and the second, `07`, in UTC: for an axis, which says of it what it needs."""
    there = _there(seconds, "UTC")
    if there is None:
        return ("?", "?", "?")
    return (f"{there.day} {_MONTHS[there.month - 1]}", f"{there:%H:%M}", f"{there:%S}")


def _there(seconds: float, zone: str) -> datetime | None:
    from zoneinfo import ZoneInfo  # only here: it costs the shell 6 ms, and that speaks of no rotation

    try:
        place: tzinfo = ZoneInfo(zone)
    except (KeyError, ValueError, OSError):  # no such zone, no name of a zone at all, a folder of zones
        place = UTC
    try:
        return datetime.fromtimestamp(seconds, place)
    except (ValueError, OverflowError, OSError):
        return None


def _time(moment: datetime) -> str:
    name = moment.tzname() or ""
    # Some zones have no letters, only a number.
    return f"{moment:%H:%M} {name if name[:1].isalpha() else 'UTC' + name}"
