"""A flame graph to the JSON that the page's script reads, and back. Knows no store and no page.

`src/data.js` of the page is the other reader: whatever changes here changes VERSION and that file. Columns, and of
each column what is mostly 0: a node's parent as the way back to it, its bytes without its children's, and those of
the earlier readings as what must be added to `now`. 20,000 nodes and three readings that have nothing in common are
1.1 MB so, and 0.45 MB gzipped.
"""

from collections.abc import Iterable, Sequence
from operator import add
from typing import Any

import orjson

from analyzers.flame import PURPOSES, Flame, Purposes, Reading
from bot.codec import Unreadable
from bot.columns import printable

VERSION = 2


def encode(flame: Flame) -> bytes:
    """Compact JSON, its version in front; equal graphs give equal bytes."""
    return orjson.dumps(
        {
            "version": VERSION,
            "names": list(map(printable, flame.names)),
            "name": flame.name,
            "up": [node - parent for node, parent in enumerate(flame.parent)],
            "purpose": list(flame.purpose),
            "hidden": [node for node, hidden in enumerate(flame.hidden) if hidden],
            "now": [_own(values, flame.parent) for values in flame.now],
            "first": _earlier(flame.first, flame),
            "base": _earlier(flame.base, flame),
            "purposes": list(flame.purposes),
            "left_out": flame.left_out,
        }
    )


def decode(data: bytes) -> Flame:
    """Raises Unreadable: bytes of another version, or no flame graph at all."""
    try:
        fields = orjson.loads(data)
        if fields["version"] != VERSION:
            raise Unreadable(f"schema version {fields['version']!r}")
        return _flame(fields)
    except Unreadable:
        raise
    except (ValueError, TypeError, AttributeError, LookupError) as error:
        raise Unreadable(str(error)) from error


def _flame(fields: dict[str, Any]) -> Flame:
    up = _numbers(fields["up"])
    parent = tuple(node - way for node, way in enumerate(up))
    if not parent or parent[0] != -1 or not all(0 <= above < node for node, above in enumerate(parent[1:], 1)):
        raise Unreadable("no tree")
    names = tuple(str(name) for name in fields["names"])
    hidden = set(_indices(fields["hidden"], len(parent)))
    now = _reading(fields["now"], parent)
    return Flame(
        names,
        _counted(_indices(fields["name"], len(names)), len(parent)),
        parent,
        _purposes([values and _indices(values, len(PURPOSES)) for values in fields["purpose"]], len(parent)),
        tuple(node in hidden for node in range(len(parent))),
        now,
        _and_then(fields["first"], now, parent),
        _and_then(fields["base"], now, parent),
        _purposes([sums and _numbers(sums) for sums in fields["purposes"]], len(PURPOSES)),
        int(fields["left_out"]),
    )


def _earlier(reading: Reading | None, flame: Flame) -> list[list[int]] | None:
    """What must be added to `now`, for each node without its children."""
    return reading and [
        _own([then - now for then, now in zip(*values, strict=True)], flame.parent)
        for values in zip(reading, flame.now, strict=True)
    ]


def _and_then(more: Any, now: Reading, parent: Sequence[int]) -> Reading | None:
    if more is None:
        return None
    columns = zip(_reading(more, parent), now, strict=True)
    return Reading(*(tuple(map(add, *values)) for values in columns))


def _reading(fields: Any, parent: Sequence[int]) -> Reading:
    return Reading(*(_whole(_counted(_numbers(values), len(parent)), parent) for values in fields))


def _purposes(columns: list[Any], count: int) -> Purposes:
    alloc, inuse, window = columns
    return Purposes(_counted(alloc, count), _counted(inuse, count), None if window is None else _counted(window, count))


def _own(values: Sequence[int], parent: Sequence[int]) -> list[int]:
    """Of subtrees -> of each node alone."""
    own = list(values)
    for node in range(1, len(own)):
        own[parent[node]] -= values[node]
    return own


def _whole(own: Iterable[int], parent: Sequence[int]) -> tuple[int, ...]:
    whole = list(own)
    for node in range(len(whole) - 1, 0, -1):
        whole[parent[node]] += whole[node]
    return tuple(whole)


def _numbers(values: Any) -> tuple[int, ...]:
    return tuple(map(int, values))


def _indices(values: Any, end: int) -> tuple[int, ...]:
    indices = _numbers(values)
    if not all(0 <= index < end for index in indices):
        raise Unreadable("an index out of its range")
    return indices


def _counted(values: tuple[int, ...], count: int) -> tuple[int, ...]:
    if len(values) != count:
        raise Unreadable("columns of different lengths")
    return values
