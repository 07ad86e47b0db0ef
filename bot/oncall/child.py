"""The child process that reads one calendar: the text comes in, spans or the word for what is wrong go out.

Knows how to keep itself small; not where the calendar is from. It is started by `apart.py` and has no secret.

Why spans leave it flat: of 500 events at the same time with 20 guests each, who is on call when took 12 s to work out,
and whoever read the copy did that in its event loop, every 15 s. Here it has an end.
"""

import os
import resource
import sys
from contextlib import suppress

from bot.oncall.codec import Copy, Trouble, encode_copy, encode_trouble
from bot.oncall.reading import spans
from handlers.errors import CalendarError, EndlessCalendar
from handlers.oncall.shifts import flat

# 25,000 events, which are 5 MB, take 120 MB and 8 s of a slow core; the interpreter with its libraries maps some 200.
MEMORY_BYTES = 768 * 1024 * 1024
CPU_S = 8
# Of all turns together; whoever asks decodes them. A daily shift of twenty people makes 2,800.
MOST_MEMBERS = 20_000
TROUBLED = 3


def main(arguments: list[str]) -> int:
    """Time zone, read_at, since and until; the calendar on standard input. 0 with spans, TROUBLED with trouble."""
    _limit()
    time_zone, read_at, since, until = arguments[0], *map(float, arguments[1:])
    try:
        found = flat(spans(sys.stdin.buffer.read(), time_zone, since, until), since, until)
        if sum(len(span.members) for span in found) > MOST_MEMBERS:
            raise EndlessCalendar
    except CalendarError as error:
        sys.stdout.buffer.write(encode_trouble(Trouble(error.reason, error.detail)))
        return TROUBLED
    sys.stdout.buffer.write(encode_copy(Copy(read_at, since, until, found)))
    return 0


def _limit() -> None:
    for what, most in ((resource.RLIMIT_AS, MEMORY_BYTES), (resource.RLIMIT_CPU, CPU_S), (resource.RLIMIT_CORE, 0)):
        with suppress(ValueError, OSError):  # macOS knows no limit of the address space; the parent's deadline holds
            resource.setrlimit(what, (most, most))
    os.nice(10)  # captures and acknowledgements go first


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
