"""Whole stacks of several readings in one order, in which all that run through a function stand side by side.

Each stack becomes the numbers of its functions, from the root on. Sorted, a node of the tree that they make is a range,
its bytes are the difference of two sums, and its children are the borders between two names: nothing has to be built
for the millions of nodes that nobody looks at. Knows names, order and bytes; what is worth drawing, `merging` knows.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from itertools import accumulate
from typing import NamedTuple

from analyzers.flame import PURPOSES
from analyzers.profile import Usage
from analyzers.purposes import purposes
from analyzers.stacks import Frame, Stacks

ROOT = "root"
CODE_BYTES = 4

Columns = tuple["array[float]", ...]  # one for each purpose


class Node(NamedTuple):
    """The sorted stacks from `low` to `high`, which are the same in their first `depth` functions."""

    low: int
    high: int
    depth: int


class Bytes:
    """One reading. Each column holds, for a position among the sorted stacks, the sum of all before it."""

    def __init__(self, length: int) -> None:
        self.alloc_space = tuple(array("d", bytes(8 * (length + 1))) for _ in PURPOSES)
        self.inuse_space = tuple(array("d", bytes(8 * (length + 1))) for _ in PURPOSES)

    def book(self, position: int, purpose: int, usage: Usage) -> None:
        """Puts one stack there."""
        self.alloc_space[purpose][position + 1] = usage.alloc_space
        self.inuse_space[purpose][position + 1] = usage.inuse_space

    def sum_up(self) -> None:
        """Once all are booked."""
        self.alloc_space = tuple(array("d", accumulate(column)) for column in self.alloc_space)
        self.inuse_space = tuple(array("d", accumulate(column)) for column in self.inuse_space)

    def allocated(self, node: Node) -> list[float]:
        """What the stacks of `node` allocated, by purpose."""
        return _between(self.alloc_space, node)

    def in_use(self, node: Node) -> list[float]:
        """What of it is in use, by purpose."""
        return _between(self.inuse_space, node)


def _between(columns: Columns, node: Node) -> list[float]:
    return [column[node.high] - column[node.low] for column in columns]


class _Row(NamedTuple):
    """One stack. Rows compare by their path, and else by anything that does not depend on their order."""

    path: bytes
    hidden: int
    reading: int
    purpose: int
    usage: Usage


class Forest:
    """All stacks of several readings, which have numbers; `bytes_of` has what each of them holds."""

    def __init__(self, readings: Mapping[int, Stacks]) -> None:
        codes: dict[str, int] = {}
        rows = sorted(row for number, stacks in readings.items() for row in _rows(number, stacks, codes))
        self._names = list(codes)
        self._paths = [row.path for row in rows]
        self._hidden = array("l", [row.hidden for row in rows])
        self.root = Node(0, len(rows), 0)
        self.bytes_of = {number: Bytes(len(rows)) for number in readings}
        for position, row in enumerate(rows):
            self.bytes_of[row.reading].book(position, row.purpose, row.usage)
        for booked in self.bytes_of.values():
            booked.sum_up()

    def children(self, node: Node) -> Iterator[Node]:
        """What the function of `node` calls, one node for each name."""
        paths, (at, high, depth) = self._paths, node
        start = depth * CODE_BYTES
        end = start + CODE_BYTES
        at = bisect_left(paths, True, at, high, key=lambda path: len(path) > start)  # behind those that end here
        while at < high:
            code = paths[at][start:end]
            # Most have one child only: all that main calls goes through main.
            alone = paths[high - 1][start:end] == code
            stop = high if alone else bisect_right(paths, code, at, high, key=lambda path: path[start:end])
            yield Node(at, stop, depth + 1)
            at = stop

    def name(self, node: Node) -> str:
        """The function's."""
        if not node.depth:
            return ROOT
        end = node.depth * CODE_BYTES
        return self._names[int.from_bytes(self._paths[node.low][end - CODE_BYTES : end], "big")]

    def hidden(self, node: Node) -> bool:
        """Whether `go tool pprof` never shows this frame: the same for all stacks here, as for one of them."""
        calls = len(self._paths[node.low]) // CODE_BYTES - node.depth
        return node.depth > 0 and calls < self._hidden[node.low]


def _rows(number: int, stacks: Stacks, codes: dict[str, int]) -> Iterator[_Row]:
    """The stacks of one reading; `codes` learns the names."""
    frames = [codes.setdefault(_name(frame), len(codes)).to_bytes(CODE_BYTES, "big") for frame in stacks.frames]
    for stack, purpose in zip(stacks.stacks, purposes(stacks), strict=True):
        path = b"".join(map(frames.__getitem__, reversed(stack.frames)))
        yield _Row(path, stack.hidden, number, purpose, stack.usage)


def _name(frame: Frame) -> str:
    """A frame that nobody named is called by its address."""
    return frame.site.function or f"{frame.address:#x}"
