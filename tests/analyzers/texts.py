"""Heap profile texts made by hand, as runtime/pprof writes them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

RATE = 524_288


class Frame(NamedTuple):
    """One `#` line. The stack's first line has its PC plus one."""

    function: str
    file: str
    line: int
    pc: int = 0x6DFA12


PUT = Frame("example.com/svc/internal/catalog.(*Catalog).put", "example.com/svc/internal/catalog/catalog.go", 64)
MAIN = Frame("main.main", "example.com/svc/main.go", 20, 0x6E0DC4)
RUNTIME_MAIN = Frame("runtime.main", "runtime/proc.go", 302, 0x4514E6)


def record(
    counts: Sequence[int], hidden: Iterable[int] = (), frames: Sequence[Frame] = (PUT, MAIN, RUNTIME_MAIN)
) -> str:
    """`counts`: in-use objects and bytes, allocated objects and bytes."""
    inuse_objects, inuse_space, alloc_objects, alloc_space = counts
    pcs = [*hidden, *(frame.pc + 1 for frame in frames)]
    lines = [f"{inuse_objects}: {inuse_space} [{alloc_objects}: {alloc_space}] @" + "".join(f" {pc:#x}" for pc in pcs)]
    lines += [f"#\t{frame.pc:#x}\t{frame.function}+0x72\t\t{frame.file}:{frame.line}" for frame in frames]
    return "\n".join(lines) + "\n\n"


def memstats(fields: Mapping[str, object] | None = None, **changes: object) -> str:
    """The block at the end; `changes` by the names Go writes."""
    zeros = "[" + " ".join(["0"] * 256) + "]"
    values: dict[str, object] = {
        "Alloc": 5_000_000,
        "TotalAlloc": 9_000_000,
        "Sys": 20_000_000,
        "Lookups": 0,
        "Mallocs": 100_000,
        "Frees": 50_000,
        "HeapAlloc": 5_000_000,
        "HeapSys": 16_000_000,
        "HeapIdle": 8_000_000,
        "HeapInuse": 8_000_000,
        "HeapReleased": 4_000_000,
        "HeapObjects": 50_000,
        "Stack": "393216 / 393216",
        "MSpan": "60000 / 65280",
        "MCache": "2400 / 15600",
        "BuckHashSys": 4181,
        "GCSys": 3_000_000,
        "OtherSys": 800_000,
        "NextGC": 10_000_000,
        "LastGC": 1_700_000_000_000_000_000,
        "PauseNs": zeros,
        "PauseEnd": zeros,
        "NumGC": 3,
        "NumForcedGC": 1,
        "GCCPUFraction": "0.001",
        "DebugGC": "false",
        "MaxRSS": 30_000_000,
        **(fields or {}),
        **changes,
    }
    return "\n# runtime.MemStats\n" + "".join(f"# {name} = {value}\n" for name, value in values.items())


def text(*records: str, rate: int = RATE, stats: str | None = None) -> bytes:
    """A whole answer of `heap?debug=1`."""
    head = f"heap profile: 1: 2 [3: 4] @ heap/{rate * 2}\n"
    return (head + "".join(records) + (memstats() if stats is None else stats)).encode()


GROWTH_TABLE = record((1, 335_872, 1, 335_872), (0x41A001, 0x41B001, 0x41C001))
GROWTH_NAMES = {
    0x41A001: "runtime.makeBucketArray",
    0x41B001: "runtime.hashGrow",
    0x41C001: "runtime.mapassign_faststr",
}
