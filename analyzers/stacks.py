"""Whole stacks of one reading: every frame of every sampled allocation, the runtime's hidden ones with them.

What a flame graph and a restored profile are made of. Ground, as `profile.py` is: knows neither format nor maps.
"""

from typing import NamedTuple

from analyzers.profile import Site, Usage

# Of all stacks of a reading. 50,000 records of Go's usual 128 frames have less than half of it; so many take 128 MB.
MOST_FRAMES = 16_000_000


class Frame(NamedTuple):
    """One place in the code. A hidden frame, one that the text names only by its PC, has a function and no file.

    `address` is the PC less 1, 0 where the source has none.
    """

    site: Site
    address: int


class Stack(NamedTuple):
    """Allocations of one size under one stack. `frames` index into `Stacks.frames`, leaf first; the first `hidden` of
    them are those that `go tool pprof` never shows. `usage` is scaled to the whole heap."""

    frames: tuple[int, ...]
    hidden: int
    object_size: int
    usage: Usage


class Stacks(NamedTuple):
    """All of one reading. `period` is the mean bytes between two samples; `build_id` empty where it is unknown."""

    frames: tuple[Frame, ...]
    stacks: tuple[Stack, ...]
    period: int
    build_id: str = ""
