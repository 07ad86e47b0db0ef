"""The protobuf heap: what is read, what is refused, and that nothing else can happen. Its code is generated anew."""

import gzip
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.errors import (
    EmptyProfile,
    MalformedProfile,
    NotAHeapProfile,
    ProfileError,
    ProfilingOff,
    TruncatedProfile,
)
from analyzers.examine import examine
from analyzers.profile import Binary, HeapProfile, Source
from analyzers.reading import heapproto
from analyzers.snapshot import take
from tests.analyzers.protos import HEAP_TYPES, ROW, Builder, profilers_share, proto, totals
from tests.analyzers.recordings import RECORDINGS, Recording
from tests.analyzers.texts import MAIN, PUT, RATE, RUNTIME_MAIN, Frame

ROOT = Path(__file__).parents[2]
GENERATED = ("analyzers/profile_pb2.py", "analyzers/profile_pb2.pyi")
REAL = gzip.decompress(next(each for each in RECORDINGS if each.folder.name == "library_glue").raw_proto(1))


def only(data: bytes) -> HeapProfile:
    found = heapproto.read(data)
    assert len(found.records) == 1
    return found


def survives(data: bytes) -> None:
    """A result that can be diagnosed, or a ProfileError; anything else is a bug."""
    try:
        snapshot = take(heapproto.read(data, limit=50_000_000), 0.0)
    except ProfileError:
        return
    examine(snapshot, None, snapshot)


def test_the_committed_code_is_what_the_generator_writes(tmp_path: Path) -> None:
    options = ["-I.", f"--python_out={tmp_path}", f"--pyi_out={tmp_path}", "analyzers/profile.proto"]
    subprocess.run([sys.executable, "-m", "grpc_tools.protoc", *options], cwd=ROOT, check=True)  # noqa: S603
    for name in GENERATED:
        assert (tmp_path / name).read_bytes() == (ROOT / name).read_bytes()


# What is read


def test_values_are_taken_as_they_are_for_they_are_scaled_already() -> None:
    found = only(proto(ROW))
    (read,) = found.records
    assert read.usage == (2, 2048, 1, 1024)
    assert read.object_size == 1024
    assert read.site == read.culprit == (PUT.function, PUT.file, PUT.line)
    assert (found.source, found.period, found.named, found.memstats) == (Source.PROTOBUF, RATE, False, None)


def test_the_order_of_sample_types_is_read_from_the_profile() -> None:
    builder = Builder(types=("inuse_space", "alloc_objects", "spare", "inuse_objects", "alloc_space"))
    (read,) = only(builder.sample((1024, 2, 77, 1, 2048), (PUT,)).bytes()).records
    assert read.usage == (2, 2048, 1, 1024)


def test_without_the_bytes_label_the_size_is_the_mean() -> None:
    (read,) = only(Builder().sample((4, 400, 1, 100), (PUT,)).bytes()).records
    assert read.object_size == 100


@pytest.mark.parametrize("label", [0, -1, -(2**63)])
def test_a_label_that_is_no_size_is_not_believed(label: int) -> None:
    (read,) = only(Builder().sample((4, 400, 1, 100), (PUT,), label).bytes()).records
    assert read.object_size == 100


def test_samples_of_one_place_and_size_are_added_up() -> None:
    assert only(proto(ROW, ROW)).records[0].usage == (4, 4096, 2, 2048)


def test_an_inlined_leaf_is_the_innermost_line() -> None:
    builder = Builder()
    location = builder.location(PUT)
    outer = builder.location(MAIN)
    builder.message.location[0].line.add(function_id=outer, line=20)
    builder.message.sample.add(value=[1, 8, 1, 8], location_id=[location])
    assert only(builder.bytes()).records[0].site.line == PUT.line


def test_the_culprit_is_the_first_line_of_the_users_own_code() -> None:
    library = Frame("example.com/lib%2ev2.Fill", "/home/dev/go/pkg/mod/example.com/lib.v2@v2.0.1/fill.go", 9)
    (read,) = only(proto((*ROW[:5], (library, PUT, MAIN)))).records
    assert read.site.function == "example.com/lib.v2.Fill"
    assert read.culprit.function == PUT.function


def test_the_profilers_own_allocations_are_left_out() -> None:
    writing = (Frame("compress/flate.NewWriter", "a.go", 1), Frame("runtime/pprof.(*profileBuilder).build", "b.go", 2))
    assert only(proto(ROW, (*ROW[:5], writing))).records[0].site.function == PUT.function


def test_a_sample_without_a_stack_belongs_to_no_line() -> None:
    assert only(Builder().sample((1, 8, 1, 8), ()).bytes()).records[0].site == ("", "", 0)


def test_a_location_without_lines_is_passed_over() -> None:
    builder = Builder()
    builder.message.location.add(id=77, address=0x1234)
    builder.sample((1, 8, 1, 8), (PUT,))
    builder.message.sample[0].location_id.insert(0, 77)
    assert only(builder.bytes()).records[0].site.line == PUT.line


def test_an_uncompressed_profile_is_read_too() -> None:
    assert heapproto.read(gzip.decompress(proto(ROW))) == heapproto.read(proto(ROW))


def test_build_id_and_go_version_are_read_where_they_stand() -> None:
    builder = Builder()
    builder.message.mapping.add(id=1, build_id=builder.string("abc123"), memory_start=4096, memory_limit=8192)
    builder.message.mapping.add(id=2, filename=builder.string("[vdso]"), memory_start=1 << 46)
    builder.sample((1, 8, 1, 8), (PUT, RUNTIME_MAIN._replace(file="/sdk/go1.25.5/src/runtime/proc.go", line=285)))
    found = heapproto.read(builder.bytes())
    assert (found.build_id, found.go_version.exact) == ("abc123", "go1.25.5")
    assert heapproto.read(proto(ROW)).build_id == ""
    assert found.code == range(4096, 8192)
    assert heapproto.binary(proto(ROW)) == Binary("", range(0))
    assert heapproto.binary(builder.bytes()) == Binary("abc123", range(4096, 8192), 1 << 46)


def test_fields_nobody_needs_are_passed_over() -> None:
    plain = gzip.decompress(proto(ROW))
    others = b"\x78\x80\x01\x79" + bytes(8) + b"\x7d" + bytes(4) + b"\x82\x01\x02hi" + field(0x7A, bytes(70_000))
    assert heapproto.read(others + plain + others) == heapproto.read(plain)


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda recording: recording.id)
def test_totals_are_those_of_the_profile_less_the_profilers_own(recording: Recording) -> None:
    for visit in range(recording.visits):
        data = recording.raw_proto(visit)
        expected = totals(data)
        own = profilers_share(data)
        try:
            records = heapproto.read(data).records
        except EmptyProfile:
            assert expected["alloc_objects"] == own[0]
            continue
        for column, name in enumerate(HEAP_TYPES):
            assert sum(each.usage[column] for each in records) == expected[name] - own[column]


# What is refused


def broken(**changes: int) -> bytes:
    """One index of a whole profile points elsewhere."""
    builder = Builder().sample(ROW[:4], (PUT,), 1024)
    message = builder.message
    message.mapping.add(id=1)
    for name, value in changes.items():
        match name:
            case "location":
                message.sample[0].location_id[0] = value
            case "function":
                message.location[0].line[0].function_id = value
            case "name":
                message.function[0].name = value
            case "file":
                message.function[0].filename = value
            case "type":
                message.sample_type[0].type = value
            case "build":
                message.mapping[0].build_id = value
    return builder.bytes()


def values(*numbers: int) -> bytes:
    return Builder().sample(numbers, (PUT,)).bytes()


CPU = Builder(types=("samples", "cpu")).sample((1, 10_000_000), (PUT,)).bytes()


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", NotAHeapProfile),
        (b"<!DOCTYPE html><html>Sign in</html>", MalformedProfile),
        (b"heap profile: 1: 2 [3: 4] @ heap/2\n", MalformedProfile),
        (b"\x1f\x8b", TruncatedProfile),
        (b"\x1f\x8bgarbage and more garbage", MalformedProfile),
        (gzip.compress(b""), NotAHeapProfile),
        (gzip.compress(b"<html>"), MalformedProfile),
        (proto(ROW)[:-9], TruncatedProfile),
        (proto(ROW)[:40], TruncatedProfile),
        (b"\x32\xff", MalformedProfile),
        (b"\x32\x05abc", MalformedProfile),
        (b"\x50" + b"\xff" * 10 + b"\x01", MalformedProfile),
        (b"\x12\x01\xff", NotAHeapProfile),
        (gzip.decompress(proto(ROW)) + b"\x12\x01\xff", MalformedProfile),
        (proto(), EmptyProfile),
        (proto((0, 0, 0, 0, 8, (PUT,))), EmptyProfile),
        (proto(ROW, period=0), ProfilingOff),
        (proto(ROW, period=-1), MalformedProfile),
        (proto(ROW, period=-(2**63)), MalformedProfile),
        (CPU, NotAHeapProfile),
        (Builder(types=()).bytes(), NotAHeapProfile),
        (Builder(types=("inuse_objects", "inuse_space")).sample((1, 8), (PUT,)).bytes(), NotAHeapProfile),
        (values(1, 8, 1), MalformedProfile),
        (values(1, 8, 1, 8, 9), MalformedProfile),
        (values(9, 8, 1, 8), MalformedProfile),
        (values(1, 8, 2, 16), MalformedProfile),
        (values(1, 8, -1, 8), MalformedProfile),
        (values(1, 8, 1, -8), MalformedProfile),
        (values(1, 8, 1, 80), MalformedProfile),
        (values(1, -8, 1, 8), MalformedProfile),
        (broken(location=999), MalformedProfile),
        (broken(location=0), MalformedProfile),
        (broken(function=999), MalformedProfile),
        (broken(name=999), MalformedProfile),
        (broken(name=-1), MalformedProfile),
        (broken(file=2**62), MalformedProfile),
        (broken(type=999), MalformedProfile),
        (broken(build=-5), MalformedProfile),
    ],
)
def test_what_is_no_heap_profile_is_refused_by_name(data: bytes, error: type[ProfileError]) -> None:
    with pytest.raises(error):
        heapproto.read(data)


def test_a_gzip_bomb_stops_at_the_limit() -> None:
    bomb = gzip.compress(bytes(30_000_000))
    assert len(bomb) < 100_000
    start = time.perf_counter()
    with pytest.raises(MalformedProfile, match="inflates to more than 1000000 bytes"):
        heapproto.read(bomb, limit=1_000_000)
    assert time.perf_counter() - start < 2


def test_a_plain_profile_stops_at_the_limit_too() -> None:
    with pytest.raises(MalformedProfile, match="more than 10 bytes"):
        heapproto.read(gzip.decompress(proto(ROW)), limit=10)


def test_a_profile_just_within_the_limit_is_read() -> None:
    data = proto(ROW)
    assert heapproto.read(data, limit=len(gzip.decompress(data)) + 1)


def field(tag: int, body: bytes) -> bytes:
    """A field of up to 2 MiB, with its length in three bytes."""
    size = len(body)
    return bytes((tag, size & 0x7F | 0x80, size >> 7 & 0x7F | 0x80, size >> 14)) + body


SAMPLE = b"\x12\x04\x01\x08\x01\x08"
# What is repeated, and how often.
BOMBS = {
    "empty samples": (b"\x12\x00", 30_000_000),
    "as many empty samples as may be": (b"\x12\x00", 490_000),
    "empty labels": (field(0x12, SAMPLE + b"\x1a\x00" * 30_000), 1000),
    "stacks": (field(0x12, SAMPLE + field(0x0A, b"\x01" * 60_000)), 1000),
    "lines": (field(0x22, b"\x08\x01" + b"\x22\x02\x08\x01" * 15_000), 1000),
    "large samples": (field(0x12, b"\x1a\x00" * 1_000_000), 30),
    "empty strings": (b"\x32\x00", 490_000),
    "comments": (field(0x6A, b"\x01" * 2_000_000), 30),
}
# Linux counts in ru_maxrss what the process that started this one held before exec, so a large test run would fail.
MEASURED = """
import sys, resource
from pathlib import Path
from analyzers.reading import heapproto
from analyzers.errors import ProfileError
try:
    getattr(heapproto, sys.argv[1])(Path(sys.argv[2]).read_bytes())
except ProfileError:
    pass
status = Path("/proc/self/status")
if status.exists():
    print(int(status.read_text().partition("VmHWM:")[2].split()[0]) // 1024)
else:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 * 1024))
"""


@pytest.mark.parametrize("bomb", BOMBS)
@pytest.mark.parametrize("reader", ["read", "binary"])
def test_a_bomb_of_messages_costs_neither_memory_nor_time(tmp_path: Path, bomb: str, reader: str) -> None:
    """60 MB of empty samples would be 1.5 GB of messages."""
    saved = tmp_path / "bomb.pb.gz"
    unit, times = BOMBS[bomb]
    saved.write_bytes(gzip.compress(gzip.decompress(proto(ROW)) + unit * times, 1))
    start = time.perf_counter()
    ran = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", MEASURED, reader, str(saved)], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert int(ran.stdout) < 350
    assert time.perf_counter() - start < 20


def test_functions_that_share_an_id_and_stacks_that_repeat_are_no_circle() -> None:
    builder = Builder()
    location = builder.location(PUT)
    builder.message.function.add(id=1, name=builder.string("main.other"))
    builder.message.sample.add(value=[1, 8, 1, 8], location_id=[location] * 5000)
    assert only(builder.bytes())


def test_enormous_values_can_still_be_diagnosed() -> None:
    most = 2**63 - 1
    row = (most, most, most, most, most, (PUT,))
    snapshot = take(heapproto.read(proto(*[row] * 9)), 0.0)
    diagnosis = examine(snapshot, None, snapshot)[1]
    assert diagnosis.live_heap == pytest.approx(9.0 * most)


def test_every_cut_of_a_real_profile_is_refused_or_read() -> None:
    for end in range(0, len(REAL), 31):
        survives(REAL[:end])
        survives(gzip.compress(REAL)[:end])


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_or_read(data: bytes) -> None:
    survives(data)
    survives(gzip.compress(data))
    survives(REAL + data)


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 8), st.binary(max_size=8)), min_size=1, max_size=5))
def test_damaged_profiles_are_refused_or_read(damages: list[tuple[int, int, bytes]]) -> None:
    data = REAL
    for at, length, piece in damages:
        place = at % len(data)
        data = data[:place] + piece + data[place + length :]
    survives(data)
