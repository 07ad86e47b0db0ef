"""Each rule speaks at its thresholds and stays quiet below them; who claims a line; what is advised."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.finding import Confidence, Diagnosis, Finding, Remedy, Verdict
from analyzers.maps.estimate import MapEstimate
from analyzers.maps.hint import WIDEST_RANGE, capacity_hint
from analyzers.maps.tables import Entries, swiss_entries
from analyzers.names.frames import Kind
from analyzers.names.goversion import GoVersion
from analyzers.profile import Site
from analyzers.thresholds import DEFAULT
from tests.analyzers.models import SwissMap
from tests.analyzers.scenes import (
    CLASSIC,
    MIB,
    SWISS,
    Line,
    booked,
    classic_map,
    judged,
    memstats,
    plain,
    rules,
    site,
    snapshot,
    swiss_map,
)

families = pytest.mark.parametrize("make", [classic_map, swiss_map], ids=["classic", "swiss"])


def first(diagnosis: Diagnosis) -> Finding:
    assert diagnosis.findings
    return diagnosis.findings[0]


def kinds(finding: Finding) -> list[Remedy]:
    return [remedy.kind for remedy in finding.remediation]


# growth_storm


@families
def test_a_large_map_filled_once_without_a_size_is_a_storm(make) -> None:  # type: ignore[no-untyped-def]
    finding = first(judged(snapshot(make(600_000))))
    assert finding.rule is Verdict.GROWTH_STORM
    assert finding.map is not None
    assert finding.map.slot_bytes == 24
    assert finding.map.key_kind == "faststr"
    assert not finding.map.hinted
    assert finding.map.builds == 1
    assert kinds(finding)[0] is Remedy.PRESIZE
    hint = finding.remediation[0].capacity_hint
    assert hint is not None
    assert hint >= 600_000


@families
def test_one_reading_is_not_sure_that_a_map_has_stopped_growing(make) -> None:  # type: ignore[no-untyped-def]
    still = snapshot(make(600_000))
    assert first(judged(still)).confidence is Confidence.MEDIUM
    assert first(judged(still, still)).confidence is Confidence.HIGH


@families
@pytest.mark.parametrize(("others", "speaks"), [(0.8, True), (0.95, False)])
def test_a_storm_is_a_tenth_of_all_allocations(make, others: float, speaks: bool) -> None:  # type: ignore[no-untyped-def]
    line = make(200_000)
    own = sum(item.usage.alloc_space for item in line)
    rest = plain(int(own * others / (1 - others)), alive=False, size=64 * 1024)
    assert (Verdict.GROWTH_STORM in rules(judged(snapshot(line, rest)))) is speaks


@families
def test_a_map_below_four_mib_of_growth_is_no_storm(make) -> None:  # type: ignore[no-untyped-def]
    assert rules(judged(snapshot(make(10_000)))) == []
    assert rules(judged(snapshot(make(10_000)), thresholds=replace(DEFAULT, min_growth_bytes=100_000))) == [
        Verdict.GROWTH_STORM
    ]


@families
def test_a_sized_map_is_no_storm(make) -> None:  # type: ignore[no-untyped-def]
    assert Verdict.GROWTH_STORM not in rules(judged(snapshot(make(600_000, hint=600_000))))


def test_a_hint_that_was_too_small_is_seen() -> None:
    finding = first(judged(snapshot(classic_map(600_000, hint=5_000))))
    assert finding.rule is Verdict.GROWTH_STORM
    assert finding.map is not None
    assert finding.map.hinted
    assert finding.map.growths == 7


@pytest.mark.parametrize(
    ("version", "hint"), [(GoVersion(), 786_432), (GoVersion(21, 21), 786_432), (GoVersion(low=22), 851_968)]
)
def test_where_go_121_is_possible_the_hint_makes_no_larger_table_there(version: GoVersion, hint: int) -> None:
    """Its load factor is 6.0 instead of 6.5: 2^17 buckets hold fewer entries."""
    finding = first(judged(snapshot(classic_map(600_000), go_version=version)))
    assert finding.remediation[0].capacity_hint == hint


# rebuild_churn


@families
def test_a_map_built_over_and_over_is_churn(make) -> None:  # type: ignore[no-untyped-def]
    finding = first(judged(snapshot(make(60_000, builds=40))))
    assert finding.rule is Verdict.REBUILD_CHURN
    assert finding.map is not None
    assert finding.map.builds == pytest.approx(40, rel=0.05)
    assert kinds(finding) == [Remedy.PRESIZE, Remedy.REUSE, Remedy.AVOID_HOT_UPDATE]


@families
def test_a_sized_map_built_over_and_over_is_churn_without_growth(make) -> None:  # type: ignore[no-untyped-def]
    finding = first(judged(snapshot(make(60_000, builds=40, hint=60_000))))
    assert finding.rule is Verdict.REBUILD_CHURN
    assert finding.map is not None
    assert finding.map.hinted
    assert finding.map.growths == 0
    assert Remedy.PRESIZE not in kinds(finding)


@families
@pytest.mark.parametrize(("builds", "alive", "speaks"), [(2, 1, False), (3, 3, False), (40, 40, False), (9, 1, True)])
def test_maps_that_all_stay_are_not_rebuilt(make, builds: int, alive: int, speaks: bool) -> None:  # type: ignore[no-untyped-def]
    found = rules(judged(snapshot(make(60_000, builds=builds, alive=alive))))
    assert (Verdict.REBUILD_CHURN in found) is speaks


def test_churn_that_did_not_move_in_the_window_is_less_certain() -> None:
    still = snapshot(classic_map(60_000, builds=40))
    moving = snapshot(classic_map(60_000, builds=44))
    assert first(judged(moving, still)).confidence is Confidence.HIGH
    assert first(judged(still, still)).confidence is Confidence.MEDIUM


def test_one_reading_does_not_tell_many_sized_maps_from_the_tables_of_one() -> None:
    """200,000 entries in 256 tables, read once at the start and dropped."""
    finding = first(judged(snapshot(swiss_map(200_000, hint=200_000, alive=0), plain(9 * MIB))))
    assert (finding.rule, finding.confidence) == (Verdict.REBUILD_CHURN, Confidence.LOW)


# clone_storm


def test_clones_of_a_large_map_are_a_storm_of_clones() -> None:
    clones = booked(Kind.CLONE, SWISS, [27_264] * 4000, [27_264] * 100, key=None)
    finding = first(judged(snapshot(clones)))
    assert finding.rule is Verdict.CLONE_STORM
    assert kinds(finding) == [Remedy.AVOID_HOT_UPDATE]


@families
def test_a_loop_that_copies_a_map_which_stays_elsewhere_is_a_storm_of_clones(make) -> None:  # type: ignore[no-untyped-def]
    original = make(60_000, at=site("load", 12))
    copies = make(60_000, builds=40, hint=60_000)
    found = judged(snapshot(original, copies)).findings
    assert found[0].rule is Verdict.CLONE_STORM
    assert found[0].culprit == site()
    assert found[0].confidence is not Confidence.HIGH, "that it copies just this map is likely, no more"


@families
@pytest.mark.parametrize("other", [{"slot": 40}, {"entries": 600_000}, {"builds": 40}])
def test_a_sized_rebuild_beside_a_map_of_another_kind_is_churn(make, other) -> None:  # type: ignore[no-untyped-def]
    elsewhere = make(**{"entries": 60_000, "at": site("load", 12), **other})
    rebuilt = make(60_000, builds=80, hint=60_000)
    assert_churn(elsewhere, rebuilt)


@families
def test_a_sized_rebuild_beside_a_map_of_another_package_is_churn(make) -> None:  # type: ignore[no-untyped-def]
    """Most maps have slots of 24 bytes, a string and a pointer: that alone makes no copy of one."""
    sessions = Site("example.com/svc/sessions.Fill", "example.com/svc/sessions/s.go", 7)
    assert_churn(make(60_000, at=sessions), make(60_000, builds=80, hint=60_000))


def assert_churn(*lines: Line) -> None:
    found = judged(snapshot(*lines)).findings
    assert Verdict.CLONE_STORM not in [finding.rule for finding in found]
    assert Verdict.REBUILD_CHURN in [finding.rule for finding in found if finding.culprit == site()]


# oversized_hint

ARRAY_OF_POINTS = 4_734_976  # 2^14 buckets of 8-byte keys and 24-byte values


@pytest.mark.parametrize(("make", "maps"), [(classic_map, 40), (swiss_map, 40)], ids=["classic", "swiss"])
@pytest.mark.parametrize(("others", "speaks"), [(20_000, True), (2_000_000, False)])
def test_tables_that_no_live_object_could_fill_are_oversized(make, maps, others, speaks) -> None:  # type: ignore[no-untyped-def]
    line = make(500, hint=100_000, builds=maps, alive=maps)
    finding = first(judged(snapshot(line, plain(others * 16, size=16))))
    assert (finding.rule is Verdict.OVERSIZED_HINT) is speaks
    if speaks:
        assert kinds(finding) == [Remedy.RIGHT_SIZE]
        assert finding.value("room_entries") == pytest.approx(maps * 106_000, rel=0.1)


@families
def test_one_sized_map_of_numbers_may_be_full_without_an_object(make) -> None:  # type: ignore[no-untyped-def]
    assert first(judged(snapshot(make(800_000, hint=800_000)))).rule is Verdict.LARGE_MAP_RETAINED


@pytest.mark.parametrize("key", [None, "fast64"])
def test_where_nothing_says_that_keys_are_objects_it_is_a_suspicion(key: str | None) -> None:
    tables = booked(Kind.PRESIZE, CLASSIC, [ARRAY_OF_POINTS] * 8, [ARRAY_OF_POINTS] * 8, key=key)
    (finding,) = judged(snapshot(tables)).findings
    assert (finding.rule, finding.confidence) == (Verdict.OVERSIZED_HINT, Confidence.LOW)


@pytest.mark.parametrize(("buckets", "speaks"), [(0, True), (1_000, True), (1_400, False), (13_000, False)])
def test_classic_maps_whose_buckets_overflow_are_full(buckets: int, speaks: bool) -> None:
    """Eight shards of 100,000 points: no object stands beside a map of numbers. 1 in 100 of their 131,072 buckets."""
    tables = booked(Kind.PRESIZE, CLASSIC, [ARRAY_OF_POINTS] * 8, [ARRAY_OF_POINTS] * 8, key=None)
    overflow = booked(Kind.OVERFLOW, CLASSIC, [288] * buckets, [288] * buckets, at=site("fill", 70), key="fast64")
    assert (Verdict.OVERSIZED_HINT in rules(judged(snapshot(tables, overflow)))) is speaks


# churn_inflation


@pytest.mark.parametrize(
    ("alive", "made", "speaks"), [(120_000, 900_000, True), (120_000, 120_000, False), (300_000, 900_000, False)]
)
def test_tables_that_outgrew_a_population_which_is_replaced_are_inflated(alive: int, made: int, speaks: bool) -> None:
    sessions = booked(Kind.VALUE, None, [96] * made, [96] * alive, at=site("open", 5), key=None)
    finding = first(judged(snapshot(swiss_map(400_000), sessions)))
    assert (finding.rule is Verdict.CHURN_INFLATION) is speaks
    if speaks:
        assert kinds(finding)[0] is Remedy.RECREATE


def test_keys_that_come_from_several_lines_are_one_population() -> None:
    """Four handlers fill one cache: a quarter of its keys stands at each of them."""
    handlers = (site("handle", line) for line in (10, 20, 30, 40))
    keys = (booked(Kind.VALUE, None, [24] * 300_000, [24] * 100_000, at=at, key=None) for at in handlers)
    assert Verdict.CHURN_INFLATION not in rules(judged(snapshot(swiss_map(400_000), *keys)))


def test_a_classic_map_lays_itself_out_anew_instead() -> None:
    sessions = booked(Kind.VALUE, None, [96] * 900_000, [96] * 120_000, at=site("open", 5), key=None)
    assert Verdict.CHURN_INFLATION not in rules(judged(snapshot(classic_map(400_000), sessions)))


@pytest.mark.parametrize(
    ("version", "best"),
    [(GoVersion(24, 24), Remedy.UPGRADE), (GoVersion(26, 26), Remedy.RECREATE), (GoVersion(24), Remedy.RECREATE)],
)
def test_an_upgrade_is_the_answer_in_one_release(version: GoVersion, best: Remedy) -> None:
    """Where the population was small for the room its map was made with; full tables double in every release."""
    sessions = booked(Kind.VALUE, None, [96] * 900_000, [96] * 120_000, at=site("open", 5), key=None)
    outgrown = booked(Kind.PRESIZE, SWISS, [27_264] * 256, at=site("new", 3), key=None)
    split = booked(Kind.SPLIT, SWISS, [27_264] * 512, [27_264] * 512)
    still = snapshot(outgrown, split, sessions, stats=memstats(8), go_version=version)
    finding = first(judged(still, still))
    assert finding.rule is Verdict.CHURN_INFLATION
    assert finding.value("room_made") == 256 * 896
    assert finding.confidence is Confidence.LOW
    assert kinds(finding)[0] is best


# sync.Map


def test_a_sync_map_that_grows_is_told_by_its_nodes() -> None:
    inside = Site("internal/sync.newEntryNode[...]", "internal/sync/hashtriemap.go", 572)
    nodes = [
        booked(Kind.SYNC_MAP, None, [48] * count, [48] * count, at=inside, by=site("keep", 34), key=None)
        for count in (100_000, 400_000)
    ]
    now = snapshot(nodes[1], seconds=8, stats=memstats(8, heap=60 * MIB, total=90 * MIB, forced=2, cycles=18))
    before = snapshot(nodes[0], stats=memstats(0, heap=20 * MIB, total=40 * MIB, forced=1))
    finding = first(judged(now, before))
    assert finding.rule is Verdict.UNBOUNDED_GROWTH
    assert finding.map is None
    assert finding.culprit == site("keep", 34)
    assert finding.value("entries_inuse") == 400_000
    assert kinds(finding)[0] is Remedy.BOUND
    assert rules(judged(now, now)) == []


# savings


@families
def test_what_a_remedy_saves_is_told_by_the_hour(make) -> None:  # type: ignore[no-untyped-def]
    now = snapshot(make(60_000, builds=44), stats=memstats(8, total=100 * MIB, cycles=18, forced=2))
    before = snapshot(make(60_000, builds=40), stats=memstats(0, total=60 * MIB, cycles=10, forced=1))
    reuse = next(each for each in first(judged(now, before)).remediation if each.kind is Remedy.REUSE)
    recent = sum(item.usage.alloc_space for item in make(60_000, builds=4))
    assert reuse.hourly is not None
    assert reuse.hourly.bytes_per_hour == pytest.approx(recent * 450)
    assert reuse.hourly.cycles_per_hour == pytest.approx(7 * 450 * min(1, recent / (40 * MIB)))


# unbounded_growth


@families
def test_a_map_that_grows_in_the_window_keeps_growing(make) -> None:  # type: ignore[no-untyped-def]
    now = snapshot(make(400_000), seconds=8, stats=memstats(8, heap=90 * MIB, total=150 * MIB))
    before = snapshot(make(100_000), stats=earlier(now, heap=60 * MIB))
    finding = first(judged(now, before))
    assert finding.rule is Verdict.UNBOUNDED_GROWTH
    assert finding.confidence is Confidence.MEDIUM, "eight seconds do not prove that it never stops"
    assert kinds(finding)[:2] == [Remedy.BOUND, Remedy.EVICT]
    rate = finding.value("inuse_growth_rate")
    gained = finding.value("inuse_growth")
    assert rate is not None
    assert gained is not None
    assert rate == pytest.approx(gained / 8, rel=0.01)


def earlier(now, *, heap: float):  # type: ignore[no-untyped-def]
    """MemStats of the same process, eight seconds and two collections before."""
    stats = now.memstats
    ring = (stats.num_gc - 2 + 255) % 256
    return (
        replace(
            stats,
            heap_alloc=int(heap),
            total_alloc=stats.total_alloc - 40 * MIB,
            num_gc=stats.num_gc - 2,
            last_gc_ns=stats.last_gc_ns - 8_000_000_000,
            pause_end=stats.pause_end,
        )
        if stats.pause_end[ring] == stats.last_gc_ns - 8_000_000_000
        else replace(
            stats,
            heap_alloc=int(heap),
            total_alloc=stats.total_alloc - 40 * MIB,
            last_gc_ns=stats.last_gc_ns - 8_000_000_000,
            num_gc=0,
        )
    )


@families
def test_a_map_that_stood_still_does_not_keep_growing(make) -> None:  # type: ignore[no-untyped-def]
    still = snapshot(make(400_000), stats=memstats(8))
    assert Verdict.UNBOUNDED_GROWTH not in rules(judged(still, still))
    assert Verdict.UNBOUNDED_GROWTH not in rules(judged(still))


@families
def test_an_earlier_capture_proves_what_the_window_suggests(make) -> None:  # type: ignore[no-untyped-def]
    now = snapshot(make(1_600_000), seconds=608, stats=memstats(608, heap=300 * MIB, total=600 * MIB))
    before = snapshot(make(800_000), seconds=600, stats=earlier(now, heap=200 * MIB))
    base = snapshot(
        make(100_000), stats=replace(earlier(now, heap=50 * MIB), last_gc_ns=10**18, total_alloc=80 * MIB, num_gc=0)
    )
    finding = first(judged(now, before, base))
    assert finding.rule is Verdict.UNBOUNDED_GROWTH
    assert finding.confidence is Confidence.HIGH


def test_a_rebuilt_map_does_not_keep_growing() -> None:
    before, now = (snapshot(classic_map(60_000, builds=builds)) for builds in (40, 80))
    assert Verdict.UNBOUNDED_GROWTH not in rules(judged(now, before))


# large_map_retained


@families
def test_a_large_sized_map_that_stands_there_is_retained(make) -> None:  # type: ignore[no-untyped-def]
    finding = first(judged(snapshot(make(800_000, hint=800_000))))
    assert finding.rule is Verdict.LARGE_MAP_RETAINED
    assert kinds(finding)[0] is Remedy.RECREATE
    assert all(remedy.capacity_hint is None for remedy in finding.remediation)


@families
@pytest.mark.parametrize(("others", "speaks"), [(0.7, True), (0.9, False)])
def test_a_retained_map_is_a_fifth_of_the_heap(make, others: float, speaks: bool) -> None:  # type: ignore[no-untyped-def]
    line = make(800_000, hint=800_000)
    own = sum(item.usage.inuse_space for item in line)
    rest = plain(int(own * others / (1 - others)), size=64 * 1024)
    assert (rules(judged(snapshot(line, rest))) == [Verdict.LARGE_MAP_RETAINED]) is speaks


@families
def test_tables_below_eight_mib_are_not_worth_a_word(make) -> None:  # type: ignore[no-untyped-def]
    assert rules(judged(snapshot(make(100_000, hint=100_000)))) == []


# many_small_maps


def small(count: int, family=CLASSIC, size: int = 208, alive: float = 1.0) -> Line:  # type: ignore[no-untyped-def]
    return booked(Kind.FIRST, family, [size] * count, [size] * int(count * alive))


@pytest.mark.parametrize("family", [CLASSIC, SWISS])
def test_very_many_small_maps_are_counted(family) -> None:  # type: ignore[no-untyped-def]
    finding = first(judged(snapshot(small(60_000, family))))
    assert finding.rule is Verdict.MANY_SMALL_MAPS
    assert finding.value("maps_inuse") == 60_000
    assert kinds(finding)[0] is Remedy.FLATTEN


def test_small_maps_made_and_dropped_are_a_finding_too_if_they_dominate() -> None:
    finding = first(judged(snapshot(small(200_000, alive=0.001))))
    assert finding.rule is Verdict.MANY_SMALL_MAPS
    assert Remedy.REUSE in kinds(finding)


@pytest.mark.parametrize("count", [9_000, 30_000])
def test_some_small_maps_are_nothing(count: int) -> None:
    assert rules(judged(snapshot(small(count, alive=0.5), plain(60 * MIB)))) == []


# slice_growth


def appended(rounds: int = 60, at: Site | None = None) -> Line:
    sizes = [4096, 5376, 6912, 9472, 12288, 16384, 21760, 27264, 40960, 49152]
    return booked(Kind.SLICE, None, sizes * rounds, sizes[-1:], at=at or site("rows", 12), key=None)


def test_slices_that_grow_are_named_and_are_no_map() -> None:
    finding = first(judged(snapshot(appended())))
    assert finding.rule is Verdict.SLICE_GROWTH
    assert finding.map is None
    assert finding.confidence is not Confidence.HIGH
    assert kinds(finding) == [Remedy.PRESIZE_SLICE]


def test_slices_are_a_quarter_of_all_allocations_or_nothing() -> None:
    own = sum(item.usage.alloc_space for item in appended())
    assert rules(judged(snapshot(appended(), plain(int(own * 2.5), alive=False)))) == [Verdict.SLICE_GROWTH]
    assert rules(judged(snapshot(appended(), plain(int(own * 3.5), alive=False)))) == []


def test_a_map_outranks_a_slice() -> None:
    found = judged(snapshot(appended(400), swiss_map(400_000)))
    assert rules(found) == [Verdict.GROWTH_STORM, Verdict.SLICE_GROWTH]


# Who claims a line, and in what order


@families
def test_a_line_has_one_finding(make) -> None:  # type: ignore[no-untyped-def]
    """This one is large, grown without a size, and a good part of the live heap."""
    found = judged(snapshot(make(2_000_000)))
    assert rules(found) == [Verdict.GROWTH_STORM]


def test_findings_are_ranked_by_their_share() -> None:
    found = judged(
        snapshot(
            classic_map(150_000, at=site("small", 1)),
            classic_map(1_200_000, at=site("large", 2)),
            classic_map(600_000, at=site("middle", 3)),
        ),
        thresholds=replace(DEFAULT, min_alloc_share=0.01),
    )
    assert [finding.culprit.line for finding in found.findings] == [2, 3, 1]
    weights = [finding.weight for finding in found.findings]
    assert weights == sorted(weights, reverse=True)
    assert found.verdict is found.findings[0].rule


def test_equal_findings_have_a_stable_order() -> None:
    lines = [classic_map(600_000, at=site(name, 1)) for name in ("b", "a", "c")]
    names = [finding.culprit.function[-1] for finding in judged(snapshot(*lines)).findings]
    assert names == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("min_growth_bytes", 1e12, classic_map(600_000)),
        ("min_alloc_share", 1.1, classic_map(600_000)),
        ("min_growths", 99, classic_map(600_000)),
        ("max_small_table_bytes", 1e12, classic_map(600_000)),
        ("min_builds", 99, classic_map(60_000, builds=40)),
        ("min_retained_bytes", 1e12, classic_map(800_000, hint=800_000)),
        ("min_retained_share", 1.1, classic_map(800_000, hint=800_000)),
        ("min_small_maps", 1e9, small(60_000)),
        ("min_slice_share", 1.1, appended()),
    ],
)
def test_every_threshold_can_be_set_for_a_service(name: str, value: float, line: Line) -> None:
    quiet_otherwise = (
        replace(DEFAULT, min_retained_share=1.1) if name.startswith(("min_g", "min_alloc", "min_b", "max")) else DEFAULT
    )
    usual = rules(judged(snapshot(line), thresholds=quiet_otherwise))
    raised = rules(judged(snapshot(line), thresholds=replace(quiet_otherwise, **{name: value})))
    assert usual
    assert raised != usual


# No problem


def test_without_a_finding_the_answer_says_what_dominates_instead() -> None:
    found = judged(snapshot(plain(40 * MIB, at=site("cache", 3)), plain(10 * MIB), plain(MIB, at=site("x", 5))))
    assert found.verdict is Verdict.NO_MAP_PROBLEM
    assert found.confidence is Confidence.HIGH
    assert [each.culprit.line for each in found.dominant] == [3, 9, 5]
    assert found.dominant[0].share == pytest.approx(40 / 51, rel=0.01)


def test_nothing_seen_in_a_few_samples_is_no_certainty() -> None:
    assert judged(snapshot(plain(4096))).confidence is Confidence.MEDIUM
    assert judged(snapshot(plain(40 * MIB), named=False)).confidence is Confidence.LOW


def test_an_empty_snapshot_is_no_problem() -> None:
    found = judged(snapshot())
    assert (found.verdict, found.dominant, found.live_heap) == (Verdict.NO_MAP_PROBLEM, (), 0.0)


# Advice


@pytest.mark.parametrize(
    ("entries", "clear", "hint"),
    [
        (Entries(1000, 1500, 2000), True, 2000),
        (Entries(1000, 1500, int(1000 * WIDEST_RANGE)), True, 5000),
        (Entries(1000, 1500, int(1000 * WIDEST_RANGE) + 1), True, None),
        (Entries(1000, 1500, 2000), False, None),
        (None, True, None),
    ],
)
def test_a_hint_is_never_invented(entries: Entries | None, clear: bool, hint: int | None) -> None:
    estimate = MapEstimate(
        implementation=CLASSIC,
        key_kind=None,
        slot_bytes=24,
        entries=entries,
        growths=9,
        builds=1,
        hinted=False,
        clear=clear,
    )
    assert capacity_hint(estimate) == hint
    assert capacity_hint(None) is None


@given(st.integers(2_000, 3_000_000), st.integers(16, 100_000))
def test_a_swiss_hint_costs_what_the_map_has_today_or_is_not_given(entries: int, samples: int) -> None:
    """One entry beyond a power of two of tables would double them."""
    today = SwissMap(24).fill(entries)
    estimate = MapEstimate(
        implementation=SWISS,
        key_kind=None,
        slot_bytes=24,
        entries=swiss_entries(today.tables, samples),
        growths=9,
        builds=1,
        hinted=False,
    )
    hint = capacity_hint(estimate)
    if hint is None:
        assert samples < 64, "the range is narrow enough"
    else:
        assert hint >= entries
        assert SwissMap(24, hint).made == today.alive


@pytest.mark.parametrize(
    ("tables", "samples", "hint"),
    [
        (949, 96, 1024 * 896),
        (606, 91, None),
        (1400, 1000, None),
        (1400, 30, None),
        (1100, 60, 1024 * 896),
        (1024, 8, None),
        (1024, 40, 1024 * 896),
        (1500, 16, None),
        (1.2, 500, None),
        (2.1, 500, 2 * 896),
    ],
)
def test_a_swiss_hint_is_a_whole_power_of_two_of_tables(tables: float, samples: float, hint: int | None) -> None:
    entries = swiss_entries(tables, samples)
    estimate = MapEstimate(SWISS, None, 24, entries, growths=9, builds=1, hinted=False)
    assert capacity_hint(estimate) == hint


@pytest.mark.parametrize(
    ("function", "advised"),
    [
        ("encoding/json.(*decodeState).object", True),
        ("encoding/json/v2.makeMapArshaler.func2", True),
        ("encoding/gob.(*Decoder).decodeMap", True),
        ("reflect.Value.SetMapIndex", True),
        ("reflect.mapassign_faststr0", True),
        ("maps.Copy[...]", False),
        ("example.com/svc/catalog.put", False),
        ("example.com/encoding/json.Decode", False),
    ],
)
@pytest.mark.parametrize("builds", [1, 20])
def test_a_map_that_a_decoder_fills_wants_a_type(function: str, advised: bool, builds: int) -> None:
    line = tuple(
        item._replace(site=Site(function, "decode.go", 7)) for item in classic_map(300_000, slot=32, builds=builds)
    )
    finding = first(judged(snapshot(line)))
    assert (kinds(finding)[0] is Remedy.TYPED_DECODE) is advised
    assert finding.culprit == site()


def test_small_maps_of_a_decoder_want_a_type_rather_than_fields() -> None:
    line = tuple(item._replace(site=Site("encoding/json.(*decodeState).object", "d.go", 7)) for item in small(60_000))
    assert kinds(first(judged(snapshot(line)))) == [Remedy.TYPED_DECODE]


# Values over 128 bytes


def test_large_values_of_a_classic_map_are_no_small_maps() -> None:
    """The runtime stores them one by one, under the same frames as a map's first bucket."""
    entries = booked(Kind.FIRST, CLASSIC, [208] * 100_000, [208] * 100_000, key="generic")
    tables = tuple(item._replace(event=item.event._replace(key_kind="generic")) for item in classic_map(100_000))
    finding = first(judged(snapshot(tables, entries)))
    assert finding.rule is Verdict.GROWTH_STORM
    assert finding.map is not None
    assert finding.map.slot_bytes == 24
