"""Which PCs must be asked for their names, in what form, and the answers to names. Not how they are asked."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from analyzers.names import goversion
from analyzers.profile import (
    HeapProfile,
    Record,
    Source,
    Usage,
    sampling_probability,
)
from analyzers.reading.heaptext import HeapText

# net/http refuses request lines over 1 MB by default, proxies and routers in front of it from 8 KB on.
QUERY_BYTES = 7_000


def queries(pcs: Iterable[int]) -> Iterator[str]:
    """`0x4a1b2b+0x4a1b9f...`, each short enough for one GET.

    Asks for pc-1: a PC in a stack is a return address and may already belong to the next function.
    The plus signs must reach the server as they are.
    """
    batch: list[str] = []
    length = 0
    for pc in pcs:
        word = f"{pc - 1:#x}"
        if batch and length + len(word) + 1 > QUERY_BYTES:
            yield "+".join(batch)
            batch, length = [], 0
        batch.append(word)
        length += len(word) + 1
    if batch:
        yield "+".join(batch)


def names(answer: bytes) -> dict[int, str]:
    """The lines `0x4a1b2b runtime.hashGrow` of symbol answers, keyed by the PC of the stack (asked plus one).

    Lines that say something else are passed over: a proxy's page names no PC, and then all names are missing.
    """
    found: dict[int, str] = {}
    for line in answer.decode(errors="replace").splitlines():
        word, _, name = line.strip().partition(" ")
        if not word.startswith("0x") or not name:
            continue
        try:
            found[int(word, 16) + 1] = name.replace("%2e", ".")
        except ValueError:
            continue
    return found


def resolve(text: HeapText, symbols: Mapping[int, str]) -> HeapProfile:
    """The text's records, scaled, their hidden frames named. Without any symbol the profile says `named=False`."""
    records = []
    for record in text.records:
        counts = (record.alloc_objects, record.alloc_space, record.inuse_objects, record.inuse_space)
        scale = 1.0 / sampling_probability(record.alloc_space / record.alloc_objects, text.period)
        frames = tuple(symbols.get(pc, "") for pc in record.hidden)
        usage = Usage(*(count * scale for count in counts))
        records.append(Record(frames, record.site, record.culprit, record.object_size, usage, record.leaf))
    hidden = text.hidden_pcs()
    leaves = {record.frames[0] for record in records if record.frames}
    version = text.go_version.narrowed(goversion.of_hidden({symbols.get(pc, "") for pc in hidden}, leaves))
    return HeapProfile(
        source=Source.TEXT,
        period=text.period,
        records=tuple(records),
        memstats=text.memstats,
        go_version=version.settled(),
        named=not hidden or any(pc in symbols for pc in hidden),
        anchors=text.anchors,
    )


def covered(text: HeapText, symbols: Mapping[int, str]) -> float:
    """The share of hidden PCs that got a name, 0 to 1."""
    pcs: Sequence[int] = text.hidden_pcs()
    return sum(pc in symbols for pc in pcs) / len(pcs) if pcs else 1.0
