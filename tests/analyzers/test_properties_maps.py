"""The arithmetic of tables against maps that are filled entry by entry, whatever their hashes are."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.maps import tables
from analyzers.maps.sizeclass import object_sizes
from tests.analyzers.inserted import InsertedClassic, InsertedSwiss
from tests.analyzers.models import KEYS, VALUES, ClassicMap, SwissMap, struct_bytes

classic_slots = st.sampled_from(sorted({key + value for key in KEYS.values() for value in VALUES}))
swiss_slots = st.sampled_from(sorted({struct_bytes(key, value) for key in KEYS.values() for value in VALUES}))
factors = st.sampled_from((6.5, 6.0))
# Filling a map takes a microsecond an entry, ten times over.
few = settings(max_examples=40, deadline=None)
dice = st.integers(0, 2**32).map(Random)


@few
@given(classic_slots, st.integers(1, 8_000), factors, dice)
def test_a_classic_map_is_what_its_arrays_say(slot: int, entries: int, factor: float, dice: Random) -> None:
    filled = InsertedClassic(slot, 0, factor, dice).insert(entries)
    ladder = tables.classic_ladder(slot)
    assert [ladder[size] for size in filled.sizes] == list(range(filled.b + 1))
    assert filled.growths == filled.b
    low, _, high = tables.classic_entries(filled.b, (factor,))
    assert low <= entries <= high
    assert tables.classic_entries(filled.b, (6.0, 6.5)).low <= entries <= tables.classic_entries(filled.b).high
    # The model of batches, which other tests are built on, says the same.
    if entries > 8:
        batches = ClassicMap(slot, 0, factor).fill(entries)
        assert (batches.b, batches.growths, batches.sizes) == (filled.b, filled.growths, filled.sizes[1:])


@few
@given(classic_slots, st.integers(1, 30_000), factors, st.floats(0, 1), dice)
def test_a_classic_map_with_a_hint_never_grows_up_to_it(
    slot: int, hint: int, factor: float, share: float, dice: Random
) -> None:
    sized = InsertedClassic(slot, hint, factor, dice)
    assert sized.b == tables.classic_b(hint, factor)
    assert sized.sizes == ([] if hint <= 8 else [sized.array()])
    assert sized.insert(round(hint * share)).growths == 0
    assert tables.classic_capacity(sized.b, factor) >= hint


@few
@given(classic_slots, st.integers(4, 20))
def test_arrays_of_every_size_are_on_the_ladder(slot: int, b: int) -> None:
    model = ClassicMap(slot, 0, 6.5)
    model.b = b
    assert tables.classic_ladder(slot)[model.array()] == model.b
    assert model.array() in object_sizes(tables.classic_array_bytes(slot, model.b))


@settings(max_examples=12, deadline=None)
@given(st.integers(10, 11), st.floats(0.55, 1), factors, dice)
def test_overflow_buckets_follow_the_load(b: int, part: float, factor: float, dice: Random) -> None:
    """By Poisson; the noise of a count of buckets is about its root."""
    entries = round(tables.classic_capacity(b, factor) * part)
    filled = InsertedClassic(8, entries, factor, dice).insert(entries)
    expected = tables.overflow_per_bucket(entries / 2**filled.b) * 2**filled.b
    assert filled.overflow_allocated == pytest.approx(expected, abs=6 * (expected + 2 ** (filled.b - 4)) ** 0.5)


@few
@given(swiss_slots, st.integers(1, 20_000), dice)
def test_a_swiss_map_is_what_its_tables_say(slot: int, entries: int, dice: Random) -> None:
    filled = InsertedSwiss(slot, 0, dice).insert(entries)
    assert filled.entries == (0 if entries <= 8 else entries)
    ladder = tables.swiss_ladder(slot)
    rungs = [ladder[size] for size in filled.grown]
    assert rungs == [16 << n for n in range(len(rungs))]
    assert {ladder[size] for size in filled.split} <= {tables.TABLE_SLOTS}
    if filled.split:
        assert len(rungs) == tables.RUNGS_TO_FULL_TABLE
        assert len(filled.split) == 2 * (filled.tables - 1)  # T = splits + 1
        low, estimate, high = tables.swiss_entries(filled.tables, samples=1e9)
        # Hashes do not fall evenly: halves of a split hold 448 entries give or take 15.
        assert 0.97 * low <= entries <= high
        assert entries / 2 <= estimate <= entries * 2
    elif rungs:
        found = tables.swiss_small_entries(rungs[-1])
        assert found.low <= entries <= found.high
        assert SwissMap(slot).fill(entries).grown == filled.grown


@few
@given(swiss_slots, st.integers(9, 200_000), dice)
def test_a_hint_makes_the_tables_the_model_says(slot: int, hint: int, dice: Random) -> None:
    sized = InsertedSwiss(slot, hint, dice)
    assert sized.made == SwissMap(slot, hint).made
    assert sized.tables == len(sized.made)
    slots = tables.swiss_ladder(slot)[sized.made[0]] * sized.tables
    # Hints just above a power of two of full tables get as many tables of half the size, a handful of slots too few.
    assert hint <= slots * 7 // 8 + sized.tables


@few
@given(swiss_slots, st.integers(0, 4), st.floats(0.05, 0.9), dice)
def test_a_sized_swiss_map_does_not_grow_below_nine_tenths_of_its_room(
    slot: int, doublings: int, share: float, dice: Random
) -> None:
    """The runtime makes room "in the average case": a table that gets more than its share splits all the same."""
    hint = tables.TABLE_ENTRIES << doublings
    sized = InsertedSwiss(slot, hint, dice).insert(round(hint * share))
    assert sized.tables == 1 << doublings
    assert (sized.grown, sized.split) == ([], [])
    low, _, high = tables.swiss_hinted_entries(sized.tables, samples=1e6)
    assert low <= sized.entries <= high == hint
