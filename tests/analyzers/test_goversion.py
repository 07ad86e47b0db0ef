"""The release that built a program, as a range: each kind of evidence, all of it together, and contradictions."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.names import goversion
from analyzers.names.goversion import UNKNOWN, GoVersion, exactly
from analyzers.reading import heapproto, symbols
from analyzers.reading.heaptext import read_heap_text
from tests.analyzers.protos import Builder
from tests.analyzers.recordings import RECORDINGS, Recording
from tests.analyzers.texts import GROWTH_NAMES, GROWTH_TABLE, MAIN, PUT, RUNTIME_MAIN, Frame, record, text

ONE = (1, 1024, 2, 2048)
SWISS = {0x41A001: "runtime.mallocgc", 0x41B001: "internal/runtime/maps.newarray", 0x41C001: "runtime.mapassign"}


def of_text(*frames: Frame, names: dict[int, str] | None = None, hidden: tuple[int, ...] = ()) -> GoVersion:
    """What a text with one stack says."""
    return symbols.resolve(read_heap_text([text(record(ONE, hidden, frames))]), names or {}).go_version


def main_at(line: int, file: str = "runtime/proc.go") -> Frame:
    return RUNTIME_MAIN._replace(line=line, file=file)


@pytest.mark.parametrize(
    ("line", "low", "high"),
    [(250, None, 20), (267, 21, 21), (271, 22, 22), (272, 23, 23), (283, 24, 24), (285, 25, 25), (290, 26, 26),
     (302, 27, 27), (254, 23, 24), (256, 25, 27), (303, None, None)],
)  # fmt: skip
def test_the_line_of_main_main_tells_the_minor(line: int, low: int | None, high: int | None) -> None:
    assert of_text(PUT, MAIN, main_at(line)) == GoVersion(low, high)
    proto = Builder().sample((1, 8, 1, 8), (PUT, MAIN, main_at(line))).bytes()
    assert heapproto.read(proto).go_version == GoVersion(low, high)


def test_a_line_of_anothers_function_tells_nothing() -> None:
    assert of_text(PUT, MAIN._replace(line=302)) == UNKNOWN


def test_lines_of_a_handlers_root_tell_where_no_main_is() -> None:
    serve = Frame("net/http.serverHandler.ServeHTTP", "net/http/server.go", 3301, pc=0x6E1000)
    assert of_text(PUT, serve) == GoVersion(24, 24)


@pytest.mark.parametrize(
    ("names", "low", "high"),
    [
        (GROWTH_NAMES, None, 25),
        ({0x41A001: "internal/runtime/maps.newarray", 0x41B001: "internal/runtime/maps.newGroups"}, 24, None),
        ({0x41A001: "runtime.mallocgc", 0x41B001: "internal/runtime/maps.newGroups"}, 26, None),
        ({0x41A001: "runtime.mallocgcSmallScanNoHeaderSC4", 0x41B001: "runtime.newobject"}, 26, None),
        ({0x41A001: "runtime.mallocgcTinySC2", 0x41B001: "runtime.mallocgc"}, 27, None),
        ({0x41A001: "runtime.acquireSudog", 0x41C001: "runtime.mallocgc"}, None, None),  # no leaf: a GC has begun
        ({0x41A001: "internal/sync.newEntryNode[...]"}, 24, None),
        ({}, None, None),
        # Nobody has both: a patched toolchain or a forged answer.
        ({0x41A001: "runtime.mallocgc", 0x41B001: "runtime.makeBucketArray"}, None, None),
    ],
)
def test_hidden_frames_tell_a_range(names: dict[int, str], low: int | None, high: int | None) -> None:
    found = of_text(PUT, MAIN, names=names, hidden=(0x41A001, 0x41B001, 0x41C001))
    assert found == GoVersion(low, high)


def test_bucket_maps_of_1_24_are_told_by_their_line() -> None:
    """GOEXPERIMENT=noswissmap."""
    assert of_text(PUT, MAIN, main_at(283), names=GROWTH_NAMES, hidden=(0x41A001,)) == GoVersion(24, 24)


@pytest.mark.parametrize(("frames", "low"), [(32, None), (33, 23)])
def test_a_stack_deeper_than_32_frames_is_of_1_23_or_later(frames: int, low: int | None) -> None:
    deep = [PUT._replace(pc=PUT.pc + number) for number in range(frames)]
    assert of_text(*deep) == GoVersion(low)


def test_a_path_names_the_release_and_its_line_must_agree() -> None:
    path = "/sdk/go1.23.4/src/runtime/proc.go"
    assert of_text(PUT, MAIN, main_at(272, path)) == exactly("go1.23.4")
    assert of_text(PUT, MAIN, main_at(302, path)) == UNKNOWN


def test_two_paths_of_one_program_name_one_release() -> None:
    distribution, download = "/usr/lib/go-1.24/src/sync/map.go", "/sdk/go1.24.3/src/sync/map.go"
    assert goversion.of_path(distribution).narrowed(goversion.of_path(download)) == exactly("go1.24.3")
    other = goversion.of_path("/sdk/go1.24.4/src/sync/map.go")
    assert goversion.of_path(download).narrowed(other).settled() == UNKNOWN


def test_a_path_of_the_users_own_says_nothing() -> None:
    assert of_text(PUT._replace(file="/home/me/go1.23.4/src/put.go")) == UNKNOWN


def test_a_number_of_10000_digits_in_a_path_is_no_release() -> None:
    assert goversion.of_path(f"/sdk/go1.{'9' * 10_000}/src/runtime/proc.go") == UNKNOWN


def test_the_root_is_found_wherever_a_chunk_ends() -> None:
    data = text(GROWTH_TABLE, record(ONE, frames=(PUT, MAIN, main_at(302))))
    assert {read_heap_text([data[:at], data[at:]]).go_version for at in range(len(data))} == {GoVersion(27, 27)}


def test_only_the_start_of_a_large_text_is_searched() -> None:
    many = [record(ONE, frames=(PUT._replace(line=line), MAIN)) for line in range(8000)]
    last = record(ONE, frames=(PUT, MAIN, main_at(302)))
    assert len("".join(many)) > 1024 * 1024
    assert read_heap_text([text(last, *many)]).go_version == GoVersion(27, 27)
    assert read_heap_text([text(*many, last)]).go_version == UNKNOWN


minors = st.none() | st.integers(18, 29)
releases = st.sampled_from([None, "go1.23", "go1.23.4", "go1.24.1"])


@given(st.lists(st.builds(GoVersion, minors, minors, releases), min_size=1, max_size=4))
def test_the_order_of_evidence_does_not_matter(evidence: list[GoVersion]) -> None:
    found = set()
    for order in permutations(evidence):
        known = UNKNOWN
        for piece in order:
            known = known.narrowed(piece)
        found.add(known.settled())
    assert len(found) == 1


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda recording: recording.id)
def test_a_recordings_release_is_never_left_out(recording: Recording) -> None:
    built_with = int(recording.truth["go_version"].split(".")[1])
    # Without maps a recording may be empty, and an empty profile is refused.
    for visit in (each for each in range(recording.visits) if recording.maps(each)):
        for snapshot in (recording.snapshot(visit), recording.proto_snapshot(visit)):
            assert snapshot.go_version.may_be(built_with)
            assert snapshot.go_version.exact is None
