"""What one line's allocations say about its map: exact where everything was recorded, honest where little was."""

from dataclasses import replace
from math import exp, factorial

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from analyzers.compare import compare
from analyzers.finding import Confidence, Remedy, Verdict
from analyzers.maps import ladders
from analyzers.maps.estimate import MapEstimate, estimate
from analyzers.names.frames import Implementation, Kind
from analyzers.names.goversion import UNKNOWN, GoVersion, exactly
from analyzers.profile import Usage, sampling_probability
from analyzers.sites import lines_of
from analyzers.thresholds import DEFAULT
from analyzers.weighing.layout import load_factors
from tests.analyzers.models import ClassicMap, SwissMap
from tests.analyzers.scenes import CLASSIC, SWISS, Line, booked, classic_map, judged, plain, snapshot, swiss_map

RATE = 524_288
LOWEST = replace(DEFAULT, min_growth_bytes=1, min_alloc_share=0)


def of(*parts: Line, period: int = 1, factors: tuple[float, ...] = (6.5,)) -> MapEstimate:
    (line,) = lines_of(item for part in parts for item in part)
    found = estimate(line, period, factors)
    assert found is not None
    return found


def overflow(count: int, slot: int = 24) -> Line:
    return booked(Kind.OVERFLOW, CLASSIC, [16 + 8 * slot] * count, [16 + 8 * slot] * count)


@given(st.integers(1_000, 3_000_000), st.sampled_from((16, 24, 32, 40)))
def test_a_classic_map_is_measured_exactly(entries: int, slot: int) -> None:
    found = of(classic_map(entries, slot=slot))
    model = ClassicMap(slot, 0, 6.5).fill(entries)
    assert (found.slot_bytes, found.growths, found.builds, found.hinted) == (slot, model.b, 1, False)
    assert found.entries is not None
    assert found.entries.low <= entries <= found.entries.high


@given(st.integers(2_000, 3_000_000), st.sampled_from((16, 24, 32, 40)))
def test_a_swiss_map_is_measured_exactly(entries: int, slot: int) -> None:
    model = SwissMap(slot).fill(entries)
    assume(model.tables > 1)
    found = of(swiss_map(entries, slot=slot))
    assert (found.slot_bytes, found.builds, found.hinted) == (slot, 1, False)
    assert found.growths == 7 + model.tables - 1
    assert found.entries is not None
    assert found.entries.low <= entries <= found.entries.high


@pytest.mark.parametrize(("entries", "low", "high"), [(12, 7, 14), (100, 56, 112), (400, 224, 448)])
def test_a_swiss_map_of_one_table(entries: int, low: int, high: int) -> None:
    found = of(swiss_map(entries))
    assert found.entries is not None
    assert (found.entries.low, found.entries.high) == (low, high)


def test_a_classic_map_that_has_just_doubled_still_holds_its_old_array() -> None:
    model = ClassicMap(24, 0, 6.5).fill(110_000)
    found = of(booked(Kind.GROWTH, CLASSIC, model.sizes, model.sizes[-2:]))
    assert found.entries is not None
    assert found.entries.estimate == pytest.approx(110_000, rel=0.05)


@pytest.mark.parametrize("load", [5.5, 6.0, 6.4])
def test_overflow_buckets_tell_the_load_of_a_classic_map(load: float) -> None:
    from_tables = ClassicMap(24, 0, 6.5).fill(500_000)
    entries = round(load * 2**from_tables.b)
    count = round((expected_overflow(load) - 1 / 16) * 2**from_tables.b)
    found = of(classic_map(500_000), overflow(count))
    assert found.entries is not None
    assert found.entries.estimate == pytest.approx(entries, rel=0.03)


def expected_overflow(load: float) -> float:
    """Buckets beyond the first for each bucket whose entries are a Poisson number, summed up plainly."""
    return sum(exp(-load) * load**k / factorial(k) * ((max(0, k - 8) + 7) // 8) for k in range(60))


def test_few_overflow_buckets_are_no_measure() -> None:
    plainly = of(classic_map(500_000), period=RATE)
    assert of(classic_map(500_000), overflow(1), period=2**40).entries == of(classic_map(500_000), period=2**40).entries
    assert plainly.entries is not None


def test_sizes_on_no_ladder_give_no_slot_and_no_entries() -> None:
    for family in (CLASSIC, SWISS):
        found = of(booked(Kind.GROWTH, family, [104_729, 1_299_709], [1_299_709]))
        assert (found.slot_bytes, found.entries, found.clear) == (None, None, False)


def test_a_finding_without_entries_gives_no_hint() -> None:
    odd = booked(Kind.GROWTH, CLASSIC, [104_729 + 8 * at for at in range(60)] * 9, [104_729] * 200)
    (finding,) = judged(snapshot(odd)).findings
    assert finding.rule is Verdict.GROWTH_STORM
    presize = next(each for each in finding.remediation if each.kind is Remedy.PRESIZE)
    assert presize.capacity_hint is None


def test_a_line_without_a_map_has_no_estimate() -> None:
    (line,) = lines_of(plain(4096))
    assert estimate(line, 1, (6.5,)) is None


@pytest.mark.parametrize("alive", [0, 1, 2])
def test_rebuilt_swiss_maps_are_counted_by_their_lower_rungs(alive: int) -> None:
    found = of(swiss_map(60_000, builds=30, alive=alive))
    assert found.builds == pytest.approx(30, rel=0.02)
    assert found.entries is not None
    assert found.entries.low <= 60_000 <= found.entries.high


@pytest.mark.parametrize("alive", [0, 40])
def test_rebuilt_swiss_maps_seen_only_by_their_splits_are_counted_roughly(alive: int) -> None:
    full = SwissMap(24, 896).table()
    found = of(booked(Kind.SPLIT, SWISS, [full] * 400, [full] * alive), period=RATE)
    assert found.builds >= 1
    assert found.entries is not None
    assert found.entries.low <= found.entries.estimate <= found.entries.high


def test_sized_tables_that_were_all_dropped_may_each_have_been_a_map() -> None:
    found = of(swiss_map(60_000, hint=60_000, alive=0))
    assert (found.hinted, found.growths, found.builds) == (True, 0, 128)


@pytest.mark.parametrize(
    ("version", "factors"),
    [
        (UNKNOWN, (6.0, 6.5)),
        (exactly("go1.21.13"), (6.0,)),
        (GoVersion(21, 21), (6.0,)),
        (exactly("go1.23.9"), (6.5,)),
        (exactly("go1.19"), (6.5,)),
        (GoVersion(high=25), (6.0, 6.5)),
        (GoVersion(high=20), (6.5,)),
        (GoVersion(low=23), (6.5,)),
        (GoVersion(20, 21), (6.0, 6.5)),
    ],
)
def test_the_load_factor_follows_the_release(version: GoVersion, factors: tuple[float, ...]) -> None:
    assert load_factors(compare(snapshot(plain(8), go_version=version), None, None)) == factors


@pytest.mark.parametrize(("samples", "level"), [(3, Confidence.LOW), (9, Confidence.MEDIUM), (40, Confidence.HIGH)])
def test_confidence_is_a_matter_of_samples(samples: int, level: Confidence) -> None:
    """Tables of 27 KB are sampled once in twenty."""
    size = 27_264
    count = samples / sampling_probability(size, RATE)
    (first, *_) = booked(Kind.SPLIT, SWISS, [size])
    scaled = first._replace(usage=Usage(count, count * size, count / 2, count * size / 2))
    # Few samples are few bytes, so the thresholds must come down to see them.
    seen = replace(snapshot((scaled,)), period=RATE)
    (finding,) = judged(seen, seen, thresholds=LOWEST).findings
    assert finding.confidence is level


# Where only sizes speak


def sizes(*found: int, alive: float = 0.5) -> dict[int, Usage]:
    return {size: Usage(10, 10 * size, 10 * alive, 10 * size * alive) for size in found}


def test_doubling_arrays_with_their_sixteenth_more_are_a_classic_map() -> None:
    model = ClassicMap(24, 0, 6.5).fill(600_000)
    guess = ladders.guess_map(sizes(*model.sizes), (Implementation.CLASSIC,))
    assert guess is not None
    assert guess.event.implementation is Implementation.CLASSIC
    assert set(model.sizes[-6:]) <= guess.sizes


def test_full_tables_of_one_size_are_a_swiss_map() -> None:
    guess = ladders.guess_map(sizes(27_264, 512), (Implementation.SWISS,))
    assert guess is not None
    assert guess.event.implementation is Implementation.SWISS


@pytest.mark.parametrize(
    "values",
    [
        sizes(65_536, 131_072, 262_144, 524_288),  # bytes.Buffer doubles in powers of two
        sizes(40_960, 49_152, 65_536, 81_920, 106_496),  # append
        sizes(27_264, alive=0.0),  # buffers that are used and dropped
        sizes(27_264, alive=1.0),  # a sized map, or buffers that stay
        sizes(27_264, 24_576, 32_768),  # no size dominates
        sizes(1_000_000),
        sizes(),
    ],
)
def test_other_sizes_are_taken_for_no_map(values: dict[int, Usage]) -> None:
    assert ladders.guess_map(values, tuple(Implementation)) is None


@pytest.mark.parametrize(
    ("values", "slice_"),
    [
        (sizes(2304, 3072, 4096, 5376, 6912), True),  # []byte
        (sizes(40_960, 57_344, 81_920, 106_496, 139_264), True),  # []string
        (sizes(40_960, 81_920, 106_496, 139_264), True),  # of one step no sample was taken
        (sizes(4096, 6144, 9472, 14_336, 20_480), False),  # buffers of 4,096, 6,000, 9,000, 14,000 and 20,000 bytes
        (sizes(3072, 5376, 8192, 12_288), False),
        (sizes(4096, 8192, 16_384, 32_768, 65_536), False),
        (sizes(2304, 3072, 4096), False),
        (sizes(64, 80, 96, 112, 128), False),
    ],
)
def test_sizes_a_quarter_apart_are_a_slice(values: dict[int, Usage], slice_: bool) -> None:
    assert (ladders.guess_slice(values) is not None) is slice_
