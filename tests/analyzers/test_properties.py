"""What holds for every profile: scaling does not lean to either side, and the order of records says nothing."""

import math
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.compare import compare
from analyzers.examine import examine
from analyzers.names.frames import Kind
from analyzers.profile import HeapProfile, Record, Site, Source, Usage, sampling_probability
from analyzers.reading import heapproto, symbols
from analyzers.reading.heaptext import read_heap_text
from analyzers.sites import Ledger
from analyzers.snapshot import take
from analyzers.thresholds import DEFAULT
from analyzers.weighing.layout import lay_out
from tests.analyzers.protos import Row, proto
from tests.analyzers.texts import MAIN, PUT, RATE, record, text

KIB = 1024
dice = st.integers(0, 2**32).map(Random)


def sampled(objects: int, size: int, rate: int, dice: Random) -> int:
    """How many of `objects` the runtime samples: those that the next of its random marks falls into (mallocgc)."""
    left = dice.expovariate(1 / rate)
    found = 0
    for _ in range(objects):
        left -= size
        if left < 0:
            found += 1
            left = dice.expovariate(1 / rate)
    return found


@settings(max_examples=30, deadline=None)
@given(st.sampled_from((1, 1024, RATE, 4 * RATE)), st.integers(64, 2 * RATE), st.integers(200, 20_000), dice)
def test_scaled_samples_are_the_truth_but_for_their_noise(rate: int, size: int, objects: int, dice: Random) -> None:
    counted = sampled(objects, size, rate, dice)
    if not counted:
        assert objects * sampling_probability(size, rate) < 40
        return
    counts = (counted, counted * size, counted, counted * size)
    read = read_heap_text([text(record(counts), rate=rate)])
    (found,) = symbols.resolve(read, {}).records
    p = -math.expm1(-size / rate)
    noise = (objects * (1 - p) / p) ** 0.5  # of a binomial count, scaled
    assert abs(found.usage.alloc_objects - objects) <= 6 * noise + 1e-6 * objects
    assert abs(found.usage.inuse_space - objects * size) <= size * (6 * noise + 1e-6 * objects)


def test_many_profiles_together_come_closer_to_the_truth() -> None:
    """An error that leans to one side would stay: 300 profiles of 400 objects, one size after the other."""
    dice = Random(7)  # noqa: S311 - dice, not keys
    for size in (8 * KIB, 64 * KIB, 512 * KIB, 3 * KIB * KIB):
        p = sampling_probability(size, RATE)
        total = sum(sampled(400, size, RATE, dice) / p for _ in range(300))
        noise = (300 * 400 * (1 - p) / p) ** 0.5
        assert abs(total - 300 * 400) <= 5 * noise + 1


FRAMES = (
    (),
    ("runtime.makeBucketArray", "runtime.hashGrow", "runtime.mapassign_faststr"),
    ("runtime.makeBucketArray", "runtime.makemap"),
    ("internal/runtime/maps.newGroups", "internal/runtime/maps.(*table).grow", "runtime.mapassign_fast64"),
    ("internal/runtime/maps.newGroups", "internal/runtime/maps.(*table).split", "runtime.mapassign_fast64"),
    ("runtime.mallocgc", "runtime.growslice"),
)
SITES = tuple(
    Site(function, "example.com/svc/store.go", line)
    for function in ("example.com/svc.(*Store).Put", "example.com/svc.Load.func1")
    for line in (10, 64)
)
# Whole numbers, as profiles have them: sums of others depend on their order in the last digit.
usages = st.integers(1, 2**30).flatmap(
    lambda count: st.builds(Usage, st.just(float(count)), st.just(count * 4096.0), st.just(1.0), st.just(4096.0))
)
records = st.builds(
    Record,
    st.sampled_from(FRAMES),
    st.sampled_from(SITES),
    st.sampled_from(SITES),
    st.sampled_from((208, 1792)),
    usages,
)
profiles = st.lists(records, min_size=1, max_size=12)


def profile(found: list[Record], named: bool) -> HeapProfile:
    return HeapProfile(Source.TEXT, RATE, tuple(found), named=named)


@settings(max_examples=25)
@given(profiles, st.randoms(use_true_random=False), st.booleans())
def test_the_order_of_records_changes_neither_snapshot_nor_diagnosis(
    found: list[Record], shuffler: Random, named: bool
) -> None:
    other = found.copy()
    shuffler.shuffle(other)
    kept = [take(profile(each, named), 0.0) for each in (found, other)]
    assert kept[0] == kept[1]
    assert examine(kept[0], None, None) == examine(kept[1], None, None)


@given(profiles)
def test_a_record_in_two_halves_is_one(found: list[Record]) -> None:
    doubled = [each._replace(usage=each.usage.times(2)) for each in found]
    assert take(profile(found * 2, named=True), 0.0) == take(profile(doubled, named=True), 0.0)


rows = st.builds(
    lambda alloc, alive, size, deep: (alloc, alloc * size, alive, alive * size, size, (PUT, MAIN)[deep:]),
    st.integers(5, 10**6),
    st.integers(0, 5),
    st.sampled_from((16, 208, 9472, 335_872)),
    st.booleans(),
)


@given(st.lists(rows, min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_samples_does_not_matter_either(found: list[Row], shuffler: Random) -> None:
    other = found.copy()
    shuffler.shuffle(other)
    assert take(heapproto.read(proto(*found)), 0.0) == take(heapproto.read(proto(*other)), 0.0)


@settings(max_examples=25)
@given(profiles, st.permutations(FRAMES), st.integers(1, 3))
def test_two_visits_that_explain_a_line_in_two_ways_can_be_compared(
    found: list[Record], other: list[tuple[str, ...]], times: int
) -> None:
    """Sizes alone may make growth of what was taken for values a moment ago: then one part of a ledger shrinks."""
    renamed = dict(zip(FRAMES, other, strict=True))
    later = [each._replace(frames=renamed[each.frames], usage=each.usage.times(times)) for each in found]
    first, second = (take(profile(each, named=False), at) for each, at in ((found, 0.0), (later, 8.0)))
    examine(first, second, None)
    examine(second, None, first)


def test_what_a_guess_took_away_is_no_negative_noise() -> None:
    seen = Record((), SITES[0], SITES[0], 208, Usage(1, 208, 1, 208))
    case = lay_out(compare(take(profile([seen], named=False), 0.0), None, None), DEFAULT)
    assert case.chance(Ledger({(Kind.VALUE, 208): Usage(-50, -10_400, 0, 0)})) == 0.0
