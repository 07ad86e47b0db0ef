"""Stacks to a flame graph: merged from the root by function name, several readings in one tree, as far as it has room.

Knows which nodes are worth drawing. They are taken the heaviest first, so that a tree that is cut at MOST_NODES has
lost the least; those on the way to tables of maps are taken before all others.

Why the cut is a number of nodes and not a share of all bytes: what is too narrow to be seen is what people zoom into.
Where a service has 50,000 stacks alike, none of them has a share, and the heaviest must still lead to their maps.
"""

import heapq
from collections.abc import Iterable
from typing import NamedTuple

from analyzers.flame import PURPOSES, Flame, Purpose, Purposes, Reading
from analyzers.forest import Bytes, Forest, Node
from analyzers.stacks import Stacks

# Tables of maps from this share on come before everything else.
TOLD = 1 / 1000
MOST_NODES = 20_000
DEEPEST = 1024  # Go cuts stacks there, if not before
# What a browser's numbers hold: 9 PB, more than any process allocates in its life.
MOST_BYTES = 2**53

VALUE = PURPOSES.index(Purpose.VALUE)
NOW, FIRST, BASE = range(3)


def flame(now: Stacks, first: Stacks | None, base: Stacks | None) -> Flame:
    """One tree of up to three readings: the latest, the first visit of its capture, and what it is compared with.

    A node weighs its largest share in the bytes of a reading, or in those allocated between two. It is left out where
    it weighs nothing, or where too many are heavier. Of a tree in one reading only, the others have 0. A frame without
    a name is called by its address.
    """
    given = {NOW: now, FIRST: first, BASE: base}
    forest = Forest({number: stacks for number, stacks in given.items() if stacks is not None})
    kept, left_out = _kept(forest)
    # In the order of the stacks: parents before their children, and these side by side.
    order = sorted(range(len(kept)), key=lambda at: (kept[at].node.low, kept[at].node.depth))
    places = {at: place for place, at in enumerate(order)}
    nodes = [kept[at].node for at in order]
    names: dict[str, int] = {}
    name = tuple([names.setdefault(forest.name(node), len(names)) for node in nodes])
    of = forest.bytes_of
    return Flame(
        names=tuple(names),
        name=name,
        parent=tuple([places.get(kept[at].parent, -1) for at in order]),
        purpose=_purpose(forest, nodes),
        hidden=tuple([forest.hidden(node) for node in nodes]),
        now=_reading(of[NOW], nodes),
        first=_reading(of[FIRST], nodes) if FIRST in of else None,
        base=_reading(of[BASE], nodes) if BASE in of else None,
        purposes=_purposes(forest),
        left_out=left_out,
    )


class _Kept(NamedTuple):
    node: Node
    parent: int  # the place of the parent among what is kept


def _kept(forest: Forest) -> tuple[list[_Kept], int]:
    """The nodes to draw, and how many branches beside them are not drawn.

    No child weighs more than its parent here, so a parent always comes first.
    """
    wholes = _measures(forest, forest.root)
    waiting = [(False, -1.0, forest.root, -1)]  # not on the way to tables, weight, node, parent
    kept: list[_Kept] = []
    left_out = 0
    while waiting and len(kept) < MOST_NODES:
        aside, above, node, parent = heapq.heappop(waiting)
        kept.append(_Kept(node, parent))
        for child in forest.children(node):
            rank = aside, above
            if child[:2] != node[:2]:  # else the same stacks, which weigh the same
                weight, tables = _shares(_measures(forest, child), wholes)
                rank = aside or tables < TOLD, max(above, -weight)
            if rank[1] < 0 and child.depth <= DEEPEST:
                heapq.heappush(waiting, (*rank, child, len(kept) - 1))
            else:
                left_out += 1
    return kept, left_out + len(waiting)


class _Measure(NamedTuple):
    """Bytes, and those of them that are tables of maps."""

    space: float
    tables: float


def _measures(forest: Forest, node: Node) -> list[_Measure]:
    """What may make a node worth drawing: its bytes in each reading, and what was allocated since an earlier one."""
    allocated = {number: _measure(of.allocated(node)) for number, of in forest.bytes_of.items()}
    now = allocated[NOW]
    since = [
        _Measure(now.space - then.space, now.tables - then.tables)
        for number, then in allocated.items()
        if number != NOW
    ]
    return [*allocated.values(), *since, *(_measure(of.in_use(node)) for of in forest.bytes_of.values())]


def _measure(by_purpose: list[float]) -> _Measure:
    space = sum(by_purpose)
    return _Measure(space, space - by_purpose[VALUE])


def _shares(measures: Iterable[_Measure], wholes: Iterable[_Measure]) -> _Measure:
    """The largest share that a node has in anything, and the same of its tables; 0 to 1 but for differences."""
    pairs = [(each, abs(whole.space)) for each, whole in zip(measures, wholes, strict=True) if abs(whole.space) >= 1]
    return _Measure(
        max((abs(each.space) / whole for each, whole in pairs), default=0.0),
        max((abs(each.tables) / whole for each, whole in pairs), default=0.0),
    )


def _purpose(forest: Forest, nodes: list[Node]) -> Purposes:
    """What most of each node's bytes are for; where it has none now, by the latest reading that has any."""
    of = forest.bytes_of
    readings = [of[number] for number in (NOW, FIRST, BASE) if number in of]
    window = tuple([_most(_came(forest, node)) for node in nodes]) if FIRST in of else None
    return Purposes(
        tuple([_most(*(reading.allocated(node) for reading in readings)) for node in nodes]),
        tuple([_most(*(reading.in_use(node) for reading in readings)) for node in nodes]),
        window,
    )


def _most(*spaces: list[float]) -> int:
    """The purpose with most bytes, in the first of `spaces` that has any."""
    there = next((space for space in spaces if any(space)), None)
    return VALUE if there is None else max(range(len(PURPOSES)), key=lambda purpose: there[purpose])


def _came(forest: Forest, node: Node) -> list[float]:
    """What was allocated since the first visit, by purpose; samples are scaled, and may seem to have become less."""
    now, first = forest.bytes_of[NOW].allocated(node), forest.bytes_of[FIRST].allocated(node)
    return [max(0.0, after - before) for after, before in zip(now, first, strict=True)]


def _purposes(forest: Forest) -> Purposes:
    """The sums over the whole heap."""
    now, root = forest.bytes_of[NOW], forest.root
    window = _whole(_came(forest, root)) if FIRST in forest.bytes_of else None
    return Purposes(_whole(now.allocated(root)), _whole(now.in_use(root)), window)


def _reading(of: Bytes, nodes: list[Node]) -> Reading:
    return Reading(
        tuple([_bytes(sum(of.allocated(node))) for node in nodes]),
        tuple([_bytes(sum(of.in_use(node))) for node in nodes]),
    )


def _whole(spaces: list[float]) -> tuple[int, ...]:
    return tuple(map(_bytes, spaces))


def _bytes(space: float) -> int:
    return min(round(space), MOST_BYTES)
