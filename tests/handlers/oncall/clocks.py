"""The weekends on which clocks change, and a slow and obvious model of what a clock on a wall shows."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

# Zone, and the day on which clocks go forward or back.
CHANGES = [
    ("Europe/Berlin", datetime(2026, 3, 29)),
    ("Europe/Berlin", datetime(2026, 10, 25)),
    ("Europe/Berlin", datetime(2027, 3, 28)),
    ("Europe/Berlin", datetime(2027, 10, 31)),
    ("America/New_York", datetime(2026, 3, 8)),
    ("America/New_York", datetime(2026, 11, 1)),
    ("America/New_York", datetime(2027, 3, 14)),
    ("America/New_York", datetime(2027, 11, 7)),
    ("Australia/Sydney", datetime(2026, 4, 5)),
    ("Australia/Sydney", datetime(2026, 10, 4)),
    ("Australia/Sydney", datetime(2027, 4, 4)),
    ("Australia/Sydney", datetime(2027, 10, 3)),
]
MINUTES = 10


def ticks(day: datetime, zone: str, days: int = 3) -> Iterator[tuple[float, datetime]]:
    """Every ten minutes around a day: the instant, and the latest that a clock on a wall in `zone` has shown by then.

    Whoever hands over at 02:30 has done so when the clock shows 02:10 for the second time.
    """
    moment = (day - timedelta(days=days)).replace(tzinfo=UTC)
    latest = datetime(1, 1, 1)
    for _ in range(2 * days * 24 * 60 // MINUTES):
        latest = max(latest, moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None))
        yield moment.timestamp(), latest
        moment += timedelta(minutes=MINUTES)
