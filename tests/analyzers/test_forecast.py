"""How far a growing map will have come: ranges that hold the truth, and silence where they would say nothing."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.compare import compare
from analyzers.diagnose import diagnose
from analyzers.examine import examine
from analyzers.finding import Finding, Verdict
from analyzers.maps.estimate import MapEstimate
from analyzers.maps.forecast import (
    FURTHEST,
    HOUR,
    NOTHING_SEEN,
    WIDEST_RANGE,
    Range,
    came,
    next_step,
    points,
    table_bytes,
)
from analyzers.maps.tables import Entries, classic_b, classic_entries, swiss_entries
from analyzers.names.frames import Implementation, Kind
from analyzers.snapshot import Snapshot
from analyzers.thresholds import DEFAULT
from tests.analyzers.models import ClassicMap, SwissMap
from tests.analyzers.recordings import RECORDINGS, Recording
from tests.analyzers.scenes import (
    CLASSIC,
    MIB,
    SWISS,
    Line,
    booked,
    classic_map,
    memstats,
    site,
    snapshot,
    swiss_map,
)

GIB = 1024 * MIB
NO_VALUES = Range(0.0, 0.0)
families = pytest.mark.parametrize("family", [CLASSIC, SWISS])


def known(family: Implementation, entries: Entries | None, slot: int | None = 24) -> MapEstimate:
    return MapEstimate(family, "faststr", slot, entries, 9, 1.0, hinted=False)


def seen(family: Implementation, entries: int) -> Entries:
    """What the tables of a map of so many entries say, where every allocation is recorded."""
    if family is CLASSIC:
        return classic_entries(classic_b(entries))
    return swiss_entries(SwissMap(24).fill(entries).tables, 1e12)


# What came


@pytest.mark.parametrize(
    ("now", "base", "share", "gained"),
    [
        (Entries(80, 90, 160), Entries(20, 30, 40), None, Range(40, 140)),
        (Entries(80_000, 90_000, 160_000), NOTHING_SEEN, None, Range(70_000, 160_000)),
        (Entries(80, 90, 160), Entries(40, 60, 80), None, Range(0, 120)),
        (Entries(80, 90, 160), Entries(80, 90, 160), None, Range(0, 80)),
        (Entries(80, 90, 160), Entries(200, 300, 400), None, None),
        (Entries(80, 90, 160), Entries(40, 60, 80), Range(0.5, 0.6), Range(40, 96)),
        # Keys and values of something else: all of them came, or none, while the tables say otherwise.
        (Entries(80, 90, 160), Entries(20, 30, 40), Range(0.0, 0.1), Range(40, 140)),
    ],
)
def test_what_came_lies_between_the_nearest_and_the_farthest(
    now: Entries, base: Entries, share: Range | None, gained: Range | None
) -> None:
    assert came(now, base, share) == gained


@families
@given(
    first=st.integers(2_000, 400_000),
    more=st.integers(1_000, 3_000_000),
    ahead=st.floats(0.1, FURTHEST),
)
def test_a_map_that_grows_steadily_is_where_it_was_foretold(
    family: Implementation, first: int, more: int, ahead: float
) -> None:
    now = known(family, seen(family, first + more))
    assert now.entries is not None
    gained = came(now.entries, seen(family, first))
    assert gained is not None
    assert gained.low <= more <= gained.high
    for point in points(now, gained, 100.0, NO_VALUES, (ahead * 100.0,)):
        truth = first + more + more * ahead
        assert point.entries.low <= truth * 1.000001
        assert truth <= point.entries.high * 1.000001
        model = ClassicMap(24, 0, 6.5) if family is CLASSIC else SwissMap(24)
        assert point.space.low <= sum(model.fill(round(truth)).alive) <= point.space.high


@families
@given(entries=st.integers(2_000, 20_000_000), slot=st.sampled_from([8, 16, 24, 40, 64]))
def test_tables_are_as_large_as_the_models(family: Implementation, entries: int, slot: int) -> None:
    model = ClassicMap(slot, 0, 6.5) if family is CLASSIC else SwissMap(slot)
    assert table_bytes(known(family, None, slot), entries) == sum(model.fill(entries).alive)


# What is left out


def test_a_rate_that_was_watched_for_a_minute_holds_for_an_hour() -> None:
    now, gained = known(CLASSIC, Entries(80_000, 90_000, 160_000)), Range(60_000.0, 100_000.0)
    told = points(now, gained, 60.0, NO_VALUES, (HOUR, HOUR * 1.01))
    assert [point.seconds for point in told] == [HOUR]
    assert points(now, gained, 59.0, NO_VALUES, (HOUR,)) == []


def test_a_range_too_wide_to_act_on_is_left_out() -> None:
    now = known(CLASSIC, Entries(80_000, 90_000, 160_000))
    assert points(now, Range(0.0, 120_000.0), 600.0, NO_VALUES, (HOUR, 6 * HOUR)) == []
    near, far = points(now, Range(10_000.0, 60_000.0), 600.0, NO_VALUES, (60.0, HOUR))
    assert near.entries.high / near.entries.low < far.entries.high / far.entries.low <= WIDEST_RANGE


def test_without_a_slot_or_entries_there_is_nothing_to_reckon_with() -> None:
    for bare in (known(CLASSIC, None), known(CLASSIC, Entries(1, 2, 3), None)):
        assert points(bare, Range(1.0, 2.0), 600.0, NO_VALUES, (60.0,)) == []
        assert next_step(bare, Range(1.0, 2.0), 600.0) is None


def test_keys_and_values_grow_with_the_entries() -> None:
    now = known(CLASSIC, Entries(100_000, 120_000, 200_000))
    (plain,) = points(now, Range(50_000.0, 100_000.0), 600.0, NO_VALUES, (600.0,))
    (valued,) = points(now, Range(50_000.0, 100_000.0), 600.0, Range(8e6, 10e6), (600.0,))
    assert valued.space.low - plain.space.low == pytest.approx(8e6 * 1.5)
    assert valued.space.high - plain.space.high == pytest.approx(10e6 * 1.5)


# The next step


def test_a_classic_map_doubles_all_at_once_with_both_arrays_alive() -> None:
    entries = seen(CLASSIC, 300_000)
    step = next_step(known(CLASSIC, entries), Range(30_000.0, 60_000.0), 60.0)
    assert step is not None
    assert step.entries == entries.high
    (old,) = ClassicMap(24, 0, 6.5).fill(entries.high).alive
    (new,) = ClassicMap(24, 0, 6.5).fill(entries.high + 1).alive
    assert (step.space, step.peak) == (new, old + new)
    assert step.within == pytest.approx((entries.high - entries.low) / 500)


def test_a_step_whose_time_is_unknown_is_named_without_one() -> None:
    for gained in (None, Range(0.0, 9_000.0), Range(1.0, 90_000.0)):
        step = next_step(known(CLASSIC, seen(CLASSIC, 300_000)), gained, 60.0)
        assert step is not None
        assert step.within is None


def test_a_swiss_map_splits_one_table_at_a_time() -> None:
    step = next_step(known(SWISS, seen(SWISS, 300_000)), Range(1.0, 2.0), 60.0)
    assert step is not None
    assert step.space == 2 * SwissMap(24).fill(300_000).alive[0]
    assert (step.entries, step.within, step.peak) == (None, None, None)


# In a diagnosis


def reading(line: Line, seconds: float, *others: Line, heap: float) -> Snapshot:
    stats = memstats(seconds, heap=heap, total=heap * 4, cycles=10 + int(seconds), forced=1 + int(seconds))
    return snapshot(line, *others, seconds=seconds, stats=stats)


def grown(family: Implementation, *entries: int, limit: int | None = None, values: int = 0) -> Finding:
    """Two captures, 600 s apart; with `values` each entry has an object of so many bytes made in the same function."""
    fill = classic_map if family is CLASSIC else swiss_map
    readings = []
    for at, count in enumerate(entries):
        stored = booked(Kind.VALUE, None, [values] * count, [values] * count, at=site("put", 70), key=None)
        heap = 30 * MIB + count * (60 + values)
        readings.append(reading(fill(count), at * 600.0, *((stored,) if values else ()), heap=heap))
    base, now = readings
    finding = diagnose(compare(now, None, base), DEFAULT, limit).findings[0]
    assert finding.rule is Verdict.UNBOUNDED_GROWTH
    return finding


@families
def test_two_captures_tell_what_comes_in_an_hour(family: Implementation) -> None:
    finding = grown(family, 50_000, 650_000)
    truth = 650_000 + 6 * 600_000
    low, high = finding.value("hour_entries_low"), finding.value("hour_entries_high")
    assert low is not None
    assert high is not None
    assert low <= truth <= high <= WIDEST_RANGE * low
    assert finding.value("six_hours_space_high") is not None
    assert finding.value("day_entries_low") is None, "ten minutes do not tell a day"
    assert (finding.value("step_entries") is not None) is (family is CLASSIC)


def test_values_tell_what_tables_cannot() -> None:
    """One doubling between two captures may be one entry or very many; the values beside it say which."""
    alone, valued = grown(CLASSIC, 200_000, 300_000), grown(CLASSIC, 200_000, 300_000, values=64)
    assert alone.value("hour_entries_high") is None
    low, high = valued.value("hour_entries_low"), valued.value("hour_entries_high")
    assert low is not None
    assert high is not None
    assert low <= 300_000 + 6 * 100_000 <= high


def test_the_memory_limit_is_the_end_of_the_forecast() -> None:
    finding = grown(CLASSIC, 50_000, 650_000, limit=512 * MIB)
    most = finding.value("limit_space_high")
    assert most is not None
    assert most <= 512 * MIB
    assert finding.value("limit_entries_low") is not None
    assert finding.value("six_hours_entries_low") is None
    over = grown(CLASSIC, 50_000, 650_000, limit=4 * MIB)
    assert over.value("limit_entries_low") is over.value("hour_entries_low") is None


def test_one_capture_foretells_nothing() -> None:
    first, second = (
        reading(classic_map(count), at, heap=40 * MIB + count * 60) for count, at in ((2**15, 0), (2**19, 8))
    )
    finding = diagnose(compare(second, first, None), DEFAULT).findings[0]
    assert finding.rule is Verdict.UNBOUNDED_GROWTH
    assert not any(item.name.startswith(("hour", "day", "step")) for item in finding.evidence)


def test_a_line_the_base_did_not_know_began_with_nothing() -> None:
    base = snapshot(stats=memstats(0, heap=30 * MIB, cycles=10, forced=1))
    now = reading(classic_map(400_000), 600.0, heap=70 * MIB)
    finding = diagnose(compare(now, None, replace(base, usage=())), DEFAULT).findings[0]
    low, high = finding.value("hour_entries_low"), finding.value("hour_entries_high")
    assert low is not None
    assert high is not None
    assert low <= 7 * 400_000 <= high


GROWING = [each for each in RECORDINGS if each.verdict == "unbounded_growth"]


@pytest.mark.parametrize("recording", GROWING, ids=lambda recording: recording.id)
@pytest.mark.parametrize(("then", "now"), [(0, 1), (0, 2), (1, 2)])
def test_what_came_between_two_recorded_visits_is_in_its_range(recording: Recording, then: int, now: int) -> None:
    counts = [max(int(each["largest"]) for each in recording.maps(visit)) for visit in (then, now)]
    before, after = (examine(recording.snapshot(visit), None, None)[1].findings[0].map for visit in (then, now))
    assert before is not None
    assert before.entries is not None
    assert after is not None
    assert after.entries is not None
    gained = came(after.entries, before.entries)
    assert gained is not None
    assert gained.low <= counts[1] - counts[0] <= gained.high
