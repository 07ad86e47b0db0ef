"""Maps of the models as a heap profile samples them, at the default rate: noise is part of every real answer."""

import random

import pytest

from analyzers import gc
from analyzers.examine import examine
from analyzers.finding import Confidence, Diagnosis, Remedy, Verdict
from analyzers.maps.ladders import guess_slice
from analyzers.maps.sizeclass import round_up
from analyzers.names import owner
from analyzers.names.frames import Event, Kind
from analyzers.profile import Site, Source, Usage, sampling_probability
from analyzers.sites import SiteUsage
from analyzers.snapshot import Snapshot
from tests.analyzers.recordings import EPOCH
from tests.analyzers.scenes import MIB, Line, booked, classic_map, judged, memstats, plain, site, snapshot, swiss_map

RATE = 524_288
FAMILIES = {"classic": classic_map, "swiss": swiss_map}


def sampled(lines: Line, seed: int) -> Line:
    """What a profile at the default rate sees of `lines`, scaled back."""
    dice = random.Random(seed)  # noqa: S311 - dice, not keys
    seen = []
    for item in lines:
        p = sampling_probability(item.object_size, RATE)
        made, alive = int(item.usage.alloc_objects), int(item.usage.inuse_objects)
        kept = sum(dice.random() < p for _ in range(alive))
        all_of_them = kept + sum(dice.random() < p for _ in range(made - alive))
        if all_of_them:
            sizes = (all_of_them, all_of_them * item.object_size, kept, kept * item.object_size)
            seen.append(item._replace(usage=Usage(*(count / p for count in sizes))))
    return tuple(seen)


def diagnosed(lines: Line, seed: int) -> Diagnosis:
    return judged(Snapshot(EPOCH, Source.TEXT, RATE, sampled(lines, seed) + plain(20 * MIB)))


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("entries", [100_000, 600_000, 2_000_000])
def test_one_map_filled_once_is_in_its_range(family: str, entries: int, seed: int) -> None:
    finding = diagnosed(FAMILIES[family](entries), seed).findings[0]
    assert finding.rule is Verdict.GROWTH_STORM
    assert finding.map is not None
    assert finding.map.entries is not None
    assert finding.map.entries.low <= entries <= finding.map.entries.high
    assert entries / 2 <= finding.map.entries.estimate <= entries * 2
    assert finding.map.builds < 2


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("family", FAMILIES)
def test_many_live_maps_at_one_line_are_not_one_huge_map(family: str, seed: int) -> None:
    """300 maps of 3,000 entries: a hint for 900,000 would be their ruin."""
    for finding in diagnosed(FAMILIES[family](3_000, builds=300, alive=300), seed).findings:
        hints = [remedy.capacity_hint or 0 for remedy in finding.remediation]
        assert max(hints) <= 4 * 3_000
        assert finding.map is None or finding.map.entries is None or finding.map.entries.estimate < 4 * 3_000


def test_shards_that_fill_a_power_of_two_of_tables_get_no_hint() -> None:
    """32 maps of 11,000 entries have 16 tables each. A hint for all 512 would give every shard as many."""
    hints = []
    for seed in range(40):
        for finding in diagnosed(swiss_map(11_000, builds=32, alive=32), seed).findings:
            hints += [remedy.capacity_hint for remedy in finding.remediation if (remedy.capacity_hint or 0) > 44_000]
    # One map leaves at most one small table in 200 profiles of 201, 32 maps in one of six: so the words say it, too.
    assert len(hints) <= 6


@pytest.mark.parametrize("seed", range(8))
def test_a_swiss_map_that_outgrew_its_hint_is_in_its_range(seed: int) -> None:
    finding = diagnosed(swiss_map(400_000, hint=100_000), seed).findings[0]
    assert finding.map is not None
    assert finding.map.entries is not None
    assert finding.map.entries.low <= 400_000 <= finding.map.entries.high


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("family", FAMILIES)
def test_a_map_that_stands_still_is_not_blamed_for_a_leak_elsewhere(family: str, seed: int) -> None:
    table = sampled(FAMILIES[family](100_000), seed)
    stray = table[0]._replace(usage=Usage(1, 0.5 * MIB, 1, 0.5 * MIB))
    before = snapshot(table, plain(20 * MIB), stats=memstats(0, heap=50 * MIB, total=100 * MIB, forced=1))
    leak = plain(60 * MIB, at=site("leak", 7))
    after = snapshot(
        (*table, stray), plain(20 * MIB), leak, stats=memstats(8, heap=110 * MIB, total=160 * MIB, forced=2)
    )
    assert judged(after, before).verdict is not Verdict.UNBOUNDED_GROWTH


def test_one_sample_in_a_quiet_window_is_no_storm() -> None:
    """2 % of all allocations since the start, and the only object that the window happened to sample."""
    table = classic_map(40_000)
    before = snapshot(table, plain(300 * MIB, alive=False), stats=memstats(0, forced=1))
    after = snapshot((*table, *table), plain(300 * MIB, alive=False), stats=memstats(8, forced=2))
    assert judged(after, before).verdict is Verdict.NO_MAP_PROBLEM


def test_a_map_inside_a_library_is_not_to_be_sized() -> None:
    inside = Site("sync.(*Map).Swap", "sync/map.go", 400)
    lines = tuple(item._replace(site=inside, culprit=site()) for item in classic_map(600_000))
    (finding,) = judged(snapshot(lines)).findings
    assert Remedy.PRESIZE not in [remedy.kind for remedy in finding.remediation]
    assert Remedy.SYNC_MAP not in [remedy.kind for remedy in finding.remediation]


def test_rates_without_forced_collections_do_not_use_their_times() -> None:
    """gc: false. The last collections may be minutes away from the readings."""
    assert gc.seconds_between(memstats(0, forced=1), memstats(107, forced=1)) is None
    assert gc.seconds_between(memstats(0, forced=1), memstats(107, forced=2)) == pytest.approx(107)


@pytest.mark.parametrize(
    ("function", "filename", "own"),
    [
        ("example.com/shop/internal/vendor.(*Store).Put", "/app/internal/vendor/store.go", True),
        ("github.com/a/b.F", "/app/vendor/github.com/a/b/f.go", False),
        ("github.com/a/b.F", "example.com/app/vendor/github.com/a/b/f.go", False),
        ("image/store.(*S).Put", "image/store/s.go", True),
        ("log/pipeline.Run", "/src/log/pipeline/run.go", True),
        ("image/png.Decode", "image/png/reader.go", False),
        ("net/http/internal.F", "net/http/internal/chunked.go", False),
        ("encoding/json/v2.F", "encoding/json/v2/arshal.go", False),
        ("main.main", "/app/main.go", True),
    ],
)
def test_whose_code_it_is(function: str, filename: str, own: bool) -> None:
    assert owner.is_own(function, filename) is own


def test_two_thousand_map_lines_in_one_function_take_no_time() -> None:
    """The company of a line is worked out once for each function, not once for each line."""
    lines: list[SiteUsage] = []
    for number in range(2_000):
        at = Site("example.com/svc.init", "example.com/svc/tables.go", number)
        lines.append(SiteUsage(at, at, Event(Kind.FIRST, None, "faststr"), 208, Usage(10, 2080, 10, 2080)))
        lines += [item._replace(site=at, culprit=at) for item in classic_map(20)[:1]]
    before = snapshot(tuple(lines), stats=memstats(0, forced=1))
    after = snapshot(tuple(lines), stats=memstats(8, forced=2))
    assert judged(after, before).verdict is not None


def test_a_map_between_two_doublings_is_still_growing_once() -> None:
    """It grew up to the capture before; one quiet capture is a pause, a second one an end."""
    half, whole = classic_map(100_000), classic_map(400_000)
    first = snapshot(half, stats=memstats(0, heap=20 * MIB, total=40 * MIB, forced=1))
    second = snapshot(whole, seconds=60, stats=memstats(60, heap=60 * MIB, total=120 * MIB, forced=2, cycles=300))
    quiet = snapshot(whole, seconds=120, stats=memstats(120, heap=61 * MIB, total=122 * MIB, forced=3, cycles=600))
    later = snapshot(whole, seconds=180, stats=memstats(180, heap=62 * MIB, total=124 * MIB, forced=4, cycles=900))
    kept, diagnosis = examine(second, None, first)
    assert diagnosis.verdict is Verdict.UNBOUNDED_GROWTH
    kept, diagnosis = examine(quiet, None, kept)
    assert diagnosis.verdict is Verdict.UNBOUNDED_GROWTH
    assert diagnosis.confidence is not Confidence.HIGH
    _, diagnosis = examine(later, None, kept)
    assert diagnosis.verdict is Verdict.GROWTH_STORM


@pytest.mark.parametrize("builds", [20, 60, 300])
def test_a_swiss_map_built_over_and_over_is_in_its_range(builds: int) -> None:
    """Two and a half standard errors are 99 %: one of forty may miss. A hint needs a narrow range."""
    missed = 0
    for seed in range(40):
        finding = diagnosed(swiss_map(60_000, slot=16, builds=builds, alive=1), seed).findings[0]
        assert finding.rule is Verdict.REBUILD_CHURN
        assert finding.map is not None
        assert finding.map.entries is not None
        missed += not finding.map.entries.low <= 60_000 <= finding.map.entries.high
        hint = next((each.capacity_hint for each in finding.remediation if each.kind is Remedy.PRESIZE), None)
        assert hint is None or hint >= 60_000
    assert missed <= 1


def test_buffers_of_any_length_are_no_slices_that_grow() -> None:
    """A young service: of some twenty buffers that were sampled, sizes happen to lie a quarter apart."""
    taken = 0
    for seed in range(60):
        dice = random.Random(seed)  # noqa: S311 - dice, not keys
        lengths = [round_up(dice.randint(3_000, 60_000)) for _ in range(600)]
        buffers = sampled(booked(Kind.VALUE, None, lengths, key=None), seed)
        taken += guess_slice({item.object_size: item.usage for item in buffers}) is not None
    assert taken == 0


@pytest.mark.parametrize("element", [1, 8, 24, 104])
def test_slices_that_grow_are_known_by_few_samples(element: int) -> None:
    taken = 0
    for seed in range(20):
        dice = random.Random(seed)  # noqa: S311 - dice, not keys
        arrays = [size for _ in range(40) for size in arrays_of(dice.randint(80_000, 400_000), element)]
        slices = sampled(booked(Kind.VALUE, None, arrays, key=None), seed)
        taken += guess_slice({item.object_size: item.usage for item in slices}) is not None
    assert taken == 20


def arrays_of(most: int, element: int) -> list[int]:
    """The arrays of a slice that append fills up to `most` bytes (runtime.growslice)."""
    arrays = [round_up(element)]
    while arrays[-1] < most:
        capacity = arrays[-1] // element
        capacity += capacity if capacity < 256 else (capacity + 768) // 4
        arrays.append(round_up(capacity * element))
    return arrays
