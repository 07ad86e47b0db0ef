"""The arithmetic of Go's maps against a model of both families that shares no code with it."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from analyzers.maps import sizeclass, slots, tables
from tests.analyzers.models import KEYS, VALUES, ClassicMap, SwissMap, size_class, struct_bytes

classic_slots = st.sampled_from([key + value for key in KEYS.values() for value in VALUES])
entry_counts = st.integers(9, 3_000_000)


@pytest.mark.parametrize(
    ("slot", "size"),
    [(8, 9472), (12, 13568), (16, 18432), (24, 27264), (32, 40960), (40, 49152), (48, 57344), (64, 73728), (80, 90112)],
)
def test_full_swiss_tables_have_the_documented_sizes(slot: int, size: int) -> None:
    assert sizeclass.round_up(tables.swiss_table_bytes(slot, 1024)) == size
    assert tables.swiss_ladder(slot)[size] == 1024


@pytest.mark.parametrize(
    ("key", "value", "size"), [(16, 8, 208), (8, 8, 144), (4, 4, 80), (8, 0, 80), (16, 16, 272), (4, 12, 144)]
)
def test_a_bucket_is_sixteen_bytes_and_eight_slots(key: int, value: int, size: int) -> None:
    assert tables.bucket_bytes(key + value) == size


@pytest.mark.parametrize(
    ("size", "given_size"),
    [
        (1, 8), (8, 8), (9, 16), (512, 512), (513, 576), (1024, 1024), (1025, 1152), (9472, 9472), (9473, 9728),
        (32760, 32768), (32768, 32768), (32769, 40960), (40960, 40960), (40961, 49152), (8192 * 100, 8192 * 100),
    ],
)  # fmt: skip
def test_sizes_round_up_at_their_boundaries(size: int, given_size: int) -> None:
    assert sizeclass.round_up(size) == given_size


@given(st.integers(1, 10_000_000))
def test_rounding_up_is_what_the_slow_way_finds(size: int) -> None:
    assert sizeclass.round_up(size) == size_class(size)
    assert sizeclass.round_up(sizeclass.round_up(size)) == sizeclass.round_up(size)


@pytest.mark.parametrize(
    ("size", "sizes"),
    [(512, (512,)), (513, (576,)), (576, (576, 640)), (32752, (32768,)), (32760, (32768,)), (32768, (32768,))],
)
def test_objects_with_pointers_may_carry_a_header(size: int, sizes: tuple[int, ...]) -> None:
    """Go 1.22 and later add 8 bytes to objects of more than 512 and up to 32760 bytes, header included."""
    assert sizeclass.object_sizes(size) == sizes


@pytest.mark.parametrize(
    ("entries", "b", "factor"),
    [(8, 0, 6.5), (9, 1, 6.5), (13, 1, 6.5), (14, 2, 6.5), (100_000, 14, 6.5), (100_000, 15, 6.0), (600_000, 17, 6.5)],
)
def test_hints_become_the_b_go_makes_of_them(entries: int, b: int, factor: float) -> None:
    assert tables.classic_b(entries, factor) == b


@given(st.sampled_from(sorted(KEYS)), st.sampled_from(VALUES), entry_counts, st.sampled_from((6.5, 6.0)))
def test_a_classic_map_is_recognised_by_its_arrays(kind: str, value: int, entries: int, factor: float) -> None:
    slot = KEYS[kind] + value
    model = ClassicMap(slot, 0, factor).fill(entries)
    assume(len(model.sizes) >= 3)
    fit = slots.fit_classic(dict.fromkeys(model.sizes, 1.0), kind)
    assert fit is not None
    assert fit.share == 1.0
    if slot % 8:
        # Twice this bucket may be another map's bucket; then the fit says that it has a rival.
        assert fit.slot_bytes == slot or fit.rivals
        assume(fit.slot_bytes == slot)
    assert fit.slot_bytes == slot
    ladder = tables.classic_ladder(fit.slot_bytes)
    assert max(ladder[size] for size in model.sizes) == model.b
    low, estimate, high = tables.classic_entries(model.b, (factor,))
    assert low <= entries <= high
    assert low <= estimate <= high


@given(classic_slots, entry_counts, st.sampled_from((6.5, 6.0)))
def test_a_classic_hint_at_the_upper_end_costs_what_the_map_has_today(slot: int, entries: int, factor: float) -> None:
    grown = ClassicMap(slot, 0, factor).fill(entries)
    high = tables.classic_entries(grown.b, (factor,)).high
    sized = ClassicMap(slot, high, factor)
    assert sized.sizes == [grown.sizes[-1]]
    assert sized.fill(entries).growths == 0
    assert tables.classic_b(high, factor) == grown.b


@given(st.sampled_from(sorted(KEYS)), st.sampled_from(VALUES), st.integers(1_000, 3_000_000))
def test_a_swiss_map_is_recognised_by_its_tables(kind: str, value: int, entries: int) -> None:
    slot = struct_bytes(KEYS[kind], value)
    model = SwissMap(slot).fill(entries)
    assume(model.tables > 1)
    spaces: dict[int, float] = {}
    for size in model.grown + model.split:
        spaces[size] = spaces.get(size, 0.0) + size
    fit = slots.fit_swiss(spaces, kind, frozenset(model.split))
    assert fit is not None
    assert fit.share == pytest.approx(1.0)
    assert fit.slot_bytes == slot
    low, estimate, high = tables.swiss_entries(model.tables, samples=1e6)
    assert low <= entries <= high
    assert low <= estimate <= high


@given(st.integers(9, 3_000_000))
def test_a_swiss_hint_at_the_upper_end_costs_what_the_map_has_today(entries: int) -> None:
    """A sized map has a power of two of tables; its own upper end asks for just as many."""
    sized = SwissMap(24, entries)
    assume(sized.capacity == 1024)
    high = tables.swiss_hinted_entries(sized.tables, samples=1e6).high
    assert entries <= high
    assert SwissMap(24, high).made == sized.made


@pytest.mark.parametrize(
    ("key", "value", "size"),
    [(16, 0, 24), (8, 1, 16), (8, 0, 16), (4, 12, 16), (16, 8, 24), (4, 8, 16), (4, 1, 8), (1, 0, 2), (2, 1, 4)],
)
def test_swiss_slots_are_go_structs(key: int, value: int, size: int) -> None:
    assert struct_bytes(key, value) == size
    kinds = {4: "fast32", 8: "fast64", 16: "faststr"}
    assert size in list(slots.slot_candidates(kinds.get(key), padded=True))


@given(st.sampled_from([None, "generic", *KEYS]), st.booleans())
def test_slot_candidates_are_never_repeated(kind: str | None, padded: bool) -> None:
    found = list(slots.slot_candidates(kind, padded=padded))
    assert len(found) == len(set(found))
    assert min(found) >= 1


def test_sizes_on_no_ladder_fit_nothing() -> None:
    assert slots.fit_classic({}, "faststr") is None
    assert slots.fit_classic({7: 1.0}, "faststr") is None
    assert slots.fit_swiss({7: 1.0}, None) is None


def test_a_few_foreign_sizes_do_not_hide_the_ladder() -> None:
    model = ClassicMap(24, 0, 6.5).fill(100_000)
    fit = slots.fit_classic({**{size: float(size) for size in model.sizes}, 104_729: 1000.0}, "faststr")
    assert fit is not None
    assert fit.slot_bytes == 24
    assert 0.9 < fit.share < 1.0


@given(st.integers(0, 30))
def test_ranges_of_neighbouring_rungs_meet_without_a_gap(b: int) -> None:
    assert tables.classic_entries(b + 1).low == tables.classic_entries(b).high + 1


@given(st.integers(1, 25))
def test_a_map_that_has_just_doubled_is_at_the_low_end_of_its_range(b: int) -> None:
    low, estimate, high = tables.classic_entries_just_doubled(b)
    assert (low, high) == (tables.classic_entries(b).low, tables.classic_entries(b).high)
    assert low <= estimate <= low * 1.06


@pytest.mark.parametrize(("slots", "low", "high"), [(8, 1, 8), (16, 7, 14), (32, 14, 28), (512, 224, 448)])
def test_one_small_swiss_table(slots: int, low: int, high: int) -> None:
    found = tables.swiss_small_entries(slots)
    assert found.low <= low + 1
    assert found.high == high
    assert found.low <= found.estimate <= found.high


@given(st.floats(1, 5000), st.floats(0, 1e6))
def test_fewer_samples_make_a_wider_range(count: float, samples: float) -> None:
    found = tables.swiss_entries(count, samples)
    assert 0 < found.low <= found.estimate <= found.high
    surer = tables.swiss_entries(count, samples * 4 + 4)
    assert surer.low >= found.low
    assert surer.high <= found.high


def test_a_sized_swiss_map_snaps_to_a_power_of_two_only_if_sampled_well() -> None:
    assert tables.swiss_hinted_entries(1010, 500).high == 1024 * 896
    assert tables.swiss_hinted_entries(1010, 4).high > 1024 * 896
    assert tables.swiss_hinted_entries(700, 10_000).high != 512 * 896


def test_overflow_at_full_load_is_the_documented_share() -> None:
    assert tables.overflow_per_bucket(6.5) == pytest.approx(0.15, abs=0.03)
    assert tables.overflow_per_bucket(4.8) == pytest.approx(0.0, abs=0.01)
    assert tables.overflow_per_bucket(1.0) == 0.0
    assert tables.load_of_overflow(0.0) is None


@given(st.floats(5.0, 7.5))
def test_load_is_the_inverse_of_overflow(load: float) -> None:
    found = tables.load_of_overflow(tables.overflow_per_bucket(load))
    assert found == pytest.approx(load, abs=1e-3)
