"""Times as alert senders write them, and as mapstorm keeps them: seconds since 1970, 0.0 where none was said.

Knows RFC 3339 and Go's zero time; not what began or ended then, and no clock.
"""

import re
from datetime import datetime

from handlers.alert import Alert, Notification
from handlers.errors import BadAlert

_RFC3339 = re.compile(r"(\d{4})-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,30})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_LAST = 253_402_300_799  # of the year 9999


def moment(value: object, name: str) -> float:
    """RFC 3339 with any fraction and offset, or seconds since 1970. Go's zero time and any before 1970 say nothing.

    Raises BadAlert.
    """
    if value is None or value == "":
        return 0.0
    if isinstance(value, str):
        return _read(value, name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _LAST:
        raise BadAlert(f"{name}: a time in RFC 3339")
    return float(value)


def _read(value: str, name: str) -> float:
    parts = _RFC3339.fullmatch(value)
    if parts is None:
        raise BadAlert(f"{name}: a time in RFC 3339")
    if parts[1] < "1970":
        return 0.0
    try:
        return max(0.0, datetime.fromisoformat(value.upper()).timestamp())
    except (ValueError, OverflowError) as error:
        raise BadAlert(f"{name}: a time in RFC 3339") from error


def dated(said: Notification, received_at: float) -> Notification:
    """The same, with `received_at` for every time that the sender did not say."""
    return said._replace(alerts=tuple(_dated(alert, received_at) for alert in said.alerts))


def _dated(alert: Alert, received_at: float) -> Alert:
    ends_at = received_at if alert.ends_at == 0.0 else alert.ends_at
    return alert._replace(starts_at=alert.starts_at or received_at, ends_at=ends_at)
