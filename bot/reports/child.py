"""The child process of `easel.py`: a capture's bytes and its base's on standard input, the flame graph's JSON on
standard output; nothing where there is nothing to draw. It has no secret."""

import os
import resource
import sys
from contextlib import suppress

from bot.reports.flame_codec import encode
from bot.reports.raw_codec import decode_raws
from handlers.drawing import flame_of
from handlers.report import Raw

# Three readings of 50,000 records take 330 MB.
MEMORY_BYTES = 4 * 1024**3


def main() -> None:
    """Takes no arguments."""
    with suppress(ValueError, OSError):  # macOS knows no limit of the address space; the parent's deadline holds
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    os.nice(10)  # captures and acknowledgements go first
    raw, base = decode_raws(sys.stdin.buffer.read())
    flame = flame_of(raw, base if base != Raw() else None)
    if flame is not None:
        sys.stdout.buffer.write(encode(flame))


if __name__ == "__main__":
    main()
