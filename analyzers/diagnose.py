"""The rules in the order in which they may claim a line, and the verdict. The only list of rules in the house."""

from collections.abc import Callable

from analyzers import gc, memory
from analyzers.compare import Basis, Window
from analyzers.cpu import CPUProfile, Traffic
from analyzers.finding import Comparison, Confidence, Diagnosis, Dominant, Finding, Verdict
from analyzers.names import owner
from analyzers.profile import NO_USAGE, Site, sampling_probability
from analyzers.rules import (
    churn_inflation,
    clone_storm,
    growth_storm,
    large_map_retained,
    many_small_maps,
    oversized_hint,
    rebuild_churn,
    slice_growth,
    unbounded_growth,
)
from analyzers.sites import Place, place_of
from analyzers.thresholds import Thresholds
from analyzers.weighing.case import Case, Suspect, family
from analyzers.weighing.evidence import grounds
from analyzers.weighing.ladder import ladder
from analyzers.weighing.layout import lay_out

# A line has one finding, of the first rule that claims it: what keeps growing, then what is made over and over,
# then what was made once, then what merely stands there.
RULES: tuple[Callable[[Case], list[Finding]], ...] = (
    unbounded_growth.find,
    clone_storm.find,
    rebuild_churn.find,
    churn_inflation.find,
    oversized_hint.find,
    growth_storm.find,
    many_small_maps.find,
    large_map_retained.find,
    slice_growth.find,
)

DOMINANT_LINES = 3
SEEN_TWICE = 2
# Fewer samples than this in the whole profile, and "no problem" only means that nothing was seen.
FEW_SAMPLES = 8


def diagnose(
    window: Window, thresholds: Thresholds, memory_limit: int | None = None, cpu: CPUProfile | None = None
) -> Diagnosis:
    """The verdict on a window, its findings ranked by weight, and what dominates where maps do not."""
    traffic = Traffic(cpu) if cpu else None
    lasts = _lasts(window, thresholds, memory_limit)
    case = lay_out(window, thresholds, traffic)._replace(memory=lasts)
    claimed: dict[Place, Finding] = {}
    for rule in RULES:
        for finding in rule(case):
            claimed.setdefault(place_of(finding.site, finding.culprit), finding)
    ranked = sorted(claimed.values(), key=lambda finding: (-finding.weight, finding.culprit))
    suspects = {suspect.change.line.place: suspect for suspect in case.suspects}
    findings = tuple(_told(case, finding, suspects.get(place_of(finding.site, finding.culprit))) for finding in ranked)
    snapshot, live_heap = window.snapshot, _live_heap(window)
    tables = sum(item.usage.inuse_space for item in snapshot.usage if item.event.kind.is_table)
    return Diagnosis(
        captured_at=snapshot.captured_at,
        verdict=findings[0].rule if findings else Verdict.NO_MAP_PROBLEM,
        confidence=findings[0].confidence if findings else _confidence_of_nothing(case),
        findings=findings,
        gc=_gc_figures(window),
        source=snapshot.source,
        named=snapshot.named,
        implementation=family(case),
        go_version=snapshot.go_version,
        comparison=_comparison(window),
        live_heap=live_heap,
        dominant=_dominant(window),
        gc_before=window.base.gc if window.base else None,
        memory=lasts,
        cpu=traffic.figures() if traffic else None,
        live_tables=min(tables, live_heap),  # sampled, and a part of what may be exact
        period=snapshot.period,
    )


def _told(case: Case, finding: Finding, suspect: Suspect | None) -> Finding:
    """The finding with what every rule's has: the line's operations, its tables by size, what makes it sure."""
    if suspect is None:
        return finding
    return finding._replace(
        ops=suspect.ops, ladder=ladder(suspect.change.line, suspect.map), grounds=grounds(case, suspect)
    )


def growing(diagnosis: Diagnosis) -> frozenset[Place]:
    """The lines that were seen to grow, for the next capture: it may fall between two doublings."""
    return frozenset(
        place_of(finding.site, finding.culprit)
        for finding in diagnosis.findings
        if finding.rule is Verdict.UNBOUNDED_GROWTH and finding.value("inuse_growth")
    )


def _confidence_of_nothing(case: Case) -> Confidence:
    sizes = ((item.object_size, item.usage.alloc_objects) for item in case.window.snapshot.usage)
    samples = sum(objects * sampling_probability(size, case.period) for size, objects in sizes)
    if not case.window.snapshot.named:
        return Confidence.LOW  # without frames, sized maps and small ones cannot be told from other objects
    return Confidence.HIGH if samples >= FEW_SAMPLES else Confidence.MEDIUM


def _gc_figures(window: Window) -> gc.GCFigures:
    """Of the capture's own window; of the time since the base where there was only one visit."""
    latest = window.snapshot.memstats
    if window.earlier is not None:
        return gc.figures(window.earlier.memstats, latest, window.seconds)
    if window.base is not None and window.basis is Basis.SAME_PROCESS:
        return gc.figures(window.base.memstats, latest, window.age)
    return gc.GCFigures()


def trend_start(window: Window) -> memory.Mark | None:
    """Where the trend of the live heap begins: the oldest reading of this process that is not too old for one."""
    base, now = window.base, window.snapshot.mark
    if base is None or now is None or window.basis is not Basis.SAME_PROCESS:
        return None
    marks = (mark for mark in (base.oldest, base.mark) if mark is not None)
    return next((mark for mark in marks if mark.age(now) <= memory.LONGEST_TREND_S), None)


def _lasts(window: Window, thresholds: Thresholds, limit: int | None) -> memory.MemoryForecast | None:
    """When the limit is reached, by the trend of this process and by the window."""
    latest, now = window.snapshot.memstats, window.snapshot.mark
    if latest is None or limit is None:
        return None
    recent = memory.growth(window.earlier.mark, now) if window.earlier else None
    trend = memory.growth(trend_start(window), now)
    return memory.time_to_limit(latest, limit, recent, trend, thresholds.min_window_growth_bytes)


def _live_heap(window: Window) -> float:
    stats = window.snapshot.memstats
    return float(stats.heap_alloc) if stats else window.snapshot.total.inuse_space


def _comparison(window: Window) -> Comparison:
    change = None
    if window.base is not None and window.basis is not Basis.FIRST:
        now, before = window.snapshot, window.base
        if now.memstats and before.memstats:
            change = float(now.memstats.heap_alloc - before.memstats.heap_alloc)
        else:  # like with like: what the profile samples is not all that MemStats counts
            change = now.total.inuse_space - before.total.inuse_space
    return Comparison(window.basis, window.age, window.seconds, change)


def _dominant(window: Window) -> tuple[Dominant, ...]:
    total = window.snapshot.total.inuse_space
    # One sampled object stands for a whole period of bytes, however small the heap is.
    least = SEEN_TWICE * window.snapshot.period
    sums: dict[tuple[str, int], tuple[Site, float]] = {}
    for change in window.lines:
        culprit = change.line.culprit
        if owner.in_runtime(culprit.filename):
            continue
        key = (culprit.filename, culprit.line)
        site, space = sums.get(key, (culprit, NO_USAGE.inuse_space))
        sums[key] = (site, space + change.line.ledger.total().inuse_space)
    largest = sorted(sums.values(), key=lambda item: (-item[1], item[0]))[:DOMINANT_LINES]
    return tuple(Dominant(site, space, space / total) for site, space in largest if total and space >= least)
