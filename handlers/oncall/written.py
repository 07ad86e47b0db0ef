"""Rotations written in the registry, and user groups, to spans. Pure: the time zone's rules are the only outside.

Why hours of the local clock: a weekly shift changes at 09:00 on both sides of a change of daylight saving time, and is
then an hour longer or shorter. A hand-over at an hour that clocks leave out is as much later as they jump; at one they
show twice it is the first time.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from handlers.rotation import Span, Written


def turns(written: Written, time_zone: str, since: float, until: float) -> tuple[Span, ...]:
    """The turns that touch `since` to `until`; none before the first."""
    zone, period = ZoneInfo(time_zone), timedelta(hours=written.period_hours)
    begun = datetime.fromtimestamp(since, UTC).astimezone(zone).replace(tzinfo=None)
    # One turn earlier than the division says: near a change of clocks it may be one too late.
    number = max(0, (begun - written.start) // period - 1)
    found: list[Span] = []
    starts_at = _instant(written.start + number * period, zone)
    while starts_at < until:
        ends_at = max(_instant(written.start + (number + 1) * period, zone), starts_at)
        if ends_at > max(starts_at, since):
            found.append(Span(starts_at, ends_at, (written.members[number % len(written.members)],)))
        number, starts_at = number + 1, ends_at
    return tuple(found)


def _instant(local: datetime, zone: ZoneInfo) -> float:
    return local.replace(tzinfo=zone).timestamp()
