"""Flame graphs for tests: a small one that tells a story, one as large as asked, and one of hostile names."""

from random import Random

from analyzers.flame import PURPOSES, Flame, Purpose, Purposes, Reading

MIB = 2**20
HOSTILE = (
    "main.<script>alert(document.domain)</script>",
    'main."><img src=x onerror=alert(1)>',
    "main.\u202etxt.exe\u202c\u2066cod\u2069e",
    "main.&lt;b&gt;" + "long" * 200,
    "main.javascript:alert(1)//\x00\x1b[31m",
)

# function, parent's row, purpose, hidden, then in MiB: alloc and in use now, at the first visit, in the capture before
GROWTH, SIZED, CLONE, VALUE = Purpose.GROWTH, Purpose.SIZED, Purpose.CLONE, Purpose.VALUE
STORY = (
    ("root", -1, VALUE, False, 0, 0, 0, 0, 0, 0),
    ("main.main", 0, VALUE, False, 2, 1, 2, 1, 2, 1),
    ("net/http.(*conn).serve", 0, VALUE, False, 0, 0, 0, 0, 0, 0),
    ("example.com/shop/catalog.(*Catalog).put", 1, VALUE, False, 4, 2, 3, 1, 3, 2),
    ("runtime.mapassign_faststr", 3, GROWTH, True, 0, 0, 0, 0, 0, 0),
    ("runtime.growWork_faststr", 4, GROWTH, True, 0, 0, 0, 0, 0, 0),
    ("runtime.hashGrow", 5, GROWTH, True, 64, 24, 40, 12, 30, 10),
    ("runtime.makemap", 3, SIZED, True, 12, 6, 12, 6, 12, 6),
    ("maps.Clone[...]", 2, CLONE, False, 0, 0, 0, 0, 0, 0),
    ("runtime.mapclone2", 8, CLONE, True, 20, 3, 14, 3, 9, 3),
    ("encoding/json.Unmarshal", 2, VALUE, False, 30, 5, 26, 6, 26, 12),
    ("example.com/shop/old.(*Cache).fill", 1, VALUE, False, 0, 0, 0, 0, 8, 8),
)


def story(*, first: bool = True, base: bool = True) -> Flame:
    """A catalog that grows without a size, copies beside it, and a cache that has gone since the capture before."""
    names, parents, purposes, hidden, *own = zip(*STORY, strict=True)
    columns = [_whole([int(value) * MIB for value in column], parents) for column in own]
    readings = [Reading(alloc, inuse) for alloc, inuse in zip(columns[::2], columns[1::2], strict=True)]
    alloc, inuse, before = (tuple(_of(purpose, column) for purpose in PURPOSES) for column in own[:3])
    window = tuple(after - then for after, then in zip(alloc, before, strict=True)) if first else None
    kinds = tuple(PURPOSES.index(purpose) for purpose in purposes)
    return Flame(
        tuple(names),
        tuple(range(len(names))),
        tuple(parents),
        Purposes(kinds, kinds, kinds if first else None),
        tuple(hidden),
        readings[0],
        readings[1] if first else None,
        readings[2] if base else None,
        Purposes(alloc, inuse, window),
        0,
    )


def large(nodes: int) -> Flame:
    """As many frames, a third of them leaves as in real heaps, of few long names. The same every time."""
    chance = Random(nodes)  # noqa: S311 - no secret
    parents = [-1] + [chance.randrange(max(0, node - 40), node) for node in range(1, nodes)]
    leaves = set(range(nodes)).difference(parents)
    names = tuple(f"example.com/services/shop/internal/room{n % 37}.(*Thing{n}).handleRequest" for n in range(1_500))

    def reading() -> Reading:
        alloc = [chance.randrange(512, 40_000_000) if node in leaves else 0 for node in range(nodes)]
        return Reading(_whole(alloc, parents), _whole([value // chance.randint(1, 9) for value in alloc], parents))

    purpose = Purposes(*(tuple(chance.randrange(len(PURPOSES)) for _ in range(nodes)) for _ in range(3)))
    sums = Purposes((1, 2, 3, 4), (1, 2, 3, 4), (1, 2, 3, 4))
    name = tuple(chance.randrange(len(names)) for _ in range(nodes))
    hidden = tuple(node in leaves for node in range(nodes))
    return Flame(names, name, tuple(parents), purpose, hidden, reading(), reading(), reading(), sums, 1_234)


def hostile() -> Flame:
    """One function calls the next, and each name tries something."""
    count = len(HOSTILE) + 1
    bytes_ = tuple(MIB * (count - node) for node in range(count))
    one = Reading(bytes_, bytes_)
    nodes = tuple(range(count))
    sums = Purposes((0, 0, 0, MIB), (0, 0, 0, MIB), (0, 0, 0, MIB))
    values = (3,) * count
    none = (False,) * count
    return Flame(
        ("root", *HOSTILE),
        nodes,
        tuple(n - 1 for n in nodes),
        Purposes(values, values, values),
        none,
        one,
        one,
        one,
        sums,
        0,
    )


def _whole(own: list[int], parents: list[int] | tuple[int, ...]) -> tuple[int, ...]:
    for node in range(len(own) - 1, 0, -1):
        own[parents[node]] += own[node]
    return tuple(own)


def _of(purpose: Purpose, column: tuple[int, ...]) -> int:
    return sum(row * MIB for row, (_, _, kind, *_) in zip(column, STORY, strict=True) if kind is purpose)
