"""Snapshot against snapshot: whether they may be compared, and what came in between.

Allocation counts run from process start, so a base from another process is no base for rates. "No base" is an
answer, not an error.
"""

from collections import Counter
from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from analyzers import gc
from analyzers.profile import Usage
from analyzers.sites import Ledger, Line, Place, lines_of
from analyzers.snapshot import Snapshot

# Heap samples of one process only add up; scaling leaves rounding errors of this relative size.
ROUNDING = 1e-6
SMALLEST_OBJECT = 8  # bytes; a service may record more often than that


class Basis(StrEnum):
    """What the previous snapshot is to this capture."""

    FIRST = "first"
    SAME_PROCESS = "same_process"
    RESTARTED = "restarted"
    NEW_BUILD = "new_build"


class LineChange(NamedTuple):
    """One line over time: its ledger now, and what came in the window and since the base (None: unknown)."""

    line: Line
    recent: Ledger | None
    trend: Ledger | None


class Window(NamedTuple):
    """A capture in time: its latest snapshot, its own first visit, and the previous capture.

    `seconds` lie between the two visits, `age` between base and latest; None where there is none. `trend` of the
    lines exists for SAME_PROCESS only.
    """

    snapshot: Snapshot
    earlier: Snapshot | None
    base: Snapshot | None
    basis: Basis
    seconds: float | None
    age: float | None
    lines: tuple[LineChange, ...]


def compare(snapshot: Snapshot, earlier: Snapshot | None, base: Snapshot | None) -> Window:
    """The window of a capture. A process that restarted between its two visits has no window of its own."""
    if earlier is not None and basis_of(snapshot, earlier) is not Basis.SAME_PROCESS:
        earlier = None
    basis = Basis.FIRST if base is None else basis_of(snapshot, base)
    comparable = base if basis is Basis.SAME_PROCESS else None
    recent = _lines(earlier)
    trend = _lines(comparable)
    # Nothing is cut between two visits of one capture, which have one source.
    cut = _cut(comparable, snapshot) if comparable else 0.0
    lines = tuple(
        LineChange(
            line,
            _since(line, recent, 0.0) if earlier else None,
            _since(line, trend, cut) if comparable else None,
        )
        for line in lines_of(snapshot.usage)
    )
    seconds = seconds_between(earlier, snapshot) if earlier else None
    age = seconds_between(base, snapshot) if base else None
    return Window(snapshot, earlier, base, basis, seconds, age, lines)


def basis_of(snapshot: Snapshot, base: Snapshot) -> Basis:
    """Whether `base` is of the same process, of a process of the same build, or of another build."""
    stayed, moved = _same_code(snapshot, base)
    if snapshot.memstats and base.memstats:
        same = gc.same_process(base.memstats, snapshot.memstats)
    else:
        same = _only_added(base, snapshot)
    if snapshot.process and base.process:
        same = same and snapshot.process == base.process
    if same and stayed:
        return Basis.SAME_PROCESS
    return Basis.NEW_BUILD if moved else Basis.RESTARTED


def _same_code(one: Snapshot, other: Snapshot) -> tuple[bool, bool]:
    """Whether the code lies where it lay, and whether it is another build: by build id, else by where functions begin.

    In one process most lie where they lay (one may be inlined into others now), in one build that is loaded
    elsewhere all lie equally far away, in another build they lie anyhow.
    """
    if one.build_id and other.build_id:
        return one.build_id == other.build_id, one.build_id != other.build_id
    shared = one.anchors.keys() & other.anchors.keys()
    if not shared and one.anchors and other.anchors:
        return True, True  # no function in common: another program, unless the process proves to be the same
    shifts = Counter(one.anchors[name] - other.anchors[name] for name in shared)
    relocated = len(shifts) == 1 and len(shared) > 1
    return 2 * shifts[0] >= shifts.total(), bool(shifts) and shifts.keys() != {0} and not relocated


def seconds_between(earlier: Snapshot, later: Snapshot) -> float:
    """By the service's clock where both readings have a collection of their own, else by mapstorm's."""
    measured = gc.seconds_between(earlier.memstats, later.memstats) if earlier.memstats else None
    return measured if measured is not None else max(0.0, later.captured_at - earlier.captured_at)


def _only_added(base: Snapshot, later: Snapshot) -> bool:
    rounding = ROUNDING + _cut(base, later)
    after = _lines(later)
    for place, ledger in _lines(base).items():
        total = ledger.total().alloc_space
        now = after[place].total().alloc_space if place in after else 0.0
        if now < total * (1 - rounding):
            return False
    return True


def _lines(snapshot: Snapshot | None) -> Mapping[Place, Ledger]:
    return {line.place: line.ledger for line in lines_of(snapshot.usage)} if snapshot else {}


def _cut(base: Snapshot, later: Snapshot) -> float:
    """The part by which the same value may differ: a protobuf's are whole numbers, each a period of bytes at least.

    Where every allocation is recorded nothing is scaled, and the text has whole numbers, too.
    """
    return 0.0 if base.source is later.source or later.period <= 1 else 1 / max(later.period, SMALLEST_OBJECT)


def _since(line: Line, before: Mapping[Place, Ledger], cut: float) -> Ledger:
    known = before.get(line.place)
    if known is None:
        return line.ledger
    change = line.ledger.minus(known)
    if not cut:
        return change
    return Ledger({cell: _settled(usage, line.ledger.cells.get(cell), cut) for cell, usage in change.cells.items()})


def _settled(change: Usage, now: Usage | None, cut: float) -> Usage:
    """No change is what is not larger than the cut."""
    if now is None:
        return change
    return Usage(*(0.0 if abs(part) <= cut * whole else part for part, whole in zip(change, now, strict=True)))
