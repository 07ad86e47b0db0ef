"""The list of scenes: each a story that the pictures and, where it says so, the page are drawn of. One table.

Knows what is worth looking at, not how it is drawn. What to look for is said with each, for whoever looks.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from analyzers.compare import Basis
from analyzers.finding import Verdict
from handlers.notes import TrendPicture
from handlers.records import Instance, Service
from tests.scenes.stage import CLASSIC, FAMILIES, RISING, SWISS, Story, grown, merged, renamed, story, trend


class Scene(NamedTuple):
    """`name` is its file's, `shows` what to look at. With a `page` the report is drawn as well."""

    name: str
    shows: str
    of: Callable[[], Story]
    page: bool = False


class Trend(NamedTuple):
    """The picture of /mapstorm history."""

    name: str
    shows: str
    of: Callable[[], TrendPicture]


# Where each verdict is recorded. Classic maps lay themselves out anew where Swiss ones split, so they cannot inflate.
RECORDED = {
    Verdict.GROWTH_STORM: "growth_storm",
    Verdict.REBUILD_CHURN: "rebuild_churn",
    Verdict.UNBOUNDED_GROWTH: "unbounded_growth",
    Verdict.LARGE_MAP_RETAINED: "large_map_retained",
    Verdict.MANY_SMALL_MAPS: "many_small_maps",
    Verdict.SLICE_GROWTH: "slice_growth",
    Verdict.OVERSIZED_HINT: "tenant_limits",
    Verdict.CLONE_STORM: "node_registry",
    Verdict.CHURN_INFLATION: "session_directory",
    Verdict.NO_MAP_PROBLEM: "lru_steady",
}
SWISS_ONLY = frozenset({Verdict.CHURN_INFLATION})
WITH_PAGE = frozenset({Verdict.GROWTH_STORM, Verdict.CLONE_STORM, Verdict.NO_MAP_PROBLEM, Verdict.REBUILD_CHURN})
LIMIT = 200 * 2**20
LONG = "github.com/a-company-with-a-long-name/platform-services/internal/warehouse/inventory/reconciliation"
# What a name may hold that wants to be more than text: markup, a script, a change of direction, an escape code.
HOSTILE = '</text><script>alert(1)</script>"&<!channel>\u202egnp.exe\u0007 '


def _verdict(verdict: Verdict, build: str) -> Scene:
    name = RECORDED[verdict]
    later = verdict is Verdict.UNBOUNDED_GROWTH
    return Scene(
        f"{verdict.value}-{FAMILIES[build].value}",
        f"{verdict.value.replace('_', ' ')}, {FAMILIES[build].value} maps ({name} under Go {build})",
        lambda: story(build, name, later=later),
        page=verdict in WITH_PAGE,
    )


def _first() -> Story:
    told = story(CLASSIC, "growth_storm")
    return told._replace(trend=told.trend[-1:])


def _no_past() -> Story:
    return story(CLASSIC, "growth_storm")._replace(trend=())


def _restarted(basis: Basis) -> Story:
    """Another process two captures ago, and another one now."""
    told = story(CLASSIC, "growth_storm")
    found = told.diagnosis
    compared = found.comparison._replace(basis=basis, age=1_200.0, live_change=-0.9 * found.live_heap)
    heights = (0.5, 0.9, 1.3, 1.7, 2.1, 0.4, 0.8, 1.2, 1.6, 1.9, 1.0)
    past = trend(found, heights, new={5: Basis.NEW_BUILD, 10: basis})
    return told._replace(diagnosis=found._replace(comparison=compared), trend=past)


def _nothing() -> Story:
    """A service that has hardly allocated: no finding, no tables, no past."""
    told = story(SWISS, "idle")
    bare = told.diagnosis._replace(live_heap=0.0, live_tables=0.0, dominant=(), findings=())
    return told._replace(diagnosis=bare, trend=())


def _outlier() -> Story:
    """Three instances captured together, of which one grows."""
    told = story(SWISS, "unbounded_growth", later=True)
    well = story(SWISS, "lru_steady").diagnosis
    peers = (("orders-1", well), ("orders-2", well._replace(live_heap=well.live_heap * 1.1)))
    return told._replace(peers=peers)


def _long_names() -> Story:
    told = renamed(
        story(CLASSIC, "growth_storm"),
        lambda name: f"{LONG}.(*ReconciliationCatalogue[...]).{name.rpartition('.')[2] * 6}",
        lambda name: f"/home/builder/go/src/{LONG}/{name}",
    )
    name = "checkout-orders-reconciliation-7c9f4d6b8f-x2k9p-eu-central-1b"
    past = tuple(line._replace(instance=name) for line in told.trend)
    known = replace(told.service, name=f"svc-{'very-' * 12}long", instances=(Instance(name, ""),))
    return told._replace(service=known, instance=name, trend=past)


def _hostile() -> Story:
    told = renamed(story(CLASSIC, "growth_storm"), lambda name: HOSTILE + name, lambda name: HOSTILE + name)
    past = tuple(line._replace(instance=HOSTILE, culprit=HOSTILE) for line in told.trend)
    known = replace(told.service, name=HOSTILE, instances=(Instance(HOSTILE, ""),))
    return told._replace(service=known, instance=HOSTILE, trend=past)


def _history(told: Story) -> TrendPicture:
    return TrendPicture(told.service, told.trend)


def _fleet() -> TrendPicture:
    """Four instances of which one grows; a new build in the middle."""
    ill, well = story(SWISS, "unbounded_growth", later=True), story(SWISS, "lru_steady")
    deployed = {6: Basis.NEW_BUILD}
    pasts = [trend(ill.diagnosis, (*RISING[:6], *RISING[1::2]), instance="orders-0", new=deployed)]
    for number in (1, 2, 3):
        steady = tuple(1 - 0.13 * number + 0.05 * ((step * number) % 3) for step in range(12))
        pasts.append(trend(well.diagnosis, steady, instance=f"orders-{number}", new=deployed))
    known: Service = ill.service
    return TrendPicture(known, merged(*pasts))


SCENES: tuple[Scene, ...] = (
    *(
        _verdict(verdict, build)
        for verdict in Verdict
        for build in FAMILIES
        if build == SWISS or verdict not in SWISS_ONLY
    ),
    Scene("readme", "for the README: ten recorded readings, nothing made up", grown, page=True),
    Scene("first-capture", "one point is no trend", _first, page=True),
    Scene("no-past", "the same without a history at all", _no_past),
    Scene("restarted", "the live heap falls because the process is another one", lambda: _restarted(Basis.RESTARTED)),
    Scene("new-build", "the same after a deploy", lambda: _restarted(Basis.NEW_BUILD), page=True),
    Scene(
        "memory-limit",
        "how long the memory lasts",
        lambda: story(SWISS, "unbounded_growth", later=True, limit=LIMIT),
        page=True,
    ),
    Scene("outlier", "three instances side by side, one of which is ill", _outlier, page=True),
    Scene(
        "protobuf-only",
        "no runtime frames: less is known, and said so",
        lambda: story(SWISS, "growth_storm", protobuf=True),
        page=True,
    ),
    Scene("protobuf-only-classic", "the same of bucket maps", lambda: story(CLASSIC, "growth_storm", protobuf=True)),
    Scene("nothing", "an empty heap: no finding, no bytes, no past", _nothing, page=True),
    Scene(
        "long-names",
        "names of hundreds of characters are cut, the ends that tell them apart stay",
        _long_names,
        page=True,
    ),
    Scene("hostile-names", "names full of markup, scripts and marks of direction stay text", _hostile, page=True),
)
TRENDS: tuple[Trend, ...] = (
    Trend("history", "one instance, one verdict", lambda: _history(story(CLASSIC, "growth_storm"))),
    Trend("history-fleet", "four instances, one of which grows, a deploy in the middle", _fleet),
    Trend("history-new-builds", "deploys and restarts", lambda: _history(_restarted(Basis.RESTARTED))),
    Trend("history-one", "a single capture", lambda: _history(_first())),
    Trend("history-none", "no capture yet", lambda: _history(_no_past())),
    Trend("history-long-names", "a service and an instance with long names", lambda: _history(_long_names())),
)
