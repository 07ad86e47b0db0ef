"""Ways to damage a profile: blindly, by what a text or a protobuf is made of, and by what inflates.

All chance comes from the dice handed in, so an input can be made again from its seed.
"""

import gzip
import re
from collections.abc import Callable, Sequence
from random import Random

Mutation = Callable[[bytes, Random], bytes]

_NUMBER = re.compile(rb"0x[0-9a-f]+|\d+(?:\.\d+)?")
# What stands where a number should: too long, too large, none, no fraction, another writing of one.
NUMBERS = (
    *(b"0", b"1", b"-1", b"00", b"+7", b"1_0", b"0x", b"", b" ", b"nan", b"-inf", b"inf", b"1e400", b"1e-400", b"0.5"),
    *(b"9" * 10_000, b"0x" + b"f" * 10_000, b"-" + b"9" * 400, b"9" * 20, b"0" * 5_000 + b"1"),
    *(b"%d" % number for number in (2**31, 2**32, 2**53 + 1, 2**63 - 1, 2**63, 2**64 - 1, 2**64, 10**30)),
    "٣".encode(),
)
WORDS = (
    *(
        b"\n",
        b"\n\n",
        b"] @",
        b"@",
        b"#\t",
        b"\t",
        b"] @ 0x1 0x2\n",
        b"heap/0",
        b"heap/2",
        b"# runtime.MemStats",
        b"\xff",
    ),
    *(
        b"\truntime.main+0x",
        b"\truntime.main+0x1\truntime/proc.go:",
        b"/pprof.",
        b"%2e",
        b"# DebugGC =",
        b"\x00",
        b"go1.",
    ),
    *(b"internal/runtime/maps.newGroups", b"runtime.mallocgc", b"runtime.makeBucketArray", b"[...]", "\u202e".encode()),
)


def truncate(data: bytes, dice: Random) -> bytes:
    return data[: dice.randrange(len(data) + 1)]


def flip(data: bytes, dice: Random) -> bytes:
    changed = bytearray(data)
    for _ in range(min(dice.choice((1, 3, 30)), len(changed))):
        changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
    return bytes(changed)


def move(data: bytes, dice: Random) -> bytes:
    """A piece cut out, and put in somewhere once, twice or not at all."""
    start = dice.randrange(len(data) + 1)
    piece = data[start : start + dice.choice((1, 8, 64, 4096))]
    rest = data[:start] + data[start + len(piece) :]
    at = dice.randrange(len(rest) + 1)
    return rest[:at] + piece * dice.randrange(3) + rest[at:]


def number(data: bytes, dice: Random) -> bytes:
    """A number of the text becomes one that no number is."""
    found = list(_NUMBER.finditer(data))
    if not found:
        return data
    chosen = dice.choice(found)
    return data[: chosen.start()] + dice.choice(NUMBERS) + data[chosen.end() :]


def word(data: bytes, dice: Random) -> bytes:
    at = dice.randrange(len(data) + 1)
    return data[:at] + dice.choice(WORDS) + data[at:]


def varint(data: bytes, dice: Random) -> bytes:
    """A byte of the protobuf becomes a number: negative, enormous, or one that never ends."""
    at = dice.randrange(len(data) + 1)
    huge = (
        encoded(2**64 - 1),
        encoded(2**63),
        encoded(2**63 - 1),
        encoded(0),
        b"\xff" * 30,
        encoded(dice.getrandbits(40)),
    )
    return data[:at] + dice.choice(huge) + data[at + dice.randrange(3) :]


def nest(data: bytes, dice: Random) -> bytes:
    """Messages within messages, or groups that only open."""
    tag = dice.choice((0x12, 0x22, 0x2A, 0x0A, 0x1A))
    body = b""
    for _ in range(dice.choice((3, 100, 2000))):
        body = bytes((tag,)) + encoded(len(body)) + body
    at = dice.randrange(len(data) + 1)
    return data[:at] + dice.choice((body, bytes((tag & ~7 | 3,)) * 5000)) + data[at:]


def repeat(data: bytes, dice: Random) -> bytes:
    """A field of a few bytes, a hundred thousand times."""
    field = dice.choice(
        (b"\x12\x00", b"\x22\x02\x08\x01", b"\x32\x00", b"\x2a\x02\x08\x01", b"\x1a\x00", b"1: 8 [1: 8] @ 0x1\n")
    )
    return data + field * dice.choice((10, 1000, 100_000))


def squeeze(data: bytes, dice: Random) -> bytes:
    """Gzipped: whole, cut, damaged, twice, or with 20 MB of nothing behind it."""
    whole = gzip.compress(data, 1, mtime=0)
    match dice.randrange(6):
        case 0:
            return whole[: dice.randrange(len(whole))]
        case 1:
            return flip(whole, dice)
        case 2:
            return whole + whole
        case 3:
            return gzip.compress(whole, 1, mtime=0)
        case 4 if dice.randrange(20) == 0:
            return gzip.compress(data + bytes(20_000_000), 1, mtime=0)
    return whole


BLIND: tuple[Mutation, ...] = (truncate, flip, flip, move)
TEXT: tuple[Mutation, ...] = (*BLIND, number, number, number, word, word, repeat)
PROTO: tuple[Mutation, ...] = (*BLIND, varint, varint, nest, repeat, squeeze)
OF_TARGET = {
    "text": TEXT,
    "whole_text": TEXT,
    "symbols": TEXT,
    "proto": PROTO,
    "whole_proto": PROTO,
    "cpu": PROTO,
}


def mutated(target: str, seeds: Sequence[bytes], seed: int) -> bytes:
    """The input that belongs to a seed: one of the recorded ones, damaged up to eight times."""
    dice = Random(seed)  # noqa: S311 - dice, not keys
    data = dice.choice(seeds)
    for _ in range(dice.choice((1, 1, 2, 3, 8))):
        data = dice.choice(OF_TARGET[target])(data, dice)
    return data


def encoded(value: int) -> bytes:
    """A varint."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*out, value))
