"""What CPU samples say of maps: the classes of names, the lines, the band, and that nothing else can happen."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.cpu import (
    LEAST_SAMPLES,
    Band,
    Counts,
    CPUProfile,
    LineSamples,
    Traffic,
    band_of,
    merged,
)
from analyzers.errors import MalformedProfile, NotACPUProfile, NotAHeapProfile, ProfileError, TruncatedProfile
from analyzers.names.accesses import Access, access_of, is_gc, keys_of
from analyzers.profile import Site
from analyzers.reading import cpuproto, heapproto
from tests.analyzers.cpus import PERIOD_NS, SECONDS, cpu_profile, cpu_proto, stack, user
from tests.analyzers.protos import Builder, Stack, proto
from tests.analyzers.recordings import PROFILES
from tests.corpus import HERE as CORPUS

MAPS = "internal/runtime/maps."
PUT, FIND, LOAD = user("(*Catalog).put", 64), user("(*Catalog).Find", 57), user("Load", 41)
HANDLE = user("Serve", 9, "example.com/svc/api")
PROFILE_HEAP = proto()


def recorded(build: str, name: str) -> CPUProfile:
    folder = PROFILES if build.startswith("go") else CORPUS
    return cpuproto.read((folder / build / name / "cpu.pb.gz").read_bytes())


def totals(profile: CPUProfile) -> Counts:
    total = Counts()
    for line in profile.lines:
        total = total.plus(line.counts)
    return total


# Names


@pytest.mark.parametrize(
    ("names", "access"),
    [
        ("runtime.mapaccess1 runtime.mapaccess1_fast32 runtime.mapaccess2_faststr runtime.mapaccess1_fat", Access.READ),
        ("runtime.mapassign runtime.mapassign_fast64ptr runtime.mapassign_faststr", Access.WRITE),
        ("runtime.mapdelete runtime.mapdelete_fast64", Access.DELETE),
        ("runtime.mapiterinit runtime.mapiternext runtime.mapIterStart runtime.mapIterNext", Access.ITERATE),
        (MAPS + "(*Iter).Next", Access.ITERATE),
        ("runtime.hashGrow runtime.growWork runtime.growWork_fast64 runtime.evacuate", Access.GROWTH),
        ("runtime.evacuate_fast32 runtime.evacuate_faststr", Access.GROWTH),
        (" ".join(MAPS + each for each in ("(*table).rehash", "(*table).grow", "(*table).split")), Access.GROWTH),
        (MAPS + "(*Map).growToTable", Access.GROWTH),
        ("runtime.evacuated runtime.mallocgc runtime.makemap runtime.mapclone2 runtime.mapclear", None),
        ("example.com/svc.mapaccess1 example.com/svc.(*table).grow reflect.mapassign0", None),
        (MAPS + "(*Map).getWithKeySmall " + MAPS + "ctrlGroup.matchH2", None),
    ],
)
def test_names_have_their_class(names: str, access: Access | None) -> None:
    assert {access_of(name) for name in names.split()} == {access}


def test_what_collects_garbage() -> None:
    names = "gcBgMarkWorker gcBgMarkWorker.func2 gcDrain gcDrainMarkWorkerIdle gcAssistAlloc gcAssistAlloc1 bgsweep"
    assert all(is_gc(f"runtime.{name}") for name in f"{names} bgscavenge".split())
    assert not any(is_gc(name) for name in ("runtime.GC", "runtime.mallocgc", "example.com/svc.gcDrain"))


def test_pointer_keys_are_those_that_look_ups_do_not_tell_apart() -> None:
    assert keys_of("runtime.mapassign_fast64ptr") == keys_of("runtime.mapaccess2_fast64") == "fast64"
    assert keys_of("runtime.mapassign") == keys_of("runtime.mapaccess1_fat") == "generic"
    assert keys_of("runtime.mapiternext") == keys_of("runtime.growWork_fast64") == ""


# Lines


def test_a_sample_counts_for_the_line_that_calls_the_map() -> None:
    profile = cpu_profile(
        (3, stack("runtime.memhash64", "runtime.mapaccess2_fast64", FIND, HANDLE)),
        (2, stack("runtime.mapassign_fast64", PUT, LOAD)),
        (4, stack("runtime.evacuate_fast64", "runtime.growWork_fast64", "runtime.mapassign_fast64", PUT, LOAD)),
        (1, stack("runtime.mapdelete_fast64", PUT, LOAD)),
        (5, stack("runtime.mapiternext", FIND)),
        (7, stack(HANDLE)),
    )
    assert (profile.seconds, profile.period, profile.samples, profile.gc) == (SECONDS, PERIOD_NS, 22, 0)
    assert [(line.site.line, line.keys, line.counts) for line in profile.lines] == [
        (57, "", Counts(iterate=5)),
        (57, "fast64", Counts(read=3)),
        (64, "fast64", Counts(write=2, delete=1, growth=4)),
    ]


def test_growth_is_no_write_whatever_its_order() -> None:
    swiss = stack(MAPS + "(*table).split", MAPS + "(*table).rehash", "runtime.mapassign_faststr", PUT)
    deleting = stack("runtime.evacuate", "runtime.growWork", "runtime.mapdelete", PUT)
    assert totals(cpu_profile((6, swiss), (2, deleting))) == Counts(growth=8)


def test_a_plain_look_up_that_asks_whether_a_bucket_moved_is_no_growth() -> None:
    assert totals(cpu_profile((1, stack("runtime.evacuated", "runtime.mapaccess1", FIND)))) == Counts(read=1)


def test_helpers_of_other_packages_below_the_map_are_not_the_line() -> None:
    (line,) = cpu_profile(
        (1, stack(user("memequal", 12, "internal/bytealg"), "runtime.mapaccess2_faststr", FIND, HANDLE))
    ).lines
    assert line.site.line == line.culprit.line == 57


def test_glue_between_map_and_code_is_the_site_and_the_code_the_culprit() -> None:
    glue = user("Value.SetMapIndex", 400, "reflect")
    (line,) = cpu_profile((1, stack("runtime.mapassign_faststr", "reflect.mapassign_faststr0", glue, LOAD))).lines
    assert (line.site.function, line.culprit.function) == ("reflect.Value.SetMapIndex", "example.com/svc/catalog.Load")


def test_what_the_profiler_does_with_its_own_maps_is_nobodys() -> None:
    lookup = user("(*profMap).lookup", 40, "runtime/pprof")
    profile = cpu_profile((9, stack("runtime.mapaccess1_fast64", lookup)))
    assert (profile.samples, profile.lines) == (9, ())


def test_a_collection_inside_of_a_write_is_both() -> None:
    assisting = stack("runtime.gcDrainN", "runtime.gcAssistAlloc", "runtime.mallocgc", "runtime.mapassign", PUT)
    profile = cpu_profile((3, assisting), (5, stack("runtime.gcDrain", "runtime.gcBgMarkWorker")), (2, stack(HANDLE)))
    assert (profile.gc, totals(profile)) == (8, Counts(write=3))
    assert Traffic(profile).figures().gc_share == 0.8


def test_an_idle_service_has_a_profile_without_samples() -> None:
    figures = Traffic(cpu_profile()).figures()
    assert (figures.samples, figures.gc_share, figures.lines) == (0, None, ())


def test_closures_with_two_names_are_one_line() -> None:
    one, other = Site("p.f.func1", "p/f.go", 3), Site("p.g.f.func1", "p/f.go", 3)
    lines = [LineSamples(each, each, "fast64", Counts(read=2)) for each in (other, one)]
    assert merged(lines) == merged(lines[::-1]) == (LineSamples(one, one, "fast64", Counts(read=4)),)


# The band


@pytest.mark.parametrize(
    ("reads", "writes", "band"),
    [
        (0, 0, Band.UNKNOWN),
        (LEAST_SAMPLES - 1, 0, Band.UNKNOWN),
        (0, 40, Band.WRITE_HEAVY),
        (30, 30, Band.BALANCED),
        (16, 38, Band.BALANCED),
        (68, 7, Band.READ_MOSTLY),
        (500, 50, Band.READ_MOSTLY),
        (30, 0, Band.READ_MOSTLY),  # none of so few may be one of ten as well
        (48, 0, Band.READ_DOMINATED),
        (600, 10, Band.READ_DOMINATED),
    ],
)
def test_the_band_is_an_order_of_magnitude(reads: int, writes: int, band: Band) -> None:
    assert band_of(reads, writes) is band


@given(st.integers(0, 10_000), st.integers(0, 10_000), st.integers(1, 1000))
def test_more_reads_never_lower_the_band_and_more_writes_never_raise_it(reads: int, writes: int, more: int) -> None:
    order = [Band.WRITE_HEAVY, Band.BALANCED, Band.READ_MOSTLY, Band.READ_DOMINATED]
    now, read, written = band_of(reads, writes), band_of(reads + more, writes), band_of(reads, writes + more)
    if now is not Band.UNKNOWN:
        assert order.index(written) <= order.index(now) <= order.index(read)


def test_a_band_is_of_the_maps_with_such_keys_in_that_package() -> None:
    elsewhere = user("Names", 5, "example.com/svc/other")
    traffic = Traffic(
        cpu_profile(
            (60, stack("runtime.mapaccess2_faststr", FIND)),
            (2, stack("runtime.mapassign_faststr", PUT)),
            (40, stack("runtime.mapassign_fast64", LOAD)),
            (90, stack("runtime.mapassign_faststr", elsewhere)),
        )
    )
    site = Site(PUT.function, PUT.file, PUT.line)
    put = traffic.at(site, site, "faststr")
    assert (put.band, put.write, put.read) == (Band.READ_MOSTLY, 2 / 192, 0.0)
    assert traffic.at(site, site, "fast64ptr").band is Band.WRITE_HEAVY
    assert traffic.at(site, site, None).band is Band.UNKNOWN, "which of the package's maps it is, nobody says"
    unseen = site._replace(line=99)
    assert (traffic.at(unseen, unseen, "faststr").band, traffic.at(unseen, unseen, "faststr").share) == (put.band, 0.0)
    copy = Site("maps.Copy[...]", "maps/maps.go", 60)
    assert traffic.at(copy, site, "faststr").band is put.band, "package maps has none of its own"


def test_the_busiest_lines_come_first_and_are_few() -> None:
    lines = [(count, stack("runtime.mapaccess1", user("F", count))) for count in range(1, 30)]
    figures = Traffic(cpu_profile(*lines)).figures()
    assert [line.site.line for line in figures.lines] == list(range(29, 19, -1))


# Real services


@pytest.mark.parametrize("build", ["go1.23.9", "go1.27.3"])
def test_a_table_built_without_a_size_grows_for_a_good_part_of_its_time(build: str) -> None:
    busiest = Traffic(recorded(build, "rebuild_churn")).figures().lines[0]
    assert (busiest.culprit.filename, busiest.culprit.line) == (
        "example.com/svc-pricing/internal/tariff/board.go",
        53,
    )
    assert busiest.growth > 0.1
    assert busiest.read == busiest.iterate == 0


@pytest.mark.parametrize("build", ["go1.23.9", "go1.27.3"])
def test_a_cache_at_a_steady_size_deletes_and_never_grows(build: str) -> None:
    total = totals(recorded(build, "lru_steady"))
    assert total.delete
    assert total.read
    assert not total.growth


@pytest.mark.parametrize("build", ["1.23.9", "1.27.3"])
def test_ten_look_ups_for_each_update_are_read_mostly(build: str) -> None:
    profile = recorded(build, "mixed_access")
    assert {line.band for line in Traffic(profile).figures().lines} == {Band.READ_MOSTLY}
    assert profile.seconds == pytest.approx(SECONDS, abs=1)


# Hostile bytes


REAL = gzip.decompress((PROFILES / "go1.27.3" / "rebuild_churn" / "cpu.pb.gz").read_bytes())


def survives(data: bytes) -> None:
    try:
        profile = cpuproto.read(data, limit=1_000_000)
    except ProfileError:
        return
    Traffic(profile).figures()


@pytest.mark.parametrize(
    "data", [b"", b"<html>Sign in</html>", PROFILE_HEAP, Builder(("contentions", "delay")).bytes()]
)
def test_anything_else_is_no_cpu_profile(data: bytes) -> None:
    with pytest.raises((NotACPUProfile, MalformedProfile)):
        cpuproto.read(data)


def test_a_cpu_profile_is_no_heap() -> None:
    with pytest.raises(NotAHeapProfile):
        heapproto.read(cpu_proto())


def test_a_profile_that_breaks_off_is_told_apart() -> None:
    with pytest.raises(TruncatedProfile):
        cpuproto.read(gzip.compress(REAL)[:-20])


def deep(frames: int) -> Stack:
    return tuple(user("F", 1) for _ in range(frames))


@pytest.mark.parametrize(
    "data",
    [
        cpu_proto((-1, stack(PUT))),
        cpu_proto((1, deep(2000))),
        cpu_proto(*[(2**62, stack(PUT))] * 3),
        cpu_proto(period=0),
        cpu_proto(seconds=-1),
        Builder(("samples", "cpu"), PERIOD_NS).sample([1], (PUT,)).bytes(),
    ],
    ids=["negative", "deep", "more than 64 bits", "no period", "negative time", "one value"],
)
def test_nonsense_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedProfile):
        cpuproto.read(data)


def test_a_small_answer_cannot_become_a_large_one() -> None:
    with pytest.raises(MalformedProfile):
        cpuproto.read(gzip.compress(bytes(cpuproto.MAX_INFLATED + 1)))


@given(st.binary(max_size=300))
def test_any_bytes_are_survived(data: bytes) -> None:
    survives(data)


@given(st.integers(0, len(REAL) - 1), st.binary(min_size=1, max_size=8))
def test_a_damaged_profile_is_survived(at: int, patch: bytes) -> None:
    survives(REAL[:at] + patch + REAL[at + len(patch) :])
