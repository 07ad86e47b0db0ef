"""Every recording of a real Go service gets the diagnosis its own truth asks for, from text and from protobuf."""

from collections import defaultdict
from typing import Any

import pytest

from analyzers.compare import Basis
from analyzers.examine import examine
from analyzers.finding import Confidence, Diagnosis, Finding, Remedy, Verdict
from analyzers.reading import symbols
from analyzers.snapshot import Snapshot, take
from tests.analyzers.recordings import RECORDINGS, Recording

FAMILIES = ("go1.23.9", "go1.27.3")
BEHAVIOURS = {
    "growth_storm",
    "rebuild_churn",
    "unbounded_growth",
    "large_map_retained",
    "many_small_maps",
    "slice_growth",
    "no_map_problem",
    "library_glue",
    "lru_steady",
    "idle",
}
# A single reading cannot tell a map that keeps growing from one that was filled once.
SEEN_ONCE = {"unbounded_growth": "growth_storm"}
# Without runtime frames sized and small maps look like any other object, so nothing is claimed about them.
INVISIBLE_IN_PROTOBUF = {"large_map_retained", "many_small_maps"}
FIRST_REMEDY = {
    "growth_storm": Remedy.PRESIZE,
    "rebuild_churn": Remedy.PRESIZE,
    "unbounded_growth": Remedy.BOUND,
    "large_map_retained": Remedy.RECREATE,
    "many_small_maps": Remedy.FLATTEN,
    "slice_growth": Remedy.PRESIZE_SLICE,
}

every_recording = pytest.mark.parametrize("recording", RECORDINGS, ids=lambda recording: recording.id)
with_a_later_visit = pytest.mark.parametrize(
    "recording",
    [recording for recording in RECORDINGS if recording.visits > 2],
    ids=lambda recording: recording.id,
)


def two_visits(recording: Recording, base: Snapshot | None = None) -> Diagnosis:
    return examine(recording.snapshot(0), recording.snapshot(1), base)[1]


def main_map(recording: Recording, visit: int) -> dict[str, Any]:
    """The map that matters: the one with the most entries."""
    return max(recording.maps(visit), key=lambda each: int(each["largest"]))


def check_place(recording: Recording, diagnosis: Diagnosis) -> Finding:
    finding = diagnosis.findings[0]
    assert {(finding.culprit.filename, finding.culprit.line)} == recording.marks("culprit")
    function = next(mark["function"] for mark in recording.truth["marks"] if mark["role"] == "culprit")
    if recording.verdict != "slice_growth":  # a closure has other names where it is inlined
        assert finding.culprit.function == function
    return finding


def check_map(recording: Recording, finding: Finding, visit: int) -> None:
    truth = main_map(recording, visit)
    found = finding.map
    assert found is not None
    assert found.implementation == ("swiss" if recording.swiss else "classic")
    classic_slot = truth["key_bytes"] + truth["value_bytes"]
    assert found.slot_bytes == (truth["slot_bytes"] if recording.swiss else classic_slot)
    assert found.hinted == (truth["hint"] > 0)
    assert found.entries is not None
    assert found.entries.low <= truth["largest"] <= found.entries.high
    assert truth["largest"] / 2 <= found.entries.estimate <= truth["largest"] * 2
    for remedy in finding.remediation:
        assert remedy.capacity_hint is None or remedy.capacity_hint >= truth["largest"]
    if not recording.swiss:
        assert found.growths == classic_growths(truth["largest"], truth["hint"])


def classic_growths(entries: int, hint: int) -> int:
    """How often the real map doubled: from the B its hint gave to the B its entries need (load factor 6.5)."""

    def b_of(count: int) -> int:
        b = 0
        while count > 8 and count > 6.5 * 2**b:
            b += 1
        return b

    return b_of(entries) - min(b_of(hint), b_of(entries))


def test_both_map_families_are_recorded_with_every_behaviour() -> None:
    recorded = defaultdict(set)
    for recording in RECORDINGS:
        recorded[recording.folder.parent.name].add(recording.folder.name)
    for family in FAMILIES:
        assert recorded[family] >= BEHAVIOURS


@every_recording
def test_two_visits_name_the_verdict_and_the_line(recording: Recording) -> None:
    diagnosis = two_visits(recording)
    assert diagnosis.verdict == recording.verdict
    assert diagnosis.comparison.basis is Basis.FIRST
    assert diagnosis.named
    if recording.verdict == "no_map_problem":
        assert diagnosis.findings == ()
        return
    finding = check_place(recording, diagnosis)
    assert finding.remediation[0].kind in (FIRST_REMEDY[recording.verdict], Remedy.TYPED_DECODE)
    others = {(each.culprit.filename, each.culprit.line) for each in diagnosis.findings[1:]}
    assert others <= recording.marks("also"), "a line is accused that the author of the service did not mark"


@every_recording
def test_two_visits_measure_the_map(recording: Recording) -> None:
    if recording.verdict in ("no_map_problem", "slice_growth"):
        assert all(finding.map is None for finding in two_visits(recording).findings)
        return
    diagnosis = two_visits(recording)
    finding = diagnosis.findings[0]
    check_map(recording, finding, 1)
    assert diagnosis.implementation == ("swiss" if recording.swiss else "classic")
    truth = main_map(recording, 1)
    assert finding.map is not None
    if recording.verdict == "many_small_maps":
        alive = finding.value("maps_inuse")
        assert alive is not None
        assert truth["live"] / 1.5 <= alive <= truth["live"] * 1.5
    else:
        assert truth["builds"] / 2 <= finding.map.builds <= truth["builds"] * 2


@every_recording
def test_map_tables_are_a_part_of_the_live_heap(recording: Recording) -> None:
    """Tables are sampled, and may come to more than all that MemStats counts; as in a small heap of maps alone."""
    for visit in range(recording.visits):
        found = examine(recording.snapshot(visit), None, None)[1]
        assert 0 <= found.live_tables <= found.live_heap


@every_recording
def test_one_visit_is_enough_for_all_but_the_trend(recording: Recording) -> None:
    for visit in range(recording.visits):
        diagnosis = examine(recording.snapshot(visit), None, None)[1]
        assert diagnosis.verdict == SEEN_ONCE.get(recording.verdict, recording.verdict)
        assert diagnosis.comparison.window is None
        assert diagnosis.gc.cycles_per_minute is None
        if recording.verdict not in ("no_map_problem", "slice_growth"):
            check_map(recording, check_place(recording, diagnosis), visit)


@with_a_later_visit
def test_a_later_visit_is_compared_with_the_one_before(recording: Recording) -> None:
    second, third = recording.snapshot(1), recording.snapshot(2)
    diagnosis = examine(third, None, second)[1]
    assert diagnosis.verdict == recording.verdict
    assert diagnosis.comparison.basis is Basis.SAME_PROCESS
    recorded_pause = recording.moment(2) - recording.moment(1)
    assert diagnosis.comparison.age == pytest.approx(recorded_pause, abs=1.0)
    assert diagnosis.gc.seconds == pytest.approx(recorded_pause, abs=1.0)
    if recording.verdict not in ("no_map_problem", "slice_growth"):
        check_map(recording, check_place(recording, diagnosis), 2)
    if recording.verdict == "unbounded_growth":
        assert diagnosis.confidence is Confidence.HIGH, "two captures prove what eight seconds only suggest"


@with_a_later_visit
def test_a_capture_before_does_not_change_the_verdict_of_the_window(recording: Recording) -> None:
    diagnosis = examine(recording.snapshot(1), recording.snapshot(2), recording.snapshot(0))[1]
    assert diagnosis.verdict == recording.verdict
    assert diagnosis.comparison.basis is Basis.SAME_PROCESS
    assert diagnosis.comparison.window is not None


@every_recording
def test_another_service_is_never_the_same_process(recording: Recording) -> None:
    """Go 1.24 and later write a build id; before that the build may go unnoticed, a stranger's counters never."""
    snapshot = recording.snapshot(1)
    for other in RECORDINGS:
        if other.truth["service"] == recording.truth["service"]:
            continue
        base = other.snapshot(1)
        basis = examine(snapshot, None, base)[1].comparison.basis
        assert basis is (Basis.NEW_BUILD if snapshot.build_id and base.build_id else basis)
        assert basis in (Basis.NEW_BUILD, Basis.RESTARTED)


@every_recording
def test_the_protobuf_alone_gives_the_line_with_less_confidence(recording: Recording) -> None:
    first, second = recording.proto_snapshot(0), recording.proto_snapshot(1)
    diagnosis = examine(first, second, None)[1]
    assert not diagnosis.named
    assert diagnosis.confidence is not Confidence.HIGH
    if recording.verdict in INVISIBLE_IN_PROTOBUF:
        assert diagnosis.verdict is Verdict.NO_MAP_PROBLEM
        assert diagnosis.confidence is Confidence.LOW
        return
    assert diagnosis.verdict == recording.verdict
    if diagnosis.findings:
        finding = check_place(recording, diagnosis)
        if finding.map and finding.map.entries:
            assert finding.map.entries.low <= main_map(recording, 1)["largest"] <= finding.map.entries.high


@every_recording
def test_text_without_names_is_like_protobuf(recording: Recording) -> None:
    """A service whose symbol endpoint is missing: the same lines, nothing claimed beyond what sizes tell."""
    first, second = (unnamed(recording, visit) for visit in (0, 1))
    diagnosis = examine(first, second, None)[1]
    assert diagnosis.confidence is not Confidence.HIGH
    if recording.verdict in INVISIBLE_IN_PROTOBUF:
        assert diagnosis.findings == ()
    else:
        assert diagnosis.verdict == recording.verdict


def unnamed(recording: Recording, visit: int) -> Snapshot:
    return take(symbols.resolve(recording.heap_text(visit), {}), recording.moment(visit))


@every_recording
def test_text_and_protobuf_agree_on_the_totals(recording: Recording) -> None:
    """Both come from the same counters, a moment apart and once with a collection before."""
    text = recording.snapshot(1)
    if text.total.alloc_space < 8e6:
        return
    proto = recording.proto_snapshot(1)
    assert text.total.alloc_space == pytest.approx(proto.total.alloc_space, rel=0.15)
    assert text.memstats is not None
    assert text.total.alloc_space == pytest.approx(text.memstats.total_alloc, rel=0.35)
