"""The text of heap?debug=1: what is read, what is refused, and that nothing else can happen."""

import random
import time
import tracemalloc
from collections.abc import Iterator
from itertools import pairwise

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
from analyzers.profile import sampling_probability
from analyzers.reading import symbols
from analyzers.reading.heaptext import HeapText, read_heap_text
from analyzers.reading.textstream import SCAN_BYTES
from analyzers.snapshot import take
from tests.analyzers.recordings import RECORDINGS
from tests.analyzers.texts import (
    GROWTH_NAMES,
    GROWTH_TABLE,
    MAIN,
    PUT,
    RATE,
    RUNTIME_MAIN,
    Frame,
    memstats,
    record,
    text,
)

ONE = (1, 1024, 2, 2048)
REAL = RECORDINGS[0].raw_text(1)
SMALL = text(record(ONE), GROWTH_TABLE)


def frame(function: str, file: str, line: int = 7, pc: int = 0x6DFA12) -> Frame:
    return Frame(function, file, line, pc)


def only(data: bytes) -> HeapText:
    found = read_heap_text([data])
    assert len(found.records) == 1
    return found


def survives(data: bytes) -> None:
    """A result that can be diagnosed, or a ProfileError; anything else is a bug."""
    try:
        parsed = read_heap_text([data])
    except ProfileError:
        return
    snapshot = take(symbols.resolve(parsed, GROWTH_NAMES), 0.0)
    examine(snapshot, None, snapshot)


# What is read


def test_a_record_gives_counts_as_written_and_its_hidden_addresses() -> None:
    found = only(text(GROWTH_TABLE))
    (read,) = found.records
    assert found.period == RATE
    assert read.hidden == (0x41A001, 0x41B001, 0x41C001)
    assert read[4:8] == (1, 335_872, 1, 335_872)
    assert read.leaf == PUT.pc
    assert read.object_size == 335_872
    assert read.site == read.culprit == (PUT.function, PUT.file, PUT.line)
    assert found.hidden_pcs() == (0x41A001, 0x41B001, 0x41C001)


def test_allocated_and_in_use_are_not_mixed_up() -> None:
    (read,) = only(text(record((3, 300, 5, 500)))).records
    assert (read.inuse_objects, read.inuse_space, read.alloc_objects, read.alloc_space) == (3, 300, 5, 500)
    assert read.object_size == 100


@pytest.mark.parametrize(("size", "objects"), [(8, 40), (1024, 7), (18_432, 3), (524_288, 2), (40_000_000, 1)])
def test_counts_are_scaled_by_the_chance_of_being_sampled(size: int, objects: int) -> None:
    counts = (objects, objects * size, objects, objects * size)
    (read,) = symbols.resolve(only(text(record(counts))), {}).records
    scale = 1 / sampling_probability(size, RATE)
    assert read.usage.alloc_objects == pytest.approx(objects * scale)
    assert read.usage.inuse_space == pytest.approx(objects * size * scale)


def test_nothing_is_scaled_where_everything_was_recorded() -> None:
    (read,) = symbols.resolve(only(text(record(ONE), rate=1)), {}).records
    assert read.usage == (2, 2048, 1, 1024)


def test_records_of_one_place_and_size_are_added_up() -> None:
    twice = only(text(record(ONE), record(ONE)))
    assert twice.records[0][4:8] == (4, 4096, 2, 2048)


def test_records_of_other_sizes_stay_apart() -> None:
    assert len(read_heap_text([text(record(ONE), record((1, 64, 1, 64)))]).records) == 2


def test_zero_records_are_left_out() -> None:
    assert only(text(record((0, 0, 0, 0)), "0: 0 [0: 0] @\n\n", record(ONE)))


@pytest.mark.parametrize(
    ("stack", "culprit"),
    [
        ((PUT, MAIN), PUT),
        ((frame("maps.Copy[...]", "maps/maps.go", pc=0x500000), PUT, MAIN), PUT),
        ((frame("encoding/json.(*decodeState).object", "encoding/json/decode.go", pc=0x500000), PUT), PUT),
        ((frame("example.com/lib.Fill", "example.com/lib@v1.2.3/fill.go", pc=0x500000), PUT), PUT),
        ((frame("example.com/lib.Fill", "/home/x/go/pkg/mod/example.com/lib/fill.go", pc=0x500000), PUT), PUT),
        ((frame("example.com/lib.Fill", "/src/svc/vendor/example.com/lib/fill.go", pc=0x500000), PUT), PUT),
        ((frame("vendor/golang.org/x/net/http2/hpack.(*T).add", "vendor/golang.org/x/h.go", pc=0x500000), PUT), PUT),
        ((frame("sync.(*Map).Swap", "sync/map.go", pc=0x500000), MAIN), MAIN),
        ((frame("orders/internal/book.Fill", "orders/internal/book/book.go", pc=0x500000), MAIN), None),
        ((frame("main.fill[...]", "example.com/svc/main.go", pc=0x500000), MAIN), None),
        ((frame("sync.(*Map).Swap", "sync/map.go", pc=0x500000), RUNTIME_MAIN), None),
    ],
)
def test_the_culprit_is_the_first_line_of_the_users_own_code(stack: tuple[Frame, ...], culprit: Frame | None) -> None:
    (read,) = only(text(record(ONE, frames=stack))).records
    expected = culprit or stack[0]
    assert read.site == (stack[0].function, stack[0].file, stack[0].line)
    assert read.culprit == (expected.function, expected.file, expected.line)


@pytest.mark.parametrize("package", ["runtime/pprof", "net/http/pprof"])
def test_the_profilers_own_allocations_are_left_out(package: str) -> None:
    writing = (
        frame("compress/flate.NewWriter", "compress/flate/deflate.go", pc=0x500000),
        frame(f"{package}.writeHeapInternal", f"{package}/pprof.go", pc=0x510000),
        RUNTIME_MAIN,
    )
    assert only(text(record(ONE, frames=writing), record(ONE))).records[0].site.function == PUT.function


def test_a_service_of_ones_own_may_be_called_pprof() -> None:
    mine = (frame("sync.(*Map).Swap", "sync/map.go", pc=0x500000), frame("example.com/pprof.Fill", "a/b.go"))
    assert only(text(record(ONE, frames=mine))).records[0].culprit.function == "example.com/pprof.Fill"


@pytest.mark.parametrize(
    ("function", "read_as"),
    [
        ("example.com/a.Fill[...]", None),
        ("example.com/a.Fill[go.shape.struct { example.com/b.X string }]", None),
        ("example.com/a.(*T[...]).put", None),
        ("example.com/dot/lib%2ev2.Fill", "example.com/dot/lib.v2.Fill"),
        ("main.consume.func1", None),
        ("main.main.gowrap1.consume.1", None),
        ("example.com/a.Größe", None),
        ("maps.Insert[...]-range1", None),
    ],
)
def test_names_of_every_shape_are_read_whole(function: str, read_as: str | None) -> None:
    (read,) = only(text(record(ONE, frames=(frame(function, "example.com/a/a.go"),)))).records
    assert read.site.function == (read_as or function)


def test_files_may_hold_spaces_and_colons() -> None:
    (read,) = only(text(record(ONE, frames=(frame("main.f", "C:/My Code/a b.go", 12),)))).records
    assert read.site == ("main.f", "C:/My Code/a b.go", 12)


@pytest.mark.parametrize("tabs", ["\t", "\t\t", "\t\t\t\t\t"])
def test_columns_are_aligned_by_any_number_of_tabs(tabs: str) -> None:
    line = f"1: 8 [1: 8] @ 0x11 0x21\n#\t0x20\tmain.f+0x1{tabs}main.go:3\n\n"
    (read,) = only(text(line)).records
    assert (read.site, read.hidden) == (("main.f", "main.go", 3), (0x11,))


def test_a_stack_of_runtime_frames_only_belongs_to_no_line() -> None:
    (read,) = only(text("1: 8 [1: 8] @ 0x11 0x21\n\n")).records
    assert read.site == ("", "", 0)
    assert read.hidden == ()


def test_a_frame_without_a_name_belongs_to_no_line() -> None:
    (read,) = only(text("1: 8 [1: 8] @ 0x11 0x21\n#\t0x20\n\n")).records
    assert (read.site, read.hidden) == (("", "", 0), (0x11,))


def test_a_leaf_in_user_code_hides_nothing() -> None:
    assert only(text(record(ONE))).records[0].hidden == ()


def test_the_leaf_is_found_by_its_whole_address() -> None:
    """0x4881e5 is not where 0x4881e50 stands: large binaries have addresses of several lengths."""
    (read,) = only(text("1: 8 [1: 8] @ 0x4881e50 0x4881e51 0x4881e5\n#\t0x4881e4\tmain.f+0x1\tmain.go:3\n\n")).records
    assert read.hidden == (0x4881E50, 0x4881E51)


def test_recursion_hides_only_what_lies_before_the_first_leaf() -> None:
    deep = (PUT, PUT._replace(line=70), PUT, MAIN)
    (read,) = only(text(record(ONE, (0x41A001,), deep))).records
    assert read.hidden == (0x41A001,)


@pytest.mark.parametrize(
    ("file", "version"),
    [
        ("/usr/local/go/src/runtime/proc.go", None),
        ("runtime/proc.go", None),
        ("/sdk/go1.23.4/src/runtime/proc.go", "go1.23.4"),
        ("/usr/lib/go-1.19/src/runtime/proc.go", "go1.19"),
        ("/opt/hostedtoolcache/go/1.22.1/x64/src/runtime/proc.go", "go1.22.1"),
        ("/pkg/mod/golang.org/toolchain@v0.0.1-go1.23.9.linux-amd64/src/runtime/proc.go", "go1.23.9"),
    ],
)
def test_the_go_version_is_read_from_the_path_or_not_at_all(file: str, version: str | None) -> None:
    leaf = frame("sync.(*Map).Swap", file.replace("runtime/proc.go", "sync/map.go"), pc=0x500000)
    found = read_heap_text([text(record(ONE, frames=(leaf, MAIN)))])
    assert found.go_version.exact == version


def test_the_memstats_block_is_read() -> None:
    stats = only(text(record(ONE), stats=memstats(HeapAlloc=77, NumGC=9, GCCPUFraction="1.5e-05"))).memstats
    assert (stats.heap_alloc, stats.num_gc, stats.gc_cpu_fraction) == (77, 9, 1.5e-05)
    assert len(stats.pause_ns) == len(stats.pause_end) == 256


def test_an_unknown_field_of_a_later_go_is_passed_over() -> None:
    assert only(text(record(ONE), stats=memstats(Novelty="a b c")))


@pytest.mark.parametrize("number", [1, 16, 524_288, 1_000_000])
def test_any_sampling_rate_is_taken_from_the_header(number: int) -> None:
    assert only(text(record(ONE), rate=number)).period == number


# Order and chunks do not matter


@pytest.fixture(scope="module")
def large() -> bytes:
    """Real records, so many that the reader has to scan several times."""
    head, _, rest = REAL.partition(b"\n")
    body, _, tail = rest.partition(b"\n\n# runtime.MemStats")
    records = (body + b"\n\n") * (3 * SCAN_BYTES // len(body) + 2)
    return head + b"\n" + records + b"\n# runtime.MemStats" + tail


def in_pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    edges = [0, *sorted(cut % len(data) for cut in cuts), len(data)]
    return [data[start:end] for start, end in pairwise(edges)]


@given(st.lists(st.integers(0, 10**9), max_size=12))
def test_chunks_may_end_anywhere(cuts: list[int]) -> None:
    assert read_heap_text(in_pieces(REAL, cuts)) == read_heap_text([REAL])


@pytest.mark.parametrize("seed", range(6))
def test_chunks_of_a_large_text_may_end_anywhere(large: bytes, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - no secret
    cuts = [chance.randrange(len(large)) for _ in range(chance.choice((3, 40, 2000)))]
    assert read_heap_text(in_pieces(large, cuts)) == read_heap_text([large])


def test_byte_by_byte() -> None:
    assert read_heap_text(SMALL[at : at + 1] for at in range(len(SMALL))) == read_heap_text([SMALL])


@given(st.permutations(range(6)))
def test_the_order_of_records_does_not_matter(order: list[int]) -> None:
    records = [
        record(ONE),
        GROWTH_TABLE,
        record((0, 0, 3, 3072)),
        record((1, 64, 1, 64), frames=(MAIN, RUNTIME_MAIN)),
        record((2, 2048, 4, 4096), (0x41A001,)),
        record((0, 0, 9, 9216), frames=(PUT._replace(function="main.inlined.func1"), MAIN)),
    ]

    def kept(texts: list[str]) -> object:
        return take(symbols.resolve(read_heap_text([text(*texts)]), GROWTH_NAMES), 0.0)

    assert kept([records[at] for at in order]) == kept(records)


# What is refused


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", NotAHeapProfile),
        (b"\n", NotAHeapProfile),
        (b"heap", NotAHeapProfile),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", NotAHeapProfile),
        (b"goroutine profile: total 7\n", NotAHeapProfile),
        (b"--- threadz 1 ---\n", NotAHeapProfile),
        (b"\x1f\x8b\x08\x00\x00\x00\x00\x00", NotAHeapProfile),
        (b"heap profile: 1: 2 [3: 4] @ heapz/2\n", NotAHeapProfile),
        (b"heap profile: 1: 2 [3: 4] @ heap/1048576", TruncatedProfile),
        (b"heap profile: 1: 2 [3: 4] @ heap/many\n", MalformedProfile),
        (b"heap profile: 1: 2 [3: 4] @ heap/-2\n" + memstats().encode(), MalformedProfile),
        (b"heap profile: " + b"9" * 300_000, MalformedProfile),
        (text(record(ONE), stats=""), TruncatedProfile),
        (text(record(ONE), stats=memstats()[:900]), TruncatedProfile),
        (text(record(ONE), rate=0), ProfilingOff),
        (text(), EmptyProfile),
        (text(record((0, 0, 0, 0))), EmptyProfile),
        (text("1: 8 [1: x] @ 0x11\n\n"), MalformedProfile),
        (text("1: 8 [1] @ 0x11\n\n"), MalformedProfile),
        (text("2: 8 [1: 8] @ 0x11\n\n"), MalformedProfile),
        (text("-1: 8 [1: 8] @ 0x11\n\n"), MalformedProfile),
        (text("1: 8 [-1: 8] @ 0x11\n\n"), MalformedProfile),
        (text("1: 8 [8: 1] @ 0x11\n\n"), MalformedProfile),
        (text("1: -8 [1: 8] @ 0x11\n\n"), MalformedProfile),
        (text("1: 80 [1: 8] @ 0x11\n\n"), MalformedProfile),
        (text("1: 8 [1: 8] @ 0x11 zzz 0x21\n#\t0x20\tmain.f+0x1\tmain.go:3\n\n"), MalformedProfile),
        (text("1: 8 [1: 8] @ 0x11 0x21\n#\tzz\tmain.f+0x1\tmain.go:3\n\n"), MalformedProfile),
        (text("1: 8 [1: 8] @ 0x11 0x21\n#\t0x20\tmain.f+0x1\tmain.go:x\n\n"), MalformedProfile),
        (text(record(ONE), stats=memstats(NumGC="many")), MalformedProfile),
        (text(record(ONE), stats=memstats().replace("# HeapAlloc", "# HeapLost")), MalformedProfile),
        (text(record((1, 10**30, 1, 10**30))), MalformedProfile),
        (text(record((1, 8, 1, 10**400))), MalformedProfile),
        (text(record(ONE), rate=10**30), MalformedProfile),
        (text(record(ONE), rate=10**400), MalformedProfile),
        (text(record(ONE, (10**30,))), MalformedProfile),
        (text(record(ONE, frames=(PUT._replace(line=10**30),))), MalformedProfile),
        (text(record(ONE), stats=memstats(HeapAlloc=10**400)), MalformedProfile),
        (text(record(ONE), stats=memstats(GCCPUFraction="nan")), MalformedProfile),
        (text(record(ONE), stats=memstats() + "# x = " + "y" * 2_000_000), MalformedProfile),
    ],
)  # fmt: skip
def test_what_is_no_heap_profile_is_refused_by_name(data: bytes, error: type[ProfileError]) -> None:
    with pytest.raises(error):
        read_heap_text([data])


def test_html_is_refused_before_all_of_it_came() -> None:
    fed = []

    def chunks() -> Iterator[bytes]:
        for _ in range(1000):
            fed.append(b"<html>" * 10_000)
            yield fed[-1]

    with pytest.raises(NotAHeapProfile):
        read_heap_text(chunks())
    assert len(fed) < 10


def test_every_cut_of_a_small_text_is_refused_or_read() -> None:
    for end in range(len(SMALL)):
        survives(SMALL[:end])


def test_no_cut_before_the_end_passes_for_whole() -> None:
    debug_gc = SMALL.index(b"# DebugGC")
    for end in range(debug_gc):
        with pytest.raises(ProfileError):
            read_heap_text([SMALL[:end]])


@pytest.mark.parametrize("where", ["header", "record", "frame", "tail"])
def test_a_single_line_of_20_mb_costs_little_time_and_memory(where: str) -> None:
    endless = b"x" * 20_000_000
    head = b"heap profile: 1: 2 [3: 4] @ heap/1048576\n"
    data = {
        "header": b"heap profile: " + endless,
        "record": head + b"1: 8 [1: 8] @ " + endless,
        "frame": head + b"1: 8 [1: 8] @ 0x11\n#\t0x10\t" + endless,
        "tail": text(record(ONE)) + endless,
    }[where]
    start = time.perf_counter()
    tracemalloc.start()
    with pytest.raises(MalformedProfile):
        read_heap_text(data[at : at + 65_536] for at in range(0, len(data), 65_536))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 30_000_000
    assert time.perf_counter() - start < 5


def test_bytes_that_are_no_utf8_are_read_with_replacements() -> None:
    data = SMALL.replace(b"catalog", b"cat\xff\xfelog")
    assert all("�" in each.site.function for each in read_heap_text([data]).records)


@given(st.binary(max_size=400))
def test_any_bytes_are_refused_or_read(data: bytes) -> None:
    survives(data)
    survives(b"heap profile: 1: 2 [3: 4] @ heap/1048576\n" + data + memstats().encode())


pieces = st.sampled_from(
    [
        *(b"", b"\n", b"\n\n", b"] @", b"#\t", b"\t", b" ", b"0x", b":", b"[", b"-", b"0", b"1_0", b"+0x", b"%2e"),
        *(b"99999999999999999999", b"\xff", "٣".encode(), b"# runtime.MemStats", b"# DebugGC =", b"heap/0", b"nan"),
    ]
)


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 60), pieces), min_size=1, max_size=6), st.booleans())
def test_damaged_texts_are_refused_or_read(damages: list[tuple[int, int, bytes]], real: bool) -> None:
    data = REAL if real else SMALL
    for at, length, piece in damages:
        place = at % len(data)
        data = data[:place] + piece + data[place + length :]
    survives(data)
