"""A window laid out as a case: every line that could be guilty, with its map estimated and its shares worked out."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from analyzers.compare import LineChange, Window
from analyzers.cpu import Traffic
from analyzers.maps.estimate import Calibration, estimate
from analyzers.maps.tables import LOAD_FACTOR, LOAD_FACTOR_121
from analyzers.names.frames import Kind
from analyzers.profile import Usage
from analyzers.sites import GROWTH_KINDS, HELD_KINDS, TABLE_KINDS, Ledger
from analyzers.snapshot import Snapshot
from analyzers.thresholds import Thresholds
from analyzers.weighing.case import WHOLE_KINDS, Case, Suspect

FARTHEST_OFF = 1.6
# What makes a line a suspect although it makes no built-in map.
BESIDE_MAPS = (Kind.SLICE, Kind.SYNC_MAP)


def lay_out(window: Window, thresholds: Thresholds, traffic: Traffic | None = None) -> Case:
    """The case of a window; lines that make no map and grow no slice are no suspects."""
    total = window.snapshot.total
    recent_alloc = None
    if window.earlier is not None:
        recent_alloc = total.alloc_space - window.earlier.total.alloc_space
        # Of a handful of samples a single one would be most of everything.
        recent_alloc = recent_alloc if recent_alloc >= thresholds.min_growth_bytes else None
    # No rule speaks of fewer bytes than this, so no map of them need be estimated.
    least = min(thresholds.min_growth_bytes, thresholds.min_retained_bytes, thresholds.min_window_growth_bytes)
    snapshot = window.snapshot
    whole = _Whole(total, recent_alloc, least, snapshot.period, load_factors(window), calibration(snapshot))
    suspects = []
    for change in window.lines:
        line = change.line
        if line.implementation or line.ledger.total(*BESIDE_MAPS).alloc_objects:
            suspect = _suspect(change, whole)
            ops = traffic.at(line.site, line.culprit, line.key_kind) if traffic and line.implementation else None
            suspects.append(suspect._replace(ops=ops))
    return Case(
        window,
        thresholds,
        tuple(suspects),
        total,
        _functions(window.lines, {suspect.culprit.function for suspect in suspects}),
    )


def load_factors(window: Window) -> tuple[float, ...]:
    """The load factors a classic map of this service may have: both where Go 1.21 is one of several possible."""
    version = window.snapshot.go_version
    if not version.may_be(21):
        return (LOAD_FACTOR,)
    return (LOAD_FACTOR_121,) if version.minor else (LOAD_FACTOR_121, LOAD_FACTOR)


def calibration(snapshot: Snapshot) -> Calibration:
    """The sampled totals held against the exact ones of MemStats.

    Samples miss them by a tenth or two; what is further off counts something else (the heap without `gc=1` holds
    garbage that the profile does not).
    """
    exact, sampled = snapshot.memstats, snapshot.total
    if exact is None or sampled.alloc_space <= 0 or sampled.inuse_space <= 0:
        return Calibration()
    factors = exact.total_alloc / sampled.alloc_space, exact.heap_alloc / sampled.inuse_space
    if not all(1 / FARTHEST_OFF <= factor <= FARTHEST_OFF for factor in factors):
        return Calibration()
    return Calibration(*factors, total=sampled)


class _Whole(NamedTuple):
    """What every line is held against: totals, and what estimates need to know about the service."""

    total: Usage
    recent_alloc: float | None  # None where the window saw too little
    least: float  # bytes of tables below which no map is estimated
    period: int
    load_factors: tuple[float, ...]
    exact: Calibration


def _suspect(change: LineChange, whole: _Whole) -> Suspect:
    ledger, total = change.line.ledger, whole.total
    tables = ledger.total(*HELD_KINDS)
    slices = ledger.total(Kind.SLICE)
    alloc = tables.alloc_space or slices.alloc_space
    recent_share = None
    if change.recent is not None and whole.recent_alloc is not None:
        recent = change.recent.total(*HELD_KINDS).alloc_space or change.recent.total(Kind.SLICE).alloc_space
        recent_share = recent / whole.recent_alloc
    enough = tables.alloc_space >= whole.least
    return Suspect(
        change=change,
        map=estimate(change.line, whole.period, whole.load_factors, whole.exact) if enough else None,
        growth=ledger.total(*GROWTH_KINDS),
        whole=ledger.total(*WHOLE_KINDS),
        tables=tables,
        slices=slices,
        largest_table=_heaviest(ledger),
        alloc_share=alloc / total.alloc_space if total.alloc_space else 0.0,
        recent_share=recent_share,
        inuse_share=tables.inuse_space / total.inuse_space if total.inuse_space else 0.0,
    )


def _heaviest(ledger: Ledger) -> int:
    """The table size that holds most bytes; for a Swiss map that is 1024 slots once it has split."""
    sizes = ledger.sizes(*(kind for kind in TABLE_KINDS if kind is not Kind.OVERFLOW))
    return max(sizes, key=lambda size: sizes[size].alloc_space, default=0)


def _functions(changes: Iterable[LineChange], wanted: Collection[str]) -> dict[str, tuple[Ledger, Ledger]]:
    """What each function of `wanted`, those that make maps, allocated in the window and since the base."""
    found = {function: (Ledger(), Ledger()) for function in wanted}
    for change in changes:
        ledgers = found.get(change.line.culprit.function)
        if ledgers is None:
            continue
        for ledger, part in zip(ledgers, (change.recent, change.trend), strict=True):
            for (kind, size), usage in part.cells.items() if part else ():
                ledger.add(kind, size, usage)
    return found
