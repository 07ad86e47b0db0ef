"""Stacks merged from the root to a flame graph, several readings in one tree. Knows what frames mean, no picture."""

from enum import StrEnum
from typing import NamedTuple


class Purpose(StrEnum):
    """What the bytes of a frame are for, as far as maps go: the four colours."""

    GROWTH = "growth"  # tables that growth or a split made
    SIZED = "sized"  # tables made with a size, and first tables
    CLONE = "clone"  # tables of copies
    VALUE = "value"  # all else


PURPOSES = tuple(Purpose)


class Reading(NamedTuple):
    """One reading's bytes, a number for each node: of its whole subtree."""

    alloc_space: tuple[int, ...]
    inuse_space: tuple[int, ...]


class Purposes(NamedTuple):
    """Numbers about purposes, of each sort of bytes that is painted by them: those allocated since the start, those in
    use now, and those allocated since the first visit (None where there is none)."""

    alloc_space: tuple[int, ...]
    inuse_space: tuple[int, ...]
    window: tuple[int, ...] | None = None


class Flame(NamedTuple):
    """A tree as columns: node 0 is the root, and a parent stands before its children.

    `names` holds each function once, `name` is each node's index into it, `parent` its parent's number (the root's
    own: -1), `purpose` the index into PURPOSES of what most of its bytes are for, `hidden` whether it is a frame that
    `go tool pprof` never shows. `now` is the latest reading, `first` the first visit of the same capture, `base` the
    capture it was compared with; None where there is none. `purposes` are the sums over the whole heap, in the order
    of PURPOSES. `left_out` is how many lighter branches had no room, each a node with all that
    it calls: their bytes are in their parents. The name of node 0 is "root".
    """

    names: tuple[str, ...]
    name: tuple[int, ...]
    parent: tuple[int, ...]
    purpose: Purposes
    hidden: tuple[bool, ...]
    now: Reading
    first: Reading | None
    base: Reading | None
    purposes: Purposes
    left_out: int
