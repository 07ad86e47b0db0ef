"""The heaviest map operations of a flame graph as rows of a table. Knows a tree as columns, and no picture."""

from typing import NamedTuple

from analyzers.flame import PURPOSES, Flame, Purpose

MOST_ROWS = 12


class Heavy(NamedTuple):
    """One runtime function that makes tables of maps, and who calls it: bytes of the latest reading.

    `purpose` is what most of its bytes are for.
    """

    operation: str
    caller: str
    purpose: Purpose
    alloc_space: int
    inuse_space: int


def heaviest(flame: Flame, most: int = MOST_ROWS) -> tuple[Heavy, ...]:
    """By bytes allocated, the most first. A call that stands at several places of the tree is one row.

    Of a tree that has left something out, that is the least of each.
    """
    found: dict[tuple[int, int, int], tuple[int, int]] = {}
    for node in range(1, len(flame.parent)):
        parent = flame.parent[node]
        purpose = flame.purpose.alloc_space[node]
        # The first hidden frame under the code that called it: those below are part of it.
        if flame.hidden[node] and not flame.hidden[parent] and PURPOSES[purpose] is not Purpose.VALUE:
            key = flame.name[node], flame.name[parent], purpose
            alloc, inuse = found.get(key, (0, 0))
            found[key] = alloc + flame.now.alloc_space[node], inuse + flame.now.inuse_space[node]
    rows = (
        Heavy(flame.names[operation], flame.names[caller], PURPOSES[purpose], alloc, inuse)
        for (operation, caller, purpose), (alloc, inuse) in found.items()
    )
    return tuple(sorted(rows, key=lambda row: (-row.alloc_space, row.operation, row.caller)))[:most]
