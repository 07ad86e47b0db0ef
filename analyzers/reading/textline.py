"""One `#` line of a text profile: its source line, its PC, and whose code it is. Knows nothing of records."""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from analyzers.errors import MalformedProfile
from analyzers.names import owner
from analyzers.profile import UNKNOWN_SITE, Site

# Go writes every number from 64 bits; a larger one is no number of Go's, and overflows what is worked out of it.
LARGEST = 2**64


class TextLine(NamedTuple):
    """One `#` line: its source line, the PC as the record's first line writes it, and whose code it is.

    `entry` is where the function begins; for an inlined one, where the function around it does. 0 if unknown.
    """

    site: Site
    pc: bytes
    entry: int
    own: bool
    standard: bool
    runtime: bool


def lines_in(block: bytes) -> Iterator[bytes]:
    """The lines one by one: most often the second or third of a hundred is the one looked for."""
    start = 0
    while start < len(block):
        stop = block.find(b"\n", start)
        if stop < 0:
            stop = len(block)
        yield block[start:stop]
        start = stop + 1


def parse_line(raw: bytes) -> TextLine:
    """`#\\t0x4a1b2c\\texample.com/a.F+0x1c\\t/src/a.go:12`. The PC here is one less than in the stack above."""
    parts = [part for part in raw.split(b"\t") if part]  # columns are aligned with further tabs
    if len(parts) < 2 or parts[0] != b"#":
        return TextLine(UNKNOWN_SITE, b"", 0, own=False, standard=False, runtime=False)
    try:
        address = within(int(parts[1], 16))
        pc = b" 0x%x" % (address + 1)
        if len(parts) < 4:
            return TextLine(UNKNOWN_SITE, pc, 0, own=False, standard=False, runtime=False)
        filename, _, line = parts[3].rpartition(b":")
        name, _, offset = parts[2].rpartition(b"+0x")
        function = name.decode(errors="replace").replace("%2e", ".")
        site = Site(function, filename.decode(errors="replace"), within(int(line)))
        entry = max(0, address - int(offset, 16)) if name else 0
    except ValueError as error:
        raise MalformedProfile("a frame's address or line is not a number") from error
    return TextLine(
        site,
        pc,
        entry,
        own=owner.is_own(site.function, site.filename),
        standard=owner.is_standard(site.function),
        runtime=owner.in_runtime(site.filename),
    )


@lru_cache(maxsize=4096)
def counts_of(raw: bytes) -> tuple[int, int, int, int, int]:
    """`1: 48 [2: 96` of a record: objects and bytes allocated, the same in use, and the size of one object.

    Remembered, because thousands of records have the same few counts: most places are sampled once.
    """
    counts = raw.split(b" ")
    try:
        inuse_objects, inuse_space = int(counts[0][:-1]), int(counts[1])
        alloc_objects, alloc_space = int(counts[2][1:-1]), int(counts[3])
    except (ValueError, IndexError) as error:
        raise MalformedProfile("a record's first line has not four counts") from error
    if not alloc_objects:
        return 0, 0, 0, 0, 0
    possible = 0 < alloc_objects <= alloc_space < LARGEST and 0 <= inuse_objects <= alloc_objects
    if not possible or not 0 <= inuse_space <= alloc_space:
        raise MalformedProfile("a record's counts contradict each other")
    return alloc_objects, alloc_space, inuse_objects, inuse_space, alloc_space // alloc_objects


def number(raw: bytes, what: str) -> int:
    try:
        return within(int(raw))
    except ValueError as error:
        raise MalformedProfile(f"{what} is not a number") from error


def within(number: int) -> int:
    if not 0 <= number < LARGEST:
        raise ValueError(number)
    return number
