"""Flame graphs: nothing is lost on the way to the root, small things are left out and counted, maps are not."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.flame import PURPOSES, Flame, Purpose, Purposes, Reading
from analyzers.merging import DEEPEST, MOST_BYTES, MOST_NODES, flame
from analyzers.names.frames import Kind
from analyzers.profile import Site, Usage
from analyzers.purposes import purposes
from analyzers.reading import wholeproto
from analyzers.reading.wholetext import read_whole
from analyzers.sites import lines_of, usage_of
from analyzers.stacks import Frame, Stack, Stacks
from tests.analyzers.recordings import RECORDINGS, Recording

GROW = ("runtime.makeBucketArray", "runtime.hashGrow", "runtime.mapassign_faststr")
MAKE = ("runtime.makeBucketArray", "runtime.makemap")
COPY = ("runtime.makeBucketArray", "runtime.makemap", "runtime.mapclone2")
FIRST_BUCKET = ("runtime.mapassign",)
OVERFLOW = ("runtime.(*hmap).newoverflow", "runtime.mapassign_faststr")
MOVED = ("runtime.(*hmap).newoverflow", "runtime.evacuate_faststr", "runtime.growWork_faststr")
SPLIT = ("internal/runtime/maps.newGroups", "internal/runtime/maps.(*table).split", "runtime.mapassign_faststr")
SLICE = ("runtime.mallocgc", "runtime.growslice")
HIDDEN = (*GROW, *MAKE, *COPY, *OVERFLOW, *MOVED, *SPLIT, *SLICE, *FIRST_BUCKET)

# Hidden frames leaf first, visible ones leaf first, bytes allocated and in use, size of one object.
Row = tuple[tuple[str, ...], tuple[str, ...], float, float, int]


def reading(*rows: Row) -> Stacks:
    """Functions stand at a line that is theirs alone."""
    frames: dict[Frame, int] = {}
    stacks = []
    for hidden, visible, alloc, inuse, size in rows:
        sites = [Site(name, "", 0) for name in hidden]
        sites += [Site(name, f"{name}.go", 7) for name in visible]
        path = tuple(frames.setdefault(Frame(site, 0x1000 + len(frames)), len(frames)) for site in sites)
        stacks.append(Stack(path, len(hidden), size, Usage(alloc / size, alloc, inuse / size, inuse)))
    return Stacks(tuple(frames), tuple(stacks), 524_288)


def row(hidden: tuple[str, ...], *visible: str, alloc: float = 1000.0, inuse: float = 500.0, size: int = 100) -> Row:
    return hidden, visible, alloc, inuse, size


def paths(found: Flame) -> dict[tuple[str, ...], int]:
    """Every node by its functions from the root on."""
    known: list[tuple[str, ...]] = []
    for name, parent in zip(found.name, found.parent, strict=True):
        known.append((known[parent] if parent >= 0 else ()) + (found.names[name],))
    assert len(set(known)) == len(known)
    return {path: at for at, path in enumerate(known)}


def whole(found: Flame, each: Reading) -> None:
    """No children have more than their parent, but for rounding."""
    for column in each:
        sums = [0] * len(column)
        for at, parent in enumerate(found.parent[1:], 1):
            sums[parent] += column[at]
        children = [found.parent.count(at) for at in range(len(column))]
        assert all(kids <= own + count for kids, own, count in zip(sums, column, children, strict=True))


every_recording = pytest.mark.parametrize("recording", RECORDINGS, ids=lambda recording: recording.id)


@every_recording
def test_a_recording_becomes_a_tree(recording: Recording) -> None:
    first, now = (read_whole([recording.raw_text(visit)], recording.names) for visit in (0, 1))
    found = flame(now, first, None)
    assert found.parent[0] == -1
    assert all(0 <= parent < at for at, parent in enumerate(found.parent[1:], 1))
    assert found.base is None
    assert found.first is not None
    for each, stacks in ((found.now, now), (found.first, first)):
        assert each.alloc_space[0] == round(sum(stack.usage.alloc_space for stack in stacks.stacks))
        assert each.inuse_space[0] == round(sum(stack.usage.inuse_space for stack in stacks.stacks))
        whole(found, each)
    for at, hidden in enumerate(found.hidden):
        assert not hidden or found.names[found.name[at]].startswith(("runtime.", "internal/runtime/"))
    for name in ("runtime.hashGrow", "internal/runtime/maps.(*table).split", "runtime.mapassign_faststr"):
        places = [at for at, each in enumerate(found.name) if found.names[each] == name]
        assert all(found.hidden[at] for at in places)
        assert places or not _makes(now, name)


def _makes(stacks: Stacks, name: str) -> bool:
    """Whether what is worth drawing was allocated below `name`."""
    total = sum(stack.usage.alloc_space for stack in stacks.stacks)
    made = (
        stack.usage.alloc_space
        for stack in stacks.stacks
        if name in {stacks.frames[frame].site.function for frame in stack.frames}
    )
    return sum(made) >= total / 1000


@every_recording
def test_purposes_are_what_the_diagnosis_books(recording: Recording) -> None:
    found = flame(read_whole([recording.raw_text(1)], recording.names), None, None)
    spaces = dict.fromkeys(Kind, 0.0)
    for line in lines_of(usage_of(recording.profile(1))):
        for (kind, _), usage in line.ledger.cells.items():
            spaces[kind] += usage.alloc_space
    growth, sized, clone, value = found.purposes.alloc_space
    overflow = spaces[Kind.OVERFLOW] + 2
    assert spaces[Kind.GROWTH] + spaces[Kind.SPLIT] - 2 <= growth <= spaces[Kind.GROWTH] + spaces[Kind.SPLIT] + overflow
    assert (
        spaces[Kind.PRESIZE] + spaces[Kind.FIRST] - 2 <= sized <= spaces[Kind.PRESIZE] + spaces[Kind.FIRST] + overflow
    )
    assert spaces[Kind.CLONE] - 2 <= clone <= spaces[Kind.CLONE] + overflow
    tables = sum(spaces[kind] for kind in Kind if kind.is_table)
    assert growth + sized + clone == pytest.approx(tables, abs=3)
    assert growth + sized + clone + value == pytest.approx(found.now.alloc_space[0], abs=3)


def test_a_protobuf_has_values_only() -> None:
    found = flame(wholeproto.read_whole(RECORDINGS[0].raw_proto(1)), None, None)
    assert {PURPOSES[purpose] for column in found.purpose[:2] for purpose in column or ()} == {Purpose.VALUE}
    assert not any(found.hidden)


@pytest.mark.parametrize(
    ("hidden", "purpose"),
    [
        (GROW, Purpose.GROWTH),
        (SPLIT, Purpose.GROWTH),
        (MAKE, Purpose.SIZED),
        (FIRST_BUCKET, Purpose.SIZED),
        (COPY, Purpose.CLONE),
        (MOVED, Purpose.GROWTH),
        (("runtime.(*hmap).newoverflow", "runtime.mapclone2"), Purpose.CLONE),
        (OVERFLOW, Purpose.SIZED),  # of a table that was made elsewhere
        (SLICE, Purpose.VALUE),
        (("internal/runtime/maps.NewEmptyMap", "runtime.makemap_small"), Purpose.VALUE),
        (("", ""), Purpose.VALUE),
        ((), Purpose.VALUE),
    ],
)
def test_what_an_allocation_is_for(hidden: tuple[str, ...], purpose: Purpose) -> None:
    assert purposes(reading(row(hidden, "main.put", "main.main"))) == [PURPOSES.index(purpose)]


@pytest.mark.parametrize(("tables", "purpose"), [(GROW, Purpose.GROWTH), (MAKE, Purpose.SIZED), (COPY, Purpose.CLONE)])
def test_overflow_buckets_are_part_of_their_lines_tables(tables: tuple[str, ...], purpose: Purpose) -> None:
    least = row(SPLIT if purpose is Purpose.SIZED else MAKE, "main.put", alloc=10)
    found = purposes(reading(row(OVERFLOW, "main.put"), row(tables, "main.put"), least, row(GROW, "main.other")))
    assert PURPOSES[found[0]] is purpose


def test_a_large_value_beside_its_table_is_a_value() -> None:
    table = row(GROW[:2] + FIRST_BUCKET, "main.put", alloc=1e6, inuse=1e6, size=65_536)
    value = row(FIRST_BUCKET, "main.put", alloc=4096, inuse=4096, size=1024)
    assert [PURPOSES[at] for at in purposes(reading(table, value))] == [Purpose.GROWTH, Purpose.VALUE]


def test_functions_are_merged_by_name_and_by_where_they_are_called() -> None:
    found = flame(
        reading(
            row(GROW, "main.put", "main.main"),
            row(SLICE, "main.put", "main.main", alloc=3000),
            row((), "main.main", alloc=6000),
        ),
        None,
        None,
    )
    nodes = paths(found)
    put = ("root", "main.main", "main.put")
    assert set(nodes) == {
        *(put[:depth] for depth in (1, 2, 3)),
        *((*put, *GROW[:-depth:-1]) for depth in (2, 3, 4)),
        *((*put, *SLICE[:-depth:-1]) for depth in (2, 3)),
    }
    assert found.now.alloc_space[nodes[put]] == 4000
    assert found.now.inuse_space[nodes[put]] == 1000
    assert found.now.alloc_space[nodes[put[:2]]] == 10_000
    assert PURPOSES[found.purpose.alloc_space[nodes[put]]] is Purpose.VALUE
    assert PURPOSES[found.purpose.alloc_space[nodes[(*put, GROW[-1])]]] is Purpose.GROWTH
    assert [found.hidden[nodes[each]] for each in (put, (*put, GROW[-1]), (*put, *GROW[::-1]))] == [False, True, True]
    assert found.left_out == 0


def test_what_has_gone_is_in_the_tree_with_nothing() -> None:
    now = reading(row((), "main.new", "main.main"))
    base = reading(row(GROW, "main.old", "main.main"))
    found = flame(now, None, base)
    assert found.base is not None
    at = paths(found)["root", "main.main", "main.old", *GROW[::-1]]
    assert (found.now.alloc_space[at], found.now.inuse_space[at]) == (0, 0)
    assert (found.base.alloc_space[at], found.base.inuse_space[at]) == (1000, 500)
    assert PURPOSES[found.purpose.alloc_space[at]] is Purpose.GROWTH
    new = paths(found)["root", "main.main", "main.new"]
    assert (found.base.alloc_space[new], found.now.alloc_space[new]) == (0, 1000)
    assert sum(found.purposes.alloc_space) == 1000


def crowd(count: int) -> list[Row]:
    """As many functions, each a little heavier than the one before."""
    return [row((), f"main.f{at}", alloc=1e8 + at, inuse=0) for at in range(count)]


def test_what_is_too_narrow_to_be_seen_is_there_for_whoever_zooms_in() -> None:
    found = flame(
        reading(row((), "main.main", alloc=1e15), row(GROW, "main.tiny", "main.main", alloc=1, inuse=0)), None, None
    )
    assert ("root", "main.main", "main.tiny", *GROW[::-1]) in paths(found)
    assert found.left_out == 0


def test_where_there_are_too_many_the_lightest_are_left_out_and_counted() -> None:
    found = flame(reading(*crowd(MOST_NODES + 2)), None, None)
    known = paths(found)
    assert len(known) == MOST_NODES
    there = {at for at in range(MOST_NODES + 2) if ("root", f"main.f{at}") in known}
    assert there == set(range(3, MOST_NODES + 2))
    assert found.left_out == 3
    assert found.now.alloc_space[0] == sum(each[2] for each in crowd(MOST_NODES + 2))


def test_what_weighs_nothing_is_left_out() -> None:
    found = flame(reading(row((), "main.main"), row((), "main.none", alloc=0, inuse=0)), None, None)
    assert set(paths(found)) == {("root",), ("root", "main.main")}
    assert found.left_out == 1


def test_what_a_window_is_full_of_is_seen_after_weeks() -> None:
    old = crowd(MOST_NODES)
    first = reading(*old, row(GROW, "main.put", alloc=1e6, inuse=0))
    found = flame(reading(*old, row(GROW, "main.put", alloc=5e6, inuse=0)), first, None)
    assert ("root", "main.put", *GROW[::-1]) in paths(found)
    alone = flame(reading(*old, row(SLICE, "main.put", alloc=5e6, inuse=0)), None, None)
    assert ("root", "main.put") not in paths(alone)


def test_the_way_to_map_growth_is_kept_when_there_are_too_many_nodes() -> None:
    chance = random.Random(5)  # noqa: S311 - no secret
    deep = [tuple(f"main.f{chance.randrange(10**9)}" for _ in range(60)) for _ in range(900)]
    rows = [row(SLICE, *path, alloc=1000.0 + at) for at, path in enumerate(deep)]
    growth = [row(GROW, *path[::-1], alloc=990.0, inuse=480) for path in deep[:9]]  # each is 0.1 %
    found = flame(reading(*rows, *growth), None, None)
    assert len(found.parent) == MOST_NODES
    assert found.left_out > 0
    known = paths(found)
    assert all(("root", *path, *GROW[::-1]) in known for path in deep[:9])


def test_no_stack_is_drawn_deeper_than_go_writes_them() -> None:
    found = flame(reading(row((), *(f"main.f{at}" for at in range(3000)))), None, None)
    assert len(found.parent) == DEEPEST + 1
    assert found.left_out == 1


def test_frames_without_a_name_have_their_address() -> None:
    found = flame(reading(row(("", ""), "main.main")), None, None)
    assert found.names == ("root", "main.main", "0x1001", "0x1000")


def test_numbers_that_no_process_has_are_cut() -> None:
    found = flame(reading(row((), "main.main", alloc=1e30, inuse=1e29)), None, None)
    assert found.now == Reading((MOST_BYTES, MOST_BYTES), (MOST_BYTES, MOST_BYTES))


rows_of_any_kind = st.lists(
    st.tuples(
        st.lists(st.sampled_from(HIDDEN), max_size=4).map(tuple),
        st.lists(st.sampled_from(("main.a", "main.b", "main.c", "main.main")), min_size=1, max_size=5).map(tuple),
        st.integers(1, 2**40).map(float),
        st.integers(0, 2**20).map(float),
        st.sampled_from((16, 1024, 335_872)),
    ),
    min_size=1,
    max_size=30,
)


@given(rows_of_any_kind, rows_of_any_kind, st.randoms(use_true_random=False))
def test_whatever_the_stacks_the_tree_is_whole(now: list[Row], base: list[Row], dice: random.Random) -> None:
    found = flame(reading(*now), None, reading(*base))
    paths(found)
    assert found.base is not None
    for each, rows in ((found.now, now), (found.base, base)):
        assert each.alloc_space[0] == sum(row[2] for row in rows)
        assert each.inuse_space[0] == sum(row[3] for row in rows)
        whole(found, each)
    assert sum(found.purposes.alloc_space) == found.now.alloc_space[0]
    dice.shuffle(now)
    again = flame(reading(*now), None, reading(*base))
    assert {path: again.now.alloc_space[at] for path, at in paths(again).items()} == {
        path: found.now.alloc_space[at] for path, at in paths(found).items()
    }


def test_a_frame_may_allocate_for_one_thing_and_hold_another() -> None:
    """As a line that grows a map: its outgrown tables are garbage, the strings in it stay."""
    tables = row(GROW, "main.put", alloc=9000.0, inuse=0.0)
    strings = row((), "main.put", inuse=1000.0)
    first = reading(row((), "main.put", alloc=100.0, inuse=100.0), tables)
    found = flame(reading(tables, strings), first, None)
    put = paths(found)["root", "main.put"]
    assert [PURPOSES[column[put]] for column in found.purpose if column] == [
        Purpose.GROWTH,
        Purpose.VALUE,
        Purpose.VALUE,
    ]
    assert found.purposes == Purposes((9000, 0, 0, 1000), (0, 0, 0, 1000), (0, 0, 0, 900))
