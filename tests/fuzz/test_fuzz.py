"""Any bytes give a ProfileError or a result, in bounded memory and time. The short part of `python -m tests.fuzz`."""

import gzip
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.analyzers.protos import ROW, Builder, proto
from tests.analyzers.texts import MAIN, PUT, memstats, record, text
from tests.fuzz.mutations import NUMBERS, OF_TARGET, encoded, mutated
from tests.fuzz.targets import LIMIT, TARGETS

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", TARGETS)
def test_what_is_recorded_is_read(name: str) -> None:
    """Else a target would refuse everything, and find nothing."""
    assert TARGETS[name].seeds()
    for seed in TARGETS[name].seeds()[:4]:
        TARGETS[name].feed(seed)


@pytest.mark.parametrize("name", TARGETS)
def test_a_seed_makes_the_same_input_again(name: str) -> None:
    seeds = TARGETS[name].seeds()
    inputs = {mutated(name, seeds, seed) for seed in range(60)}
    assert inputs == {mutated(name, seeds, seed) for seed in range(60)}
    assert len(inputs) > 40


@pytest.mark.parametrize("name", TARGETS)
@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**64))
def test_damaged_recordings_are_refused_or_read(name: str, seed: int) -> None:
    TARGETS[name].feed(mutated(name, TARGETS[name].seeds(), seed))


@pytest.mark.parametrize("name", TARGETS)
@settings(max_examples=30, deadline=None)
@given(data=st.binary(max_size=200))
def test_any_bytes_are_refused_or_read(name: str, data: bytes) -> None:
    TARGETS[name].feed(data)


# Numbers, each where it hurts


@pytest.mark.parametrize("number", NUMBERS, ids=lambda number: number[:12].decode())
@pytest.mark.parametrize("place", ["counts", "rate", "address", "line", "fraction", "memstats"])
def test_a_number_that_is_none(place: str, number: bytes) -> None:
    mark = "777"
    data = {
        "counts": text(f"1: {mark} [1: {mark}] @ 0x11\n\n", record((1, 8, 1, 8))),
        "rate": text(record((1, 8, 1, 8)), rate=1).replace(b"heap/2\n", b"heap/777\n"),
        "address": text(f"1: 8 [1: 8] @ 0x{mark} 0x6dfa13\n#\t0x6dfa12\tmain.f+0x{mark}\tmain.go:1\n\n"),
        "line": text(f"1: 8 [1: 8] @ 0x11\n#\t0x10\truntime.main+0x1\truntime/proc.go:{mark}\n\n"),
        "fraction": text(record((1, 8, 1, 8)), stats=memstats(GCCPUFraction=mark)),
        "memstats": text(record((1, 8, 1, 8)), stats=memstats(HeapAlloc=mark, LastGC=mark, NumGC=mark)),
    }[place]
    assert mark.encode() in data
    TARGETS["text"].feed(data.replace(mark.encode(), number))


LARGE = (0, 1, -1, 2**31, 2**53 + 1, 2**62, 2**63 - 1, -(2**63))


@given(st.lists(st.sampled_from(LARGE), min_size=5, max_size=5), st.sampled_from(LARGE), st.booleans())
def test_counts_sizes_and_rates_of_any_sign_and_length(numbers: list[int], period: int, labelled: bool) -> None:
    builder = Builder(period=period).sample(ROW[:4], (PUT,), 1024)
    builder.sample(numbers[:4], (PUT, MAIN), numbers[4] if labelled else None)
    TARGETS["proto"].feed(builder.bytes())


# Memory and time: what would take gigabytes stops at a limit, in a process that has no more to give.

DEEP = b"".join(b"\x12" + encoded(size) for size in range(60_000, 0, -4))


def many_lines() -> bytes:
    """A location of 16,000 lines, named some five hundred times: eight million frames out of 100 KB."""
    builder = Builder().sample((1, 8, 1, 8), (PUT,), 8)
    for _ in range(16_000):
        builder.message.location[0].line.add(function_id=1, line=7)
    for objects in range(2, 72):
        builder.sample((objects, objects * 8, 0, 0), (PUT,) * (objects % 16), 8)
    return builder.bytes()


BOMBS = {
    "proto": {
        "nothing": gzip.compress(bytes(300_000_000), 1),
        "samples": gzip.compress(gzip.decompress(proto(ROW)) + b"\x12\x00" * 3_000_000, 1),
        "strings": gzip.compress(gzip.decompress(proto(ROW)) + b"\x32\x00" * 3_000_000, 1),
        "nested": DEEP,
        "groups": b"\x13" * 5_000_000,
        "numbers": b"\x50" + b"\xff" * 5_000_000,
    },
    "text": {
        "records": text(*(f"1: 8 [1: 8] @ {pc:#x}\n\n" for pc in range(30_000))),
        "stack": text("1: 8 [1: 8] @" + " 0x1" * 900_000 + "\n\n"),
        "lines": text("1: 8 [1: 8] @ 0x1\n" + "".join(f"#\t0x0\tf{n}+0x1\tf.go:1\n" for n in range(50_000)) + "\n"),
        "roots": text("1: 8 [1: 8] @ 0x1\n" + "#\t0x1\truntime.main+0x1\truntime/proc.go:1\n" * 90_000 + "\n"),
        "digits": text(f"1: 8 [1: {'9' * 3_000_000}] @ 0x1\n\n"),
        "marks": text("1: 8 [1: 8 " + "] @ " * 300_000 + "0x1\n\n"),
        "goroot": text(f"1: 8 [1: 8] @ 0x11\n#\t0x10\truntime.main+0x1\t{'/go1.2/' * 100_000}:5\n\n"),
    },
    "symbols": {
        "names": b"".join(b"0x%x runtime.f%d\n" % (pc, pc) for pc in range(100_000)),
        "digits": b"0x" + b"f" * 5_000_000 + b" runtime.mapassign\n",
        "name": b"0x1 " + b"a/" * 2_000_000 + b"\n",
    },
}
BOMBS["whole_text"] = BOMBS["text"]
BOMBS["whole_proto"] = BOMBS["proto"] | {"lines": many_lines()}
FED = """
import sys
from pathlib import Path
from tests.fuzz.__main__ import limit
from tests.fuzz.targets import TARGETS
limit()
for bomb in sorted(Path(sys.argv[2]).iterdir()):
    print(bomb.name, flush=True)
    TARGETS[sys.argv[1]].feed(bomb.read_bytes())
"""


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_fit_into_a_gigabyte(tmp_path: Path, name: str) -> None:
    for bomb, data in BOMBS[name].items():
        (tmp_path / bomb).write_bytes(data)
    command = [sys.executable, "-c", FED, name, str(tmp_path)]
    outcome = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr[-2000:]
    assert outcome.stdout.split() == sorted(BOMBS[name])


def test_the_targets_have_mutations_and_a_limit_below_the_services() -> None:
    assert set(OF_TARGET) == set(TARGETS)
    assert LIMIT < 64 * 1024 * 1024
