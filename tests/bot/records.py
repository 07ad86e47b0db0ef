"""Records for tests of the outside, and the strategies that make any record hypothesis can think of."""

import time
from collections.abc import Awaitable, Callable

from hypothesis import strategies as st

from analyzers.compare import Basis
from analyzers.finding import Comparison, Confidence, Diagnosis, Verdict
from analyzers.gc import GCFigures
from analyzers.leaves import Leaves
from analyzers.memory import Mark
from analyzers.names.frames import Event, Implementation, Kind
from analyzers.names.goversion import GoVersion, exactly
from analyzers.profile import MemStats, Site, Source, Usage
from analyzers.sites import Place, SiteUsage
from analyzers.snapshot import Snapshot
from handlers.records import Capture, Instance, Outcome, Remembered, Request, Service, Trigger

SERVICE = Service("svc-orders", (Instance("orders-0", "http://127.0.0.1:1/debug/pprof"),), "#incidents")


def request(identity: str = "r1", *, instances: tuple[str, ...] = ("orders-0",), at: float = 1000.0) -> Request:
    return Request(identity, "svc-orders", instances, at, "U0ANA")


def capture(identity: str = "r1", instance: str = "orders-0", *, at: float = 1000.0) -> Capture:
    return Capture(f"{identity}.{instance}", request(identity, at=at), instance)


def snapshot(captured_at: float = 1000.0, lines: int = 3) -> Snapshot:
    usage = tuple(
        SiteUsage(
            Site(
                f"example.com/orders/internal/cache.(*Store{n % 17}).Put", f"/src/orders/internal/cache/s{n % 17}.go", n
            ),
            Site(f"main.handle{n % 29}", f"/src/orders/cmd/h{n % 29}.go", 10 + n),
            Event(Kind.GROWTH, Implementation.SWISS, "faststr"),
            128 << n % 7,
            Usage(3.7 * n, 12345.678 * n, 1.25 * n, 999.5 * n),
        )
        for n in range(lines)
    )
    return Snapshot(captured_at, Source.TEXT, 524288, usage, build_id="b1", go_version=exactly("go1.27.3"))


def diagnosis() -> Diagnosis:
    return Diagnosis(
        captured_at=1000.0,
        verdict=Verdict.NO_MAP_PROBLEM,
        confidence=Confidence.HIGH,
        findings=(),
        gc=GCFigures(),
        source=Source.TEXT,
        named=True,
        implementation=None,
        go_version=exactly("go1.27.3"),
        comparison=Comparison(Basis.FIRST, None, None, None),
        live_heap=1e6,
        dominant=(),
    )


async def until(holds: Callable[[], Awaitable[bool]], *, within_s: float = 10.0) -> None:
    """Polls with a deadline."""
    import asyncio

    deadline = time.monotonic() + within_s
    while not await holds():
        assert time.monotonic() < deadline, "not in time"
        await asyncio.sleep(0.01)


numbers = st.floats(allow_nan=False, allow_infinity=False)
counts = st.integers(0, 2**63 - 1)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
minors = st.none() | st.integers(0, 99)
sites = st.builds(Site, texts, texts, st.integers(0, 10**6))
events = st.builds(
    Event,
    st.sampled_from(Kind),
    st.none() | st.sampled_from(Implementation),
    st.none() | st.sampled_from(["faststr", "fast64", "generic"]),
)
usages = st.builds(Usage, numbers, numbers, numbers, numbers)
rows = st.builds(SiteUsage, sites, sites, events, counts, usages)
rings = st.lists(counts, max_size=4).map(tuple)
memstats = st.builds(MemStats, *[counts] * 8, gc_cpu_fraction=numbers, pause_ns=rings, pause_end=rings)
places = st.frozensets(st.builds(Place, texts, st.integers(0, 10**6), texts, st.integers(0, 10**6)), max_size=3)
go_versions = st.builds(GoVersion, minors, minors, st.none() | texts)
shares = st.dictionaries(st.lists(texts, max_size=3).map(tuple), st.floats(0, 1), min_size=1, max_size=3)
calls = st.dictionaries(counts, st.dictionaries(counts, shares, min_size=1, max_size=3), max_size=4)
leaves = st.builds(Leaves, texts, go_versions, calls)
snapshots = st.builds(
    Snapshot,
    captured_at=numbers,
    source=st.sampled_from(Source),
    period=st.integers(0, 2**40),
    usage=st.lists(rows, max_size=8).map(tuple),
    memstats=st.none() | memstats,
    build_id=texts,
    go_version=go_versions,
    named=st.booleans(),
    process=counts,
    growing=places,
    guessed=places,
    anchors=st.dictionaries(texts, st.integers(0, 2**64 - 1), max_size=4),
    gc=st.none() | st.builds(GCFigures, *[st.none() | numbers] * 5),
    oldest=st.none() | st.builds(Mark, counts, counts, numbers, numbers),
)
names = st.lists(texts, max_size=4).map(tuple)
requests = st.builds(
    Request, texts, texts, names, numbers, texts, incident=st.none() | texts, trigger=st.sampled_from(Trigger)
)
captures = st.builds(Capture, texts, requests, texts)
outcomes = st.builds(Outcome, texts, st.none() | texts, texts, st.none() | texts, numbers, numbers, numbers)
remembered = st.builds(Remembered, numbers, texts, texts, texts, numbers)
