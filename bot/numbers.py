"""Numbers as people read them at night: units always, no more digits than are known. Knows no templates."""

KIB = 1024.0


def in_bytes(value: float) -> str:
    """`27.6 MiB`, with a sign only where it is negative."""
    if value < 0:
        return "-" + in_bytes(-value)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if value < KIB or unit == "GiB":
            break
        value /= KIB
    digits = 0 if unit == "B" or value >= 100 else 1
    return f"{value:.{digits}f} {unit}"


def change(value: float) -> str:
    """`+3.2 MiB`, `-1.0 KiB`, or `unchanged`."""
    if abs(value) < 1:
        return "unchanged"
    return f"+{in_bytes(value)}" if value > 0 else in_bytes(value)


def about(value: float) -> str:
    """Two or three significant digits: `570,000`, `1,060`, `17`, `0.4`."""
    if value == 0:
        return "0"
    if abs(value) < 10:
        return f"{value:.1f}".removesuffix(".0")
    magnitude = len(str(int(abs(value))))
    return f"{round(value, 3 - magnitude if magnitude <= 4 else 2 - magnitude):,.0f}"


def roughly(value: float) -> str:
    """One significant digit: `900`, `40`, `3`, for what may be twice or half of that."""
    return f"{float(f'{value:.1g}'):,.0f}"


def exact(value: int) -> str:
    """`851968`, ready to be pasted into Go."""
    return str(value)


def share(value: float) -> str:
    """0 to 1 as a percentage; what is there but tiny stays visible, and so does what is missing to the whole."""
    percent = value * 100
    if percent <= 0:
        return "0 %"
    if percent < 0.1:
        return "under 0.1 %"
    return f"{percent:.1f} %" if percent < 10 or 99.5 <= percent < 99.95 else f"{percent:.0f} %"


def duration(seconds: float) -> str:
    """`8 s`, `12 min`, `3 h`, `2 d`."""
    for limit, divisor, unit in ((90, 1, "s"), (90 * 60, 60, "min"), (48 * 3600, 3600, "h")):
        if seconds < limit:
            value = seconds / divisor
            return f"{value:.1f} {unit}" if value < 10 and value % 1 >= 0.05 else f"{value:.0f} {unit}"
    return f"{seconds / 86400:.0f} d"


def time_left(seconds: float) -> str:
    """`about 12 minutes`, `about 3 hours`, for what is only a rate carried on."""
    if seconds < 90:
        return "about a minute"
    minutes = round(seconds / 60)
    return f"about {minutes} minutes" if minutes < 120 else f"about {round(seconds / 3600)} hours"
