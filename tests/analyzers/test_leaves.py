"""What a build's calls allocate for: learned from recorded texts, told of the protobufs recorded beside them."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from analyzers.examine import examine
from analyzers.leaves import ANY_SIZE, Leaves, explain, learn, unknown_share, unknown_since
from analyzers.names.frames import Kind
from analyzers.names.goversion import exactly
from analyzers.profile import UNKNOWN_SITE, Binary, HeapProfile, Record, Site, Source, Usage
from analyzers.reading import heapproto
from analyzers.sites import lines_of
from analyzers.snapshot import Snapshot, take
from analyzers.thresholds import DEFAULT
from tests.analyzers.recordings import RECORDINGS, Recording

CODE = range(0x400000, 0x800000)
CALL = 0x6DFA11
B1 = Binary("b1", CODE)
ASSIGN = "runtime.mapassign_faststr"
MAPS = "internal/runtime/maps."
GROWN = ("runtime.makeBucketArray", "runtime.hashGrow", ASSIGN)
OVERFLOW = ("runtime.(*hmap).newoverflow", ASSIGN)
SIZED = ("runtime.makeBucketArray", "runtime.makemap")
SWISS_GROWN = (MAPS + "newGroups", MAPS + "newTable", MAPS + "(*table).grow", ASSIGN)
SPLIT = (MAPS + "newGroups", MAPS + "newTable", MAPS + "(*table).split", ASSIGN)
FIRST = (ASSIGN,)


def record(frames: tuple[str, ...], size: int, objects: float = 1, leaf: int = CALL, inuse: float = 0) -> Record:
    usage = Usage(objects, objects * size, inuse, inuse * size)
    return Record(frames, Site("main.put", "main.go", 7), UNKNOWN_SITE, size, usage, leaf)


def text(*records: Record, named: bool = True) -> HeapProfile:
    return HeapProfile(Source.TEXT, 524288, records, go_version=exactly("go1.23.9"), named=named)


def proto(*records: Record, start: int = CODE.start) -> HeapProfile:
    """As it would come from a process whose code begins at `start`."""
    moved = start - CODE.start
    hidden = tuple(each._replace(frames=(), leaf=each.leaf + moved) for each in records)
    code = range(start, start + len(CODE))
    return HeapProfile(Source.PROTOBUF, 524288, hidden, build_id="b1", named=False, code=code)


def kinds(profile: HeapProfile) -> list[tuple[Kind, int, float]]:
    usage = take(profile._replace(named=True), 0.0).usage
    return [(item.event.kind, item.object_size, item.usage.alloc_objects) for item in usage]


def told(known: Leaves, size: int) -> Mapping[Kind, float] | None:
    """What a later protobuf's allocation of this size is said to be for."""
    found = explain(known, proto(record((), size)))
    return {kind: objects for kind, _, objects in kinds(found)} if found.records[0].explained else None


def differences(one: Snapshot, other: Snapshot) -> float:
    """The share of bytes that lie in other cells: line, kind, family, key and size."""

    def cells(snapshot: Snapshot) -> dict[object, float]:
        found: dict[object, float] = {}
        for item in snapshot.usage:
            key = (item.site[1:], item.culprit[1:], item.event, item.object_size)
            found[key] = found.get(key, 0.0) + item.usage.alloc_space
        return found

    first, second = cells(one), cells(other)
    moved = sum(abs(first.get(key, 0.0) - second.get(key, 0.0)) for key in {*first, *second})
    return moved / one.total.alloc_space


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda recording: recording.id)
def test_a_protobuf_of_the_same_moment_says_what_the_text_says(recording: Recording) -> None:
    known = learn(recording.profile(0), Binary(code=heapproto.binary(recording.raw_proto(0)).code))
    found = explain(known, heapproto.read(recording.raw_proto(0))._replace(build_id=""))
    assert unknown_share(found) == 0
    assert found.go_version == recording.profile(0).go_version
    snapshot = take(found._replace(named=True), 0.0)
    assert differences(recording.snapshot(0), snapshot) < 1e-4
    for line, same in zip(lines_of(recording.snapshot(0).usage), lines_of(snapshot.usage), strict=True):
        assert (line.place, line.implementation, line.key_kind) == (same.place, same.implementation, same.key_kind)
        assert line.ledger.cells.keys() == same.ledger.cells.keys()


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda recording: recording.id)
def test_a_later_protobuf_is_told_by_an_earlier_text(recording: Recording) -> None:
    """Or says how much of it is not: small heaps have their first sample of some call only then."""
    known = learn(recording.profile(0), Binary(code=heapproto.binary(recording.raw_proto(0)).code))
    last = recording.visits - 1
    found = explain(known, heapproto.read(recording.raw_proto(last))._replace(build_id=""))
    moved = differences(recording.snapshot(last), take(found._replace(named=True), 0.0))
    # Half of what is moved is missed in one cell, and half is too many in another.
    assert moved <= 2 * unknown_share(found) + 0.05


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda recording: recording.id)
def test_the_diagnosis_is_that_of_the_text_but_for_memstats(recording: Recording) -> None:
    known = learn(recording.profile(1), Binary(code=heapproto.binary(recording.raw_proto(1)).code))

    def judged(*snapshots: Snapshot) -> object:
        diagnosis = examine(*snapshots, None)[1]
        found = [
            (each.rule, each.confidence, each.culprit[1:], each.map and (each.map.slot_bytes, each.map.hinted))
            for each in diagnosis.findings
        ]
        return diagnosis.verdict, diagnosis.confidence, diagnosis.implementation, found

    def by_leaves(visit: int) -> Snapshot:
        profile = explain(known, heapproto.read(recording.raw_proto(visit))._replace(build_id=""))
        assert unknown_share(profile) <= DEFAULT.max_unknown_share
        return take(profile._replace(named=True), recording.moment(visit))

    texts = (replace(recording.snapshot(visit), memstats=None) for visit in (0, 1))
    assert judged(by_leaves(0), by_leaves(1)) == judged(*texts)


def test_code_that_lies_elsewhere_has_the_same_calls() -> None:
    known = learn(text(record(GROWN, 335_872)), B1)
    found = explain(known, proto(record((), 335_872), start=0x55D0_0000_0000))
    assert found.records[0].frames == GROWN


def test_calls_outside_the_programs_own_code_tell_nothing() -> None:
    """A library lies elsewhere in each process."""
    known = learn(text(record(GROWN, 335_872, leaf=0x7F00_0000_0000)), B1)
    assert known.calls == {}
    assert unknown_share(explain(known, proto(record((), 335_872, leaf=0x7F00_0000_0000)))) == 1


def test_another_build_is_not_explained() -> None:
    known = learn(text(record(GROWN, 335_872)), Binary("b0", CODE))
    profile = proto(record((), 335_872))
    assert explain(known, profile) is profile


def test_a_size_of_several_kinds_is_divided_as_the_text_had_it() -> None:
    known = learn(text(record(FIRST, 208, objects=1), record(OVERFLOW, 208, objects=3)), B1)
    found = explain(known, proto(record((), 208, objects=8)))
    assert sorted(kinds(found)) == [(Kind.FIRST, 208, 2), (Kind.OVERFLOW, 208, 6)]
    assert sum(each.usage.alloc_space for each in found.records) == 8 * 208


@pytest.mark.parametrize("frames", [(), ("runtime.mallocgc", "runtime.growslice"), ("runtime.makechan",)])
def test_a_call_that_makes_no_map_never_does(frames: tuple[str, ...]) -> None:
    known = learn(text(record(frames, 64), record(frames, 1024)), B1)
    assert known.calls == {CALL - CODE.start: {ANY_SIZE: {frames: 1.0}}}
    assert told(known, 999_424) is not None


@pytest.mark.parametrize(
    ("seen", "size", "kind"),
    [
        # Arrays double, but for size classes and preallocated overflow; nothing else is so large.
        ([(GROWN, 335_872), (FIRST, 288)], 671_744, Kind.GROWTH),
        ([(GROWN, 335_872), (FIRST, 288)], 5_373_952, Kind.GROWTH),
        ([(GROWN, 335_872), (FIRST, 288)], 4864, Kind.GROWTH),
        ([(SIZED, 335_872)], 163_840, Kind.PRESIZE),
        # Lists of overflow buckets have any size, and buckets the one of the smallest array.
        ([(GROWN, 335_872), (FIRST, 288)], 491_520, None),
        ([(GROWN, 335_872)], 288, None),
        ([(FIRST, 288)], 335_872, None),
        # A Swiss table below what was seen has grown; above it, it may have split.
        ([(SWISS_GROWN, 13_568), (SPLIT, 27_264)], 6784, Kind.GROWTH),
        ([(SWISS_GROWN, 13_568)], 27_264, None),
        ([(SPLIT, 27_264)], 13_568, None),
        ([(SWISS_GROWN, 13_568), (SPLIT, 27_264)], 32_768, None),
    ],
)
def test_a_size_that_was_not_seen_is_told_by_the_rungs_that_were(
    seen: list[tuple[tuple[str, ...], int]], size: int, kind: Kind | None
) -> None:
    known = learn(text(*(record(frames, each) for frames, each in seen)), B1)
    assert told(known, size) == (None if kind is None else {kind: 1})


def test_frames_without_a_name_tell_nothing() -> None:
    assert learn(text(record(("", "runtime.hashGrow"), 335_872)), B1).calls == {}
    assert learn(text(record(GROWN, 335_872), named=False), B1).calls == {}


def test_what_two_texts_told_is_known_together() -> None:
    """Two instances of a build may walk other code; of what both walked, the later one tells."""
    one = learn(text(record(GROWN, 335_872), record(FIRST, 288, leaf=CALL + 64)), B1)
    two = learn(text(record(SIZED, 335_872), record(FIRST, 288, leaf=CALL + 128)), B1)
    both = one.plus(two).calls
    assert set(both) == {CALL + more - CODE.start for more in (0, 64, 128)}
    assert both[CALL - CODE.start] == {335_872: {SIZED: 1.0}}


def test_a_young_instance_does_not_make_the_large_tables_of_another_one_forgotten() -> None:
    """Both are asked in turn: else each would need a text for what the other one's text has replaced."""
    grown = learn(text(record(SWISS_GROWN, 13_568), record(SPLIT, 27_264, 40)), B1)
    young = learn(text(record(SWISS_GROWN, 13_568), record(SWISS_GROWN, 6_784)), B1)
    assert told(grown.plus(young), 27_264) == {Kind.SPLIT: 1}
    assert told(grown.plus(young), 6_784) == {Kind.GROWTH: 1}


def test_a_call_that_turns_out_to_be_of_several_kinds_has_none_for_any_size() -> None:
    plain = learn(text(record(("runtime.makeslice",), 4096)), B1)
    mixed = learn(text(record(("runtime.makeslice",), 4096), record(GROWN, 335_872)), B1)
    assert set(plain.calls[CALL - CODE.start]) == {ANY_SIZE}
    assert ANY_SIZE not in plain.plus(mixed).calls[CALL - CODE.start]


def test_unknown_bytes_count_by_what_was_allocated_or_is_held() -> None:
    known = learn(text(record(GROWN, 1000, leaf=CALL)), B1)
    new = CALL + 64
    allocated = explain(known, proto(record((), 1000, objects=9, inuse=9), record((), 1000, leaf=new)))
    held = explain(known, proto(record((), 1000, objects=97, inuse=1), record((), 1000, 3, new, inuse=3)))
    assert unknown_share(allocated) == pytest.approx(0.1)
    assert unknown_share(held) == pytest.approx(0.75)


def test_what_begins_late_in_a_long_life_is_seen_in_the_window() -> None:
    known = learn(text(record(GROWN, 1000)), B1)
    before = explain(known, proto(record((), 1000, objects=1e6)))
    after = explain(known, proto(record((), 1000, objects=1e6 + 100), record((), 1000, objects=300, leaf=CALL + 64)))
    assert unknown_share(after) < 0.001
    assert unknown_since(after, before, least=400_000) == pytest.approx(0.75)
    assert unknown_since(after, before, least=400_001) == 0


def test_only_lines_that_sizes_had_to_tell_are_guessed() -> None:
    """A known line keeps its confidence beside one that nobody knows."""
    known = learn(text(record(GROWN, 335_872)), B1)
    unknown = [
        record((), size, 8, CALL + 64)._replace(site=Site("main.new", "new.go", 9)) for size in (335_872, 671_744)
    ]
    snapshot = take(explain(known, proto(record((), 335_872, objects=4), *unknown)), 0.0)
    assert {(item.site.line, item.event.kind) for item in snapshot.usage} == {(7, Kind.GROWTH), (9, Kind.GROWTH)}
    assert {place.line for place in snapshot.guessed} == {9}
