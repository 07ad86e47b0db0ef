"""What two snapshots are to each other, and what came in between; figures of the collector from MemStats."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers import gc
from analyzers.compare import Basis, basis_of, compare
from analyzers.gc import GCFigures
from analyzers.profile import Binary, MemStats, Source
from analyzers.sites import GROWTH_KINDS
from analyzers.snapshot import with_binary
from tests.analyzers.scenes import MIB, classic_map, judged, memstats, plain, site, snapshot

EARLIER = memstats(100, total=200 * MIB, cycles=20, forced=2)
LATER = memstats(160, total=500 * MIB, heap=80 * MIB, cycles=50, forced=4)


def pair(before: MemStats | None, after: MemStats | None, **fields: object) -> Basis:
    return basis_of(snapshot(plain(MIB), stats=after, **fields), snapshot(plain(MIB), stats=before, **fields))


# The same process, or not


def test_counters_that_only_grew_are_the_same_process() -> None:
    assert pair(chained(EARLIER), LATER) is Basis.SAME_PROCESS


def chained(earlier: MemStats) -> MemStats:
    """`earlier` with the end of its last cycle as the ring of LATER remembers it."""
    return replace(earlier, last_gc_ns=LATER.pause_end[(earlier.num_gc + 255) % 256])


@pytest.mark.parametrize("counter", ["total_alloc", "mallocs", "num_gc", "num_forced_gc", "last_gc_ns"])
def test_a_counter_that_fell_is_a_restart(counter: str) -> None:
    higher = replace(chained(EARLIER), **{counter: getattr(LATER, counter) + 1})
    assert pair(higher, LATER) is Basis.RESTARTED


def test_a_collection_the_ring_does_not_remember_is_a_restart() -> None:
    """All counters of the new process may have overtaken the old one's."""
    stranger = replace(chained(EARLIER), last_gc_ns=LATER.pause_end[(EARLIER.num_gc + 255) % 256] - 1)
    assert pair(stranger, LATER) is Basis.RESTARTED


def test_beyond_the_ring_the_counters_alone_speak() -> None:
    assert pair(replace(EARLIER, last_gc_ns=12345), memstats(5000, total=900 * MIB, cycles=20 + 256, forced=9)) is (
        Basis.SAME_PROCESS
    )


def test_a_process_that_had_not_collected_yet_is_taken_by_its_counters() -> None:
    assert pair(memstats(0, total=1, cycles=0), LATER) is Basis.SAME_PROCESS


def test_a_reading_is_its_own_past() -> None:
    assert pair(LATER, LATER) is Basis.SAME_PROCESS


def test_without_memstats_lines_that_lost_allocations_are_a_restart() -> None:
    old, new = snapshot(plain(2 * MIB), named=False), snapshot(plain(3 * MIB), named=False)
    assert basis_of(new, old) is Basis.SAME_PROCESS
    assert basis_of(old, new) is Basis.RESTARTED
    assert basis_of(snapshot(plain(9 * MIB, at=site("elsewhere")), named=False), old) is Basis.RESTARTED


def test_rounding_of_scaled_values_is_no_restart() -> None:
    lines = classic_map(100_000)
    slightly_less = tuple(item._replace(usage=item.usage.times(1 - 1e-9)) for item in lines)
    assert basis_of(snapshot(slightly_less), snapshot(lines)) is Basis.SAME_PROCESS


def test_whole_numbers_of_a_protobuf_are_no_restart_either() -> None:
    """A record stands for a period of bytes at least, of which the protobuf cuts off less than one."""
    lines = classic_map(100_000)
    cut = tuple(item._replace(usage=item.usage.times(1 - 1 / 5000)) for item in lines)
    text = snapshot(lines, period=4096)
    assert basis_of(snapshot(cut, period=4096, source=Source.PROTOBUF), text) is Basis.SAME_PROCESS
    assert basis_of(snapshot(cut, period=4096), text) is Basis.RESTARTED


def test_what_a_protobuf_cuts_off_is_no_change() -> None:
    lines = classic_map(100_000)
    text = snapshot(lines, period=4096)
    cut = tuple(item._replace(usage=item.usage.times(1 - 1 / 5000)) for item in lines)
    grown = tuple(item._replace(usage=item.usage.times(1 + 1 / 100)) for item in lines)
    for now, changed in ((cut, False), (grown, True)):
        window = compare(snapshot(now, period=4096, source=Source.PROTOBUF), None, text)
        trends = [change.trend.total() for change in window.lines if change.trend]
        assert trends
        assert all(any(trend) is changed for trend in trends)


def test_a_protobuf_cuts_nothing_off_where_every_allocation_is_recorded() -> None:
    """MemProfileRate 1. A map that doubled since the text is no rounding."""
    text = snapshot(classic_map(100_000))
    later = compare(snapshot(classic_map(200_000), source=Source.PROTOBUF), None, text)
    assert later.basis is Basis.SAME_PROCESS
    assert [change.trend.total().inuse_space > MIB for change in later.lines if change.trend] == [True]
    assert basis_of(snapshot(classic_map(50_000), source=Source.PROTOBUF), text) is Basis.RESTARTED


def test_a_process_whose_pages_lie_elsewhere_is_another_one() -> None:
    """Without MemStats, a process that has allocated more everywhere than the one before looks like its future."""
    one, other = Binary("a", range(1), 4096), Binary("a", range(1), 8192)
    before, now = snapshot(plain(MIB)), snapshot(plain(2 * MIB))
    assert basis_of(with_binary(now, one), with_binary(before, one)) is Basis.SAME_PROCESS
    assert basis_of(with_binary(now, other), with_binary(before, one)) is Basis.RESTARTED
    assert basis_of(with_binary(now, other), before) is Basis.SAME_PROCESS


def test_live_heaps_are_compared_by_what_both_readings_have() -> None:
    """MemStats counts what no profile samples."""
    text, proto = snapshot(plain(3 * MIB), stats=LATER), snapshot(plain(4 * MIB), named=False, seconds=60)
    assert judged(proto, None, text).comparison.live_change == MIB
    assert judged(text, None, snapshot(plain(MIB), stats=chained(EARLIER))).comparison.live_change == (
        LATER.heap_alloc - EARLIER.heap_alloc
    )


# The same build, or not


def test_another_build_id_is_another_build() -> None:
    one = snapshot(plain(MIB), stats=LATER)
    assert basis_of(with_binary(one, Binary("b")), with_binary(one, Binary("a"))) is Basis.NEW_BUILD
    assert basis_of(with_binary(one, Binary("a")), with_binary(one, Binary("a"))) is Basis.SAME_PROCESS
    assert basis_of(with_binary(one, Binary("a")), one) is Basis.SAME_PROCESS


@pytest.mark.parametrize(
    ("before", "now", "basis"),
    [
        ({"runtime.hashGrow": 100}, {"runtime.hashGrow": 100}, Basis.SAME_PROCESS),
        ({"runtime.hashGrow": 100}, {"runtime.hashGrow": 228}, Basis.NEW_BUILD),
        ({"runtime.hashGrow": 100}, {"runtime.makemap": 300}, Basis.SAME_PROCESS),
        ({}, {"runtime.makemap": 300}, Basis.SAME_PROCESS),
        (
            {"main.a": 100, "main.b": 200, "main.c": 300},
            {"main.a": 100, "main.b": 200, "main.c": 3},
            Basis.SAME_PROCESS,
        ),
        ({"main.a": 100, "main.b": 200}, {"main.a": 4100, "main.b": 4200}, Basis.RESTARTED),
        ({"main.a": 100, "main.b": 200}, {"main.a": 164, "main.b": 328}, Basis.NEW_BUILD),
    ],
)
def test_functions_that_moved_are_another_build(before: dict[str, int], now: dict[str, int], basis: Basis) -> None:
    stats = {"stats": LATER}
    old, new = snapshot(plain(MIB), anchors=before, **stats), snapshot(plain(MIB), anchors=now, **stats)
    assert basis_of(new, old) is basis


def test_the_build_id_is_believed_before_the_addresses() -> None:
    old = snapshot(plain(MIB), stats=LATER, build_id="a", anchors={"runtime.hashGrow": 100})
    new = snapshot(plain(MIB), stats=LATER, build_id="a", anchors={"runtime.hashGrow": 228})
    assert basis_of(new, old) is Basis.SAME_PROCESS


# The window


def test_without_a_base_the_window_says_so() -> None:
    window = compare(snapshot(classic_map(1000), stats=LATER), None, None)
    assert (window.basis, window.seconds, window.age) == (Basis.FIRST, None, None)
    assert all(line.recent is None and line.trend is None for line in window.lines)


def test_a_window_has_the_difference_of_each_line() -> None:
    old = snapshot(classic_map(10_000), stats=chained(EARLIER))
    new = snapshot(classic_map(40_000), plain(MIB, at=site("fresh")), stats=LATER)
    window = compare(new, old, None)
    assert window.seconds == pytest.approx((LATER.last_gc_ns - chained(EARLIER).last_gc_ns) / 1e9)
    grown = {line.line.site.function.rpartition(".")[2]: line.recent for line in window.lines}
    fresh, put = grown["fresh"], grown["put"]
    assert fresh is not None
    assert put is not None
    assert fresh.total().alloc_space == MIB
    assert 0 < put.total(*GROWTH_KINDS).alloc_space < new.total.alloc_space


def test_a_process_that_restarted_between_its_two_visits_has_no_window() -> None:
    window = compare(snapshot(plain(MIB), stats=EARLIER), snapshot(plain(9 * MIB), stats=LATER), None)
    assert window.earlier is None
    assert window.seconds is None


@pytest.mark.parametrize("stats", [None, EARLIER])
def test_a_base_from_before_a_restart_gives_its_age_and_no_trend(stats: MemStats | None) -> None:
    old = snapshot(plain(9 * MIB), seconds=0, stats=LATER if stats else None)
    window = compare(snapshot(plain(MIB), seconds=600, stats=stats), None, old)
    assert window.basis is Basis.RESTARTED
    assert all(line.trend is None for line in window.lines)
    assert window.age is not None
    assert window.age >= 0


def test_lines_are_compared_by_file_and_line_whatever_the_function_is_called() -> None:
    at = site()
    renamed = at._replace(function="main.main.gowrap1.put.1")
    window = compare(snapshot(classic_map(10_000, at=renamed)), snapshot(classic_map(10_000, at=at)), None)
    (line,) = window.lines
    assert line.recent is not None
    assert line.recent.total().alloc_space == 0


# The collector


def test_figures_of_a_minute() -> None:
    first = memstats(100, total=200 * MIB, heap=50 * MIB, cycles=20, forced=2)
    second = memstats(160, total=500 * MIB, heap=80 * MIB, cycles=50, forced=4)
    figures = gc.figures(first, second, 60.0)
    assert figures.cycles_per_minute == pytest.approx(28)  # 30 cycles, of which mapstorm forced two
    assert figures.pause_share == pytest.approx(30 * 0.001 / 60)
    assert figures.allocation_bytes_per_second == pytest.approx(5 * MIB)
    assert figures.live_heap_growth_bytes_per_second == pytest.approx(MIB / 2)


@pytest.mark.parametrize("seconds", [None, 0.0, -1.0])
def test_without_time_there_are_no_rates(seconds: float | None) -> None:
    assert gc.figures(EARLIER, LATER, seconds) == GCFigures()
    assert gc.figures(None, LATER, 60.0) == GCFigures()
    assert gc.figures(EARLIER, None, 60.0) == GCFigures()


@pytest.mark.parametrize(
    ("first", "second", "cycles"),
    [(0, 1, 1), (0, 256, 256), (10, 10, 0), (250, 260, 10), (256, 512, 256), (3, 1000, 256), (511, 513, 2)],
)
def test_pauses_come_from_the_ring_even_when_it_wrapped(first: int, second: int, cycles: int) -> None:
    pauses = [0] * 256
    for number in range(max(1, second - 255), second + 1):
        pauses[(number + 255) % 256] = number
    after = replace(LATER, num_gc=second, pause_ns=tuple(pauses))
    seen = range(second - cycles + 1, second + 1)
    assert gc.pauses_between(replace(EARLIER, num_gc=first), after) == sum(seen)


def test_a_ring_that_is_not_whole_gives_no_pauses() -> None:
    assert gc.pauses_between(EARLIER, replace(LATER, pause_ns=(1, 2, 3))) == 0


@pytest.mark.parametrize(
    ("first", "second", "seconds"), [(0, 5, None), (5, 5, None), (9, 5, None), (10**9, 9 * 10**9, 8.0)]
)
def test_time_is_measured_by_the_services_own_clock(first: int, second: int, seconds: float | None) -> None:
    assert gc.seconds_between(replace(EARLIER, last_gc_ns=first), replace(LATER, last_gc_ns=second)) == seconds
    assert gc.seconds_between(None, LATER) is None
    assert gc.seconds_between(EARLIER, None) is None


@given(st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1), st.integers(0, 10**6), st.integers(0, 10**6))
def test_figures_of_any_numbers_are_numbers(total: int, heap: int, cycles: int, forced: int) -> None:
    odd = replace(LATER, total_alloc=total, heap_alloc=heap, num_gc=cycles, num_forced_gc=forced)
    for first, second in ((EARLIER, odd), (odd, LATER)):
        figures = gc.figures(first, second, 8.0)
        assert figures.pause_share is not None
        assert 0 <= figures.pause_share <= 1
        assert figures.cycles_per_minute is not None
        assert figures.cycles_per_minute >= 0


def test_a_single_visit_takes_its_rates_from_the_capture_before() -> None:
    old = snapshot(plain(MIB), stats=chained(EARLIER))
    new = snapshot(plain(2 * MIB), stats=LATER)
    assert judged(new, None, old).gc.allocation_bytes_per_second is not None
    assert judged(new, None, None).gc == GCFigures()
    moved = judged(replace(new, build_id="b"), None, replace(old, build_id="a"))
    assert moved.gc == GCFigures()
    assert moved.comparison.live_change == pytest.approx(30 * MIB)
