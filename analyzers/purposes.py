"""What each stack of a reading allocates for, as far as maps go. Knows frames and lines, neither trees nor pictures.

Why overflow buckets are no purpose of their own: they are a part of a table that is too full, and go away with it. So
they count with the tables that they belong to: with growth where they are made while a table is moved into a larger
one, with copies below maps.Clone, and else with what most of the same line's tables are for. Where a line has overflow
buckets and no table, its tables were made elsewhere, with a size: a table that grew would have grown at this line.
"""

from collections.abc import Iterator
from typing import NamedTuple

from analyzers.flame import PURPOSES, Purpose
from analyzers.names.frames import Event, Implementation, Kind, classify
from analyzers.sites import Ledger, entries_apart
from analyzers.stacks import Stack, Stacks

_PURPOSES = {
    Kind.GROWTH: Purpose.GROWTH,
    Kind.SPLIT: Purpose.GROWTH,
    Kind.PRESIZE: Purpose.SIZED,
    Kind.FIRST: Purpose.SIZED,
    Kind.CLONE: Purpose.CLONE,
}
# Overflow buckets below these frames, whatever else their line makes.
_MOVES = ("runtime.evacuate", "runtime.growWork")
_COPIES = ("runtime.mapclone",)

_Line = tuple[str, int]


class _Made(NamedTuple):
    """One stack whose allocation has something to do with a map."""

    at: int
    line: _Line
    event: Event
    frames: tuple[str, ...]  # hidden, leaf first
    stack: Stack


def purposes(stacks: Stacks) -> list[int]:
    """For each stack an index into PURPOSES."""
    found = [PURPOSES.index(Purpose.VALUE)] * len(stacks.stacks)
    made = list(_made(stacks))
    ledgers: dict[_Line, Ledger] = {}
    for item in made:
        ledgers.setdefault(item.line, Ledger()).add(item.event.kind, item.stack.object_size, item.stack.usage)
    apart = {line: entries_apart(ledger) for line, ledger in ledgers.items()}
    for item in made:
        found[item.at] = PURPOSES.index(_purpose(item, ledgers[item.line], apart[item.line]))
    return found


def _made(stacks: Stacks) -> Iterator[_Made]:
    known: dict[tuple[int, ...], tuple[str, ...]] = {}
    tables: dict[tuple[int, ...], Event] = {}
    for at, stack in enumerate(stacks.stacks):
        hidden = stack.frames[: stack.hidden]
        if hidden not in known:
            names = known[hidden] = tuple([stacks.frames[frame].site.function for frame in hidden])
            event = classify(names)
            if event.kind.is_table:
                tables[hidden] = event
        if hidden in tables:
            leaf = stacks.frames[stack.frames[stack.hidden]].site if len(stack.frames) > stack.hidden else None
            line = (leaf.filename, leaf.line) if leaf else ("", 0)
            yield _Made(at, line, tables[hidden], known[hidden], stack)


def _purpose(item: _Made, ledger: Ledger, apart: Ledger) -> Purpose:
    kind = item.event.kind
    if kind is Kind.OVERFLOW:
        return _of_overflow(item.frames, ledger)
    generic = item.event.implementation is Implementation.CLASSIC and item.event.key_kind == "generic"
    if kind is Kind.FIRST and generic and (Kind.FIRST, item.stack.object_size) not in apart.cells:
        return Purpose.VALUE  # a large key or value beside its table
    return _PURPOSES[kind]


def _of_overflow(frames: tuple[str, ...], ledger: Ledger) -> Purpose:
    if any(frame.startswith(_COPIES) for frame in frames):
        return Purpose.CLONE
    if any(frame.startswith(_MOVES) for frame in frames):
        return Purpose.GROWTH
    spaces = dict.fromkeys((Purpose.SIZED, Purpose.GROWTH, Purpose.CLONE), 0.0)
    for (kind, _), usage in ledger.cells.items():
        if kind in _PURPOSES:
            spaces[_PURPOSES[kind]] += usage.alloc_space
    return max(spaces, key=lambda purpose: spaces[purpose])
