"""Whatever names and numbers come, a picture is XML, stays within itself, and hides nothing behind a tiny text."""

import math

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from analyzers.finding import Diagnosis, Dominant, Evidence, Finding, Rung, Unit, Verdict
from analyzers.maps.estimate import MapEstimate
from analyzers.maps.tables import Entries
from analyzers.names.frames import Implementation
from analyzers.profile import Site
from bot.pictures.drawn import SMALL
from bot.pictures.panels import ladder_panel, ledger_panel, range_panel, trend_panel
from bot.pictures.picture import svg_of
from handlers.notes import CapturePicture, TrendPicture
from handlers.records import Instance, Remembered, Service
from tests.bot.notes import finding, summary
from tests.bot.pictures.drawings import SVG, parsed, points, texts

# A failure is told as it was found: to shrink a picture takes minutes.
quickly = settings(max_examples=25, phases=(Phase.explicit, Phase.generate), suppress_health_check=list(HealthCheck))
HOSTILE = (
    *("<script>alert(1)</script>", "]]>", "<![CDATA[", "&amp;<!ENTITY x>", "\u202egnp.exe", "a\x00b\x1b[31m", "\ud800"),
    *("W" * 10_000, "לוג/מפה", "名前" * 50, "a\u0301" * 200, "\"' onload=x", "", " ", "`{{ 7 * 7 }}`"),
)
names = st.sampled_from(HOSTILE) | st.text(max_size=40)
numbers = st.floats() | st.sampled_from([0.0, -1.0, 1.0, 1e6, 1e15, math.nan, math.inf])
sites = st.builds(Site, names, names, st.integers(0, 10**6))
verdicts = st.sampled_from([verdict.value for verdict in Verdict]) | names
captures = st.builds(
    Remembered,
    numbers | st.floats(1.6e9, 1.8e9),
    st.sampled_from(HOSTILE[:8]) | names,
    verdicts,
    names,
    numbers,
    numbers,
    st.sampled_from(["", "first", "same_process", "restarted", "new_build"]) | names,
    names,
)
rungs = st.builds(Rung, st.integers(1, 2**50), st.none() | st.integers(8, 2**40), numbers, numbers, numbers)
entries = st.builds(Entries, *(st.integers(-1, 10**15),) * 3)
maps = st.builds(
    MapEstimate,
    st.sampled_from(Implementation),
    st.none(),
    st.none(),
    st.none() | entries,
    st.integers(0, 10**6),
    st.floats(0, 1e9),
    st.booleans(),
)


@st.composite
def findings(draw: st.DrawFn) -> Finding:
    told = finding(draw(st.sampled_from([each for each in Verdict if each is not Verdict.NO_MAP_PROBLEM])))
    return told._replace(
        culprit=draw(sites),
        evidence=tuple(Evidence(each.name, draw(numbers), Unit.BYTES) for each in told.evidence),
        ladder=tuple(draw(st.lists(rungs, max_size=24))),
        map=draw(st.none() | maps),
    )


def whole(svg: str) -> None:
    """Well-formed, and nothing outside of it."""
    root = parsed(svg)
    assert not {"script", "image", "foreignObject", "a"} & {each.tag.removeprefix(SVG) for each in root.iter()}
    assert all(name != "href" and not name.startswith("on") for each in root.iter() for name in each.keys())  # noqa: SIM118 - an element iterates over its children
    assert all("nan" not in each.get(name, "") for each in root.iter() for name in ("d", "x", "y", "height"))
    assert all(float(text.get("font-size", "0")) >= SMALL for text in root.iter(SVG + "text"))
    for panel in root.iter(SVG + "svg"):
        wide, high = float(panel.get("width", "")), float(panel.get("height", ""))
        if panel is not root or not panel.findall(SVG + "g"):
            assert all(-0.1 <= x <= wide + 0.1 and -0.1 <= y <= high + 0.1 for x, y in points(panel))
    wide, high = float(root.get("width", "")), float(root.get("height", ""))
    for box in texts(root):
        assert box.left >= -0.1, box
        assert box.right <= wide + 0.1, box
        assert box.top >= 0, box
        assert box.bottom <= high, box


@quickly
@given(st.lists(captures, max_size=20), st.sampled_from([320.0, 380.0, 720.0]))
def test_any_trend(remembered: list[Remembered], wide: float) -> None:
    whole(trend_panel(remembered, width=wide))


@quickly
@given(findings())
def test_any_finding(told: Finding) -> None:
    for svg in (ledger_panel(told), ladder_panel(told), range_panel(told.map)):
        if svg:
            whole(svg)


@quickly
@given(
    st.lists(captures, max_size=6),
    st.lists(findings(), max_size=2),
    st.lists(st.tuples(sites, numbers, numbers), max_size=3),
    names,
)
def test_any_picture(
    remembered: list[Remembered], told: list[Finding], dominant: list[tuple[Site, float, float]], name: str
) -> None:
    service = Service(name, (Instance(name, ""),), "C0123ABCD", recorded=True)
    known: Diagnosis = summary(*told).diagnosis._replace(dominant=tuple(Dominant(*each) for each in dominant))
    for dark in (False, True):
        whole(svg_of(CapturePicture(service, name, known, tuple(remembered)), dark=dark))
        whole(svg_of(TrendPicture(service, tuple(remembered)), dark=dark))


def test_hostile_names_stay_text() -> None:
    for name in HOSTILE:
        service = Service(name, (Instance(name, ""),), "C0123ABCD")
        told = finding(Verdict.GROWTH_STORM, name, name)
        past = tuple(
            Remembered(1.7e9 + 60 * at, name + str(at % 3), name, name, 9e8, 4e8, "new_build", name) for at in range(5)
        )
        svg = svg_of(CapturePicture(service, name, summary(told).diagnosis, past))
        whole(svg)
        assert "\u202e" not in svg
        assert "\x1b" not in svg
