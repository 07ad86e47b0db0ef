"""Every row of the table of frames, for both map families and the helpers of each release; and names that only look so.

Frames are written leaf first, `<` between them, `irm` short for internal/runtime/maps.
"""

import pytest

from analyzers.names.frames import Event, Implementation, Kind, classify, key_kind

CLASSIC, SWISS = Implementation.CLASSIC, Implementation.SWISS

# What allocation looks like from the inside, by release.
CLASSIC_HELPERS = {
    "up to 1.25": "",
    "newarray": "runtime.newarray < ",
    "1.26": "runtime.mallocgc < runtime.newarray < ",
    "1.27": "runtime.mallocgcSmallScanNoHeaderSC4 < runtime.mallocgc < runtime.newarray < ",
}
SWISS_HELPERS = {
    "1.24": "",
    "1.25": "irm.newarray < ",
    "1.26": "runtime.mallocgc < runtime.newarray < irm.newarray < ",
    "1.27": "runtime.mallocgcLarge < runtime.mallocgc < runtime.newarray < irm.newarray < ",
}

RESET = "irm.newGroups < irm.(*table).reset < irm.newTable < "

# what happens: frames, kind, family, key
CLASSIC_ROWS = {
    "first insert": ("runtime.mapassign_faststr", Kind.FIRST, CLASSIC, "faststr"),
    "first insert, any key": ("runtime.mapassign", Kind.FIRST, CLASSIC, "generic"),
    "make with hint": ("runtime.makeBucketArray < runtime.makemap", Kind.PRESIZE, CLASSIC, None),
    "make with hint, 64 bit": (
        "runtime.makeBucketArray < runtime.makemap < runtime.makemap64",
        Kind.PRESIZE,
        CLASSIC,
        None,
    ),
    "doubling": (
        "runtime.makeBucketArray < runtime.hashGrow < runtime.mapassign_fast64",
        Kind.GROWTH,
        CLASSIC,
        "fast64",
    ),
    "doubling, 1.19 names": (
        "runtime.makeBucketArray < runtime.hashGrow < runtime.mapassign",
        Kind.GROWTH,
        CLASSIC,
        "generic",
    ),
    "doubling, pointer keys": (
        "runtime.makeBucketArray < runtime.hashGrow < runtime.mapassign_fast64ptr",
        Kind.GROWTH,
        CLASSIC,
        "fast64ptr",
    ),
    "doubling through reflect": (
        "runtime.makeBucketArray < runtime.hashGrow < runtime.mapassign_faststr < reflect.mapassign_faststr0",
        Kind.GROWTH,
        CLASSIC,
        "faststr",
    ),
    "overflow": ("runtime.(*hmap).newoverflow < runtime.mapassign_fast32", Kind.OVERFLOW, CLASSIC, "fast32"),
    "overflow while evacuating": (
        "runtime.(*hmap).newoverflow < runtime.evacuate_faststr < runtime.growWork_faststr < runtime.mapassign_faststr",
        Kind.OVERFLOW,
        CLASSIC,
        "faststr",
    ),
    "list of overflow buckets": (
        "runtime.(*hmap).createOverflow < runtime.(*hmap).newoverflow < runtime.mapassign",
        Kind.OVERFLOW,
        CLASSIC,
        "generic",
    ),
    "clone": (
        "runtime.makeBucketArray < runtime.makemap < runtime.mapclone2 < maps.clone",
        Kind.CLONE,
        CLASSIC,
        None,
    ),
    "sync.Map rebuild": ("runtime.makeBucketArray < runtime.makemap", Kind.PRESIZE, CLASSIC, None),
}
SWISS_ROWS = {
    "empty header": ("irm.NewEmptyMap < runtime.makemap_small", Kind.HEADER, SWISS, None),
    "first insert": (
        "irm.newGroups < irm.(*Map).growToSmall < runtime.mapassign_faststr",
        Kind.FIRST,
        SWISS,
        "faststr",
    ),
    "make with hint": (RESET + "irm.NewMap < runtime.makemap", Kind.PRESIZE, SWISS, None),
    "make with hint, small": ("irm.newGroups < irm.NewMap < runtime.makemap", Kind.PRESIZE, SWISS, None),
    "8 to 16": (RESET + "irm.(*Map).growToTable < runtime.mapassign_fast64", Kind.GROWTH, SWISS, "fast64"),
    "32 to 1024": (
        RESET + "irm.(*table).grow < irm.(*table).rehash < runtime.mapassign_fast32",
        Kind.GROWTH,
        SWISS,
        "fast32",
    ),
    "beyond 1024": (
        RESET + "irm.(*table).split < irm.(*table).rehash < runtime.mapassign",
        Kind.SPLIT,
        SWISS,
        "generic",
    ),
    "directory": (
        "irm.(*Map).installTableSplit < irm.(*table).split < irm.(*table).rehash < runtime.mapassign",
        Kind.DIRECTORY,
        SWISS,
        "generic",
    ),
    "directory of a sized map": ("irm.NewMap < runtime.makemap", Kind.DIRECTORY, SWISS, None),
    "table header": (
        "irm.newTable < irm.(*table).split < irm.(*table).rehash < runtime.mapassign_faststr",
        Kind.HEADER,
        SWISS,
        "faststr",
    ),
    "clone": ("irm.newGroups < irm.(*table).clone < irm.(*Map).Clone < maps.clone", Kind.CLONE, SWISS, None),
    "clone of a small map": ("irm.newGroups < irm.(*Map).Clone < maps.clone", Kind.CLONE, SWISS, None),
    "header of a clone": ("irm.(*Map).Clone < maps.clone", Kind.HEADER, SWISS, None),
    "entry over 128 bytes in a small map": (
        "irm.(*Map).putSlotSmall < runtime.mapassign",
        Kind.ENTRY,
        SWISS,
        "generic",
    ),
}
OTHER_ROWS = {
    "classic header": ("runtime.makemap_small", Kind.HEADER, None, None),
    "classic header of a sized map": ("runtime.makemap", Kind.HEADER, None, None),
    "entry over 128 bytes, Swiss": ("irm.newobject < runtime.mapassign", Kind.ENTRY, SWISS, "generic"),
    "entry over 128 bytes, Swiss, 1.26": (
        "runtime.mallocgc < runtime.newobject < irm.newobject < runtime.mapassign",
        Kind.ENTRY,
        SWISS,
        "generic",
    ),
    "append, from 1.26": ("runtime.mallocgc < runtime.growslice", Kind.SLICE, None, None),
    "make of a slice": ("runtime.mallocgc < runtime.makeslice", Kind.VALUE, None, None),
    "channel": ("runtime.mallocgc < runtime.makechan", Kind.CHANNEL, None, None),
    "new object": ("runtime.mallocgc < runtime.newobject", Kind.VALUE, None, None),
    "string": ("runtime.mallocgc < runtime.rawstring < runtime.slicebytetostring", Kind.VALUE, None, None),
    "interface": ("runtime.mallocgcTiny < runtime.mallocgc < runtime.convTstring", Kind.VALUE, None, None),
    "nothing hidden": ("", Kind.VALUE, None, None),
    "no name known": (" < ", Kind.VALUE, None, None),
    # The first frame decides: a collection that starts inside an allocation has the map further up.
    "collector in an assignment": (
        "runtime.malg < runtime.gcStart < runtime.mallocgc < runtime.newarray < runtime.makeBucketArray < "
        "runtime.hashGrow < runtime.mapassign_faststr",
        Kind.VALUE,
        None,
        None,
    ),
    "semaphore in an assignment": (
        "runtime.acquireSudog < runtime.semacquire1 < runtime.mapassign_faststr",
        Kind.VALUE,
        None,
        None,
    ),
}

# The user's own names, which end like the runtime's.
NAMESAKES = [
    "example.com/x/table.grow",
    "example.com/x.(*table).grow",
    "example.com/x/maps.newGroups",
    "example.com/internal/runtime/maps.newGroups",
    "main.mapassign_faststr",
    "main.hashGrow < main.mapassign",
    "example.com/runtime.makeBucketArray < example.com/runtime.hashGrow",
    "example.com/runtime.growslice",
    "myruntime.makeBucketArray < myruntime.hashGrow",
    "example.com/internal/sync.newEntryNode",
]


def frames(chain: str) -> tuple[str, ...]:
    return tuple(name.strip().replace("irm.", "internal/runtime/maps.") for name in chain.split("<")) if chain else ()


def rows(
    table: dict[str, tuple[str, Kind, Implementation | None, str | None]], helpers: dict[str, str]
) -> list[object]:
    return [
        pytest.param(helper + chain, Event(kind, family, key), id=f"{name}, {release}")
        for name, (chain, kind, family, key) in table.items()
        for release, helper in helpers.items()
    ]


@pytest.mark.parametrize(
    ("chain", "event"),
    [*rows(CLASSIC_ROWS, CLASSIC_HELPERS), *rows(SWISS_ROWS, {"1.24": "", "1.26": "runtime.mallocgc < "})],
)
def test_frames_of_the_runtime_tell_what_an_allocation_is_for(chain: str, event: Event) -> None:
    assert classify(frames(chain)) == event


@pytest.mark.parametrize("release", SWISS_HELPERS)
@pytest.mark.parametrize(
    "name", [name for name, (chain, *_) in SWISS_ROWS.items() if chain.startswith("irm.newGroups")]
)
def test_groups_are_arrays(name: str, release: str) -> None:
    chain, kind, family, key = SWISS_ROWS[name]
    assert classify(frames(SWISS_HELPERS[release] + chain)) == Event(kind, family, key)


@pytest.mark.parametrize(("chain", "event"), rows(OTHER_ROWS, {"as seen": ""}))
def test_other_allocations_are_told_from_tables(chain: str, event: Event) -> None:
    assert classify(frames(chain)) == event


@pytest.mark.parametrize("chain", NAMESAKES)
def test_the_users_own_names_are_never_taken_for_the_runtimes(chain: str) -> None:
    assert classify(frames(chain)) == Event(Kind.VALUE)
    assert classify(frames("runtime.mallocgc < " + chain)) == Event(Kind.VALUE)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("runtime.mapassign", "generic"),
        ("runtime.mapassign_fast32", "fast32"),
        ("runtime.mapassign_fast32ptr", "fast32ptr"),
        ("runtime.mapassign_fast64", "fast64"),
        ("runtime.mapassign_fast64ptr", "fast64ptr"),
        ("runtime.mapassign_faststr", "faststr"),
        ("reflect.mapassign_faststr0", None),
        ("main.mapassign_faststr", None),
    ],
)
def test_the_variant_of_mapassign_names_the_key(name: str, kind: str | None) -> None:
    assert key_kind(("runtime.hashGrow", name)) == kind


def test_kinds_of_growth_are_kinds_of_table() -> None:
    assert all(kind.is_table for kind in Kind if kind.is_growth)
    assert {kind for kind in Kind if kind.is_growth} == {Kind.GROWTH, Kind.SPLIT}
