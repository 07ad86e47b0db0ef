"""How long the memory will last, and when nothing is claimed about it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.compare import compare
from analyzers.diagnose import diagnose
from analyzers.examine import examine
from analyzers.gc import GCFigures
from analyzers.memory import FURTHEST_S, LONGEST_TREND_S, Growth, Mark, MemoryForecast, growth, time_to_limit
from analyzers.profile import MemStats
from analyzers.snapshot import Snapshot
from analyzers.thresholds import DEFAULT
from tests.analyzers.recordings import RECORDINGS, Recording
from tests.analyzers.scenes import MIB, memstats, plain, snapshot

GIB = 1024 * MIB
NOW = memstats(600, heap=500 * MIB)
UP = Growth(100 * MIB, 100.0)


def forecast(
    recent: Growth | None = None, trend: Growth | None = None, *, now: MemStats = NOW, limit: int = 2 * GIB
) -> MemoryForecast | None:
    return time_to_limit(now, limit, recent, trend, MIB)


def test_a_steady_rate_reaches_the_limit_when_arithmetic_says() -> None:
    found = forecast(trend=UP)
    assert found is not None
    assert found.seconds == pytest.approx(2048 - 500)  # one MiB a second
    # The scene's NextGC is twice the live heap: peaks are at the limit when half of it is alive.
    assert found.peak_seconds == pytest.approx(1024 - 500)
    assert (found.limit, found.over) == (2 * GIB, 100.0)


def test_the_trend_is_believed_before_the_window() -> None:
    fast = Growth(80 * MIB, 8.0)
    assert forecast(fast, UP) == forecast(trend=UP)
    alone = forecast(fast)
    assert alone is not None
    assert alone.over == 8.0
    assert alone.seconds == pytest.approx((2048 - 500) / 10)


def test_a_heap_beyond_the_limit_is_there_already() -> None:
    found = forecast(UP, limit=400 * MIB)
    assert found is not None
    assert (found.seconds, found.peak_seconds) == (0.0, 0.0)
    peaks = forecast(UP, limit=900 * MIB)
    assert peaks is not None
    assert peaks.peak_seconds == 0.0 < peaks.seconds


@pytest.mark.parametrize(
    ("recent", "trend"),
    [
        (None, None),
        (Growth(0, 8.0), None),
        (Growth(-90 * MIB, 8.0), None),
        (Growth(4 * MIB, 8.0), None),  # under one per cent of the heap
        (UP, Growth(0, 600.0)),  # a saw-tooth: the window goes up, the ten minutes do not
        (Growth(-50 * MIB, 8.0), UP),  # the other way round: it is being given back
        (UP._replace(stepwise=True), None),  # a table that doubled just then
        (UP, UP._replace(stepwise=True)),
    ],
)
def test_within_noise_nothing_is_claimed(recent: Growth | None, trend: Growth | None) -> None:
    assert forecast(recent, trend) is None


def test_a_growth_that_has_stopped_foretells_nothing() -> None:
    fast = Growth(400 * MIB, 100.0)
    assert forecast(Growth(0, 8.0), fast) is None  # 32 MiB were to come in the window
    assert forecast(Growth(3 * MIB, 8.0), fast) is None
    assert forecast(Growth(16 * MIB, 8.0), fast) == forecast(trend=fast)  # slower, but not over
    assert forecast(Growth(0, 8.0), UP) == forecast(trend=UP)  # what was to come is within noise
    between_doublings = Growth(0, 8.0, stepwise=True)
    assert forecast(between_doublings, fast) == forecast(trend=fast)


def test_what_a_small_heap_gains_is_noise_below_the_thresholds_bytes() -> None:
    small = memstats(600, heap=5 * MIB)
    assert forecast(Growth(MIB / 2, 8.0), now=small) is None
    assert forecast(Growth(2 * MIB, 8.0), now=small) is not None


def test_a_limit_that_is_weeks_away_is_not_mentioned() -> None:
    rate = 10 * MIB / 3600
    assert forecast(trend=Growth(10 * MIB, 3600.0), limit=round(500 * MIB + rate * FURTHEST_S * 0.9)) is not None
    assert forecast(trend=Growth(10 * MIB, 3600.0), limit=round(500 * MIB + rate * FURTHEST_S * 1.1)) is None


def mark(at: float, alive: float, *, forced: int, tables: float = 0.0) -> Mark:
    return Mark(int(at * 1e9), forced, alive, tables)


def test_growth_is_between_two_collections_of_its_own() -> None:
    before, after = mark(10, 100 * MIB, forced=1), mark(70, 160 * MIB, forced=2)
    assert growth(before, after) == Growth(60 * MIB, 60.0)
    assert growth(before, after._replace(alive=40.0 * MIB)) == Growth(-60 * MIB, 60.0)
    assert growth(before, after._replace(forced=1)) is None, "the heap may hold as much garbage again"
    assert growth(after, before._replace(forced=3)) is None
    assert growth(None, after) is None
    assert growth(before, None) is None


@pytest.mark.parametrize(
    ("then", "now", "gained", "stepwise"),
    [
        (20, 40, 25, True),  # one doubling: when it came, not how often it does
        (20, 60, 60, True),
        (20, 80, 70, False),  # two doublings: that is a rate
        (0, 40, 50, False),  # filled from nothing
        (20, 40, 90, False),  # most of it is something else
        (20, 20, 30, False),  # between two doublings
    ],
)
def test_a_doubling_is_a_step_and_not_a_rate(then: float, now: float, gained: float, stepwise: bool) -> None:
    before = mark(10, 100 * MIB, forced=1, tables=then * MIB)
    after = mark(70, (100 + gained) * MIB, forced=2, tables=now * MIB)
    found = growth(before, after)
    assert found is not None
    assert found.stepwise is stepwise


@given(st.integers(0, 2**63), st.integers(0, 2**63), st.floats(0.001, 1e9), st.integers(1, 2**50))
def test_a_forecast_of_any_numbers_is_a_number(heap: int, goal: int, seconds: float, limit: int) -> None:
    odd = replace(NOW, heap_alloc=heap, next_gc=goal)
    found = time_to_limit(odd, limit, Growth(heap / 2, seconds), None, 1.0)
    if found is not None:
        assert 0 <= found.peak_seconds <= found.seconds <= FURTHEST_S


def grown(heap: float, seconds: float, forced: int) -> Snapshot:
    stats = memstats(seconds, heap=heap, total=heap * 3, cycles=10 + int(seconds), forced=forced)
    return snapshot(plain(MIB), seconds=seconds, stats=stats)


def test_a_diagnosis_says_it_only_where_a_limit_is_registered() -> None:
    first, second = grown(100 * MIB, 0, 1), grown(140 * MIB, 8, 2)
    without = diagnose(compare(second, first, None), DEFAULT)
    limited = diagnose(compare(second, first, None), DEFAULT, GIB)
    assert without.memory is None
    assert limited.memory is not None
    assert limited.memory.seconds == pytest.approx((1024 - 140) / 5)
    single = diagnose(compare(second, None, None), DEFAULT, GIB)
    assert single.memory is None
    assert diagnose(compare(replace(second, memstats=None), None, None), DEFAULT, GIB).memory is None


def test_a_base_from_before_a_restart_is_no_trend() -> None:
    """Its heap is another process's, however well the numbers would fit."""
    now, base = grown(140 * MIB, 600, 2), grown(100 * MIB, 0, 1)
    stranger = replace(base, build_id="b")
    assert diagnose(compare(replace(now, build_id="a"), None, stranger), DEFAULT, GIB).memory is None


def test_a_capture_tells_the_next_one_what_it_saw() -> None:
    kept, seen = examine(grown(100 * MIB, 0, 1), grown(140 * MIB, 8, 2), None)
    assert kept.gc == seen.gc
    assert seen.gc_before is None
    later = examine(grown(200 * MIB, 600, 3), grown(210 * MIB, 608, 4), kept)[1]
    assert later.gc_before == seen.gc
    assert later.gc != seen.gc
    assert examine(grown(200 * MIB, 600, 3), None, grown(100 * MIB, 0, 1))[1].gc_before is None
    assert GCFigures() == examine(grown(100 * MIB, 0, 1), None, None)[0].gc


@pytest.mark.parametrize(("seconds", "tables", "stepwise"), [(8, 70, True), (8, 40, False), (600, 70, False)])
def test_a_window_between_two_doublings_shows_too_low_a_rate(seconds: float, tables: float, stepwise: bool) -> None:
    before = mark(10, 100 * MIB, forced=1, tables=tables * MIB)
    after = mark(10 + seconds, 110 * MIB, forced=2, tables=tables * MIB)
    found = growth(before, after)
    assert found is not None
    assert found.stepwise is stepwise


def test_the_trend_begins_with_the_oldest_capture_of_the_last_hour() -> None:
    """Between two captures a minute apart anything may have happened; between the first and the third it shows."""
    kept, _ = examine(grown(100 * MIB, 0, 1), None, None)
    assert kept.oldest is None
    for seconds in (600, 1200, 1800):
        kept, seen = examine(grown((100 + seconds / 10) * MIB, seconds, 1 + seconds), None, kept, DEFAULT, GIB)
        assert kept.oldest == grown(100 * MIB, 0, 1).mark
        assert seen.memory is not None
        assert seen.memory.over == pytest.approx(seconds)
    late = LONGEST_TREND_S + 600
    kept, seen = examine(grown(400 * MIB, late, 9000), None, kept, DEFAULT, GIB)
    assert seen.memory is not None
    assert seen.memory.over == pytest.approx(late - 1800), "the oldest one is too old by now"
    other = replace(grown(500 * MIB, late + 60, 9999), build_id="b")
    assert examine(other, None, replace(kept, build_id="a"))[0].oldest is None, "another build is another process"


GROWING = [each for each in RECORDINGS if each.verdict == "unbounded_growth"]


@pytest.mark.parametrize("recording", GROWING, ids=lambda recording: recording.id)
def test_a_recorded_leak_is_foretold_once_its_tables_have_doubled_twice(recording: Recording) -> None:
    first, second, third = (recording.snapshot(visit) for visit in range(3))
    assert third.memstats is not None
    alone = examine(first, second, None, DEFAULT, 2 * third.memstats.heap_alloc)[1].memory
    assert alone is None, "six seconds saw one doubling"
    kept, _ = examine(first, None, None)
    found = examine(second, third, kept, DEFAULT, 2 * third.memstats.heap_alloc)[1].memory
    assert found is not None
    # The service adds as many entries each second for ever, so the heap doubles in the time it has come to be.
    true = recording.moment(2) - recording.moment(0)
    assert true / 2 < found.seconds < true * 2
