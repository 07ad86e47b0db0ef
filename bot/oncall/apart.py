"""Reads a calendar in a process of its own, which is ended when it takes too long. Knows no HTTP and no Redis.

Why not a thread: RRULE:FREQ=SECONDLY keeps any library busy for ever, a thread cannot be ended, and while it computes
captures and acknowledgements wait for it. A process costs half a second of one core, once in some minutes.
"""

import asyncio
import os
import sys
from pathlib import Path

import structlog

import bot
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
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "bot.oncall.child", time_zone, *moments),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,  # a traceback may quote the calendar
        env=_environment(),
    )
    try:
        async with asyncio.timeout(deadline_s):
            answer, _ = await child.communicate(content)
    except TimeoutError as error:
        raise EndlessCalendar from error
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    return _told(child.returncode or 0, answer)


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


def _environment() -> dict[str, str]:
    """This very package, and none of the secrets that this process was given."""
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONTZPATH", "LD_LIBRARY_PATH") if name in os.environ}
    return kept | {"PYTHONPATH": str(Path(bot.__file__).parents[1]), "PYTHONUTF8": "1"}
