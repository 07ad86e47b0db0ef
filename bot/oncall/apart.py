"""Reads a calendar in a process of its own, which is ended when it takes too long. Knows no HTTP and no Redis.

RRULE:FREQ=SECONDLY keeps any library busy for ever. A process costs half a second of one core, once in some minutes.
"""

import structlog

from bot.apart import run_apart
from bot.oncall.codec import Copy, Trouble, Unreadable, decode_copy, decode_trouble
from handlers.errors import CalendarError, EndlessCalendar, NotACalendar

log = structlog.get_logger()

DEADLINE_S = 12.0

ERRORS: dict[str, type[CalendarError]] = {error.reason: error for error in CalendarError.__subclasses__()}


async def read_apart(
    content: bytes, time_zone: str, read_at: float, since: float, until: float, *, deadline_s: float = DEADLINE_S
) -> Copy:
    """Raises NotACalendar, EndlessCalendar, UnknownZone."""
    moments = (repr(moment) for moment in (read_at, since, until))
    try:
        code, answer = await run_apart("bot.oncall.child", time_zone, *moments, content=content, deadline_s=deadline_s)
    except TimeoutError as error:
        raise EndlessCalendar from error
    return _told(code, answer)


def failure(trouble: Trouble) -> CalendarError:
    """The error that a word stands for."""
    return ERRORS.get(trouble.reason, CalendarError)(trouble.detail)


def _told(code: int, answer: bytes) -> Copy:
    if code < 0:
        raise EndlessCalendar  # its own limits have ended it
    try:
        if code == 0:
            return decode_copy(answer)
        raise failure(decode_trouble(answer))
    except Unreadable as error:
        log.error("calendar_child_failed", code=code)
        raise NotACalendar("bug") from error
