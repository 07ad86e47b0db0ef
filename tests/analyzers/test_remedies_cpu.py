"""What a CPU profile changes in the advice: who may be told of sync.Map, of swapping maps, and who of neither."""

import pytest

from analyzers.compare import compare
from analyzers.cpu import Band, CPUProfile
from analyzers.diagnose import diagnose
from analyzers.finding import Diagnosis, Remedy, Verdict
from analyzers.thresholds import DEFAULT
from tests.analyzers.cpus import cpu_profile, stack
from tests.analyzers.scenes import classic_map, site, snapshot
from tests.analyzers.texts import Frame

PUT = site()
READER = Frame("example.com/svc/catalog.Find", "example.com/svc/catalog/find.go", 12)
WRITER = Frame(PUT.function, PUT.filename, PUT.line)
READS = {Band.WRITE_HEAVY: 5, Band.BALANCED: 50, Band.READ_MOSTLY: 500, Band.READ_DOMINATED: 5000}
bands = pytest.mark.parametrize("band", list(Band))


def access(band: Band) -> CPUProfile:
    """Maps with string keys of PUT's package, accessed in that ratio."""
    if band is Band.UNKNOWN:
        return cpu_profile((5, stack("runtime.mapaccess2_faststr", READER)))
    reads = stack("runtime.mapaccess2_faststr", READER)
    writes = stack("runtime.mapassign_faststr", WRITER)
    growth = stack("runtime.hashGrow", "runtime.mapassign_faststr", WRITER)
    return cpu_profile((READS[band], reads), (50, writes), (40, growth))


def judged(verdict: Verdict, cpu: CPUProfile | None) -> Diagnosis:
    """A map of that verdict."""
    now, before = snapshot(classic_map(600_000)), None
    if verdict is Verdict.REBUILD_CHURN:
        now = snapshot(classic_map(60_000, builds=40))
    if verdict is Verdict.UNBOUNDED_GROWTH:
        before, now = snapshot(classic_map(100_000)), snapshot(classic_map(400_000), seconds=8)
    diagnosis = diagnose(compare(now, before, None), DEFAULT, cpu=cpu)
    assert diagnosis.verdict is verdict
    return diagnosis


def advised(verdict: Verdict, cpu: CPUProfile | None) -> set[Remedy]:
    return {remedy.kind for remedy in judged(verdict, cpu).findings[0].remediation}


@bands
def test_a_finding_carries_the_band_of_its_maps_and_its_own_growth(band: Band) -> None:
    ops = judged(Verdict.GROWTH_STORM, access(band)).findings[0].ops
    assert ops is not None
    assert ops.band is band
    if band is not Band.UNKNOWN:
        assert ops.growth == 40 / (READS[band] + 90)
        assert ops.read == 0, "the look-ups are on another line"


@bands
def test_a_map_filled_once_is_a_case_for_sync_map_where_reads_dominate_or_nobody_knows(band: Band) -> None:
    found = advised(Verdict.GROWTH_STORM, access(band))
    assert Remedy.PRESIZE in found
    assert (Remedy.SYNC_MAP in found) == (band in (Band.READ_DOMINATED, Band.UNKNOWN))
    assert (Remedy.AVOID_HOT_UPDATE in found) == (band is Band.READ_DOMINATED)


@bands
def test_a_map_that_is_rebuilt_is_swapped_where_reads_dominate_or_nobody_knows(band: Band) -> None:
    found = advised(Verdict.REBUILD_CHURN, access(band))
    assert (Remedy.AVOID_HOT_UPDATE in found) == (band in (Band.READ_DOMINATED, Band.UNKNOWN))
    assert Remedy.SYNC_MAP not in found


@bands
def test_a_map_that_only_grows_is_bounded_whoever_reads_it(band: Band) -> None:
    found = advised(Verdict.UNBOUNDED_GROWTH, access(band))
    assert Remedy.BOUND in found
    assert (Remedy.SYNC_MAP in found) == (band is Band.READ_DOMINATED)
    assert Remedy.AVOID_HOT_UPDATE not in found


def test_without_a_cpu_profile_the_advice_is_that_of_an_unknown_band() -> None:
    for verdict in (Verdict.GROWTH_STORM, Verdict.REBUILD_CHURN, Verdict.UNBOUNDED_GROWTH):
        assert advised(verdict, None) == advised(verdict, access(Band.UNKNOWN))
        assert judged(verdict, None).findings[0].ops is None


def test_a_map_that_is_read_by_another_package_only_looks_written() -> None:
    """What the docstring of `cpu.py` owns up to: then sync.Map is not advised, which costs nobody anything."""
    away = READER._replace(function="example.com/svc/api.Find")
    cpu = cpu_profile(
        (5000, stack("runtime.mapaccess2_faststr", away)), (50, stack("runtime.mapassign_faststr", WRITER))
    )
    assert Remedy.SYNC_MAP not in advised(Verdict.GROWTH_STORM, cpu)
