"""What is fed: each reader, and all that is worked out of what it reads. Anything but a ProfileError is a bug.

A target knows recorded bytes to start from; `mutations.py` damages them.
"""

import gzip
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import cache
from typing import NamedTuple

from analyzers import leaves
from analyzers.cpu import Traffic
from analyzers.errors import ProfileError
from analyzers.examine import examine
from analyzers.merging import flame
from analyzers.profile import Binary, HeapProfile
from analyzers.reading import cpuproto, heapproto, symbols, wholeproto, wholetext
from analyzers.reading.heaptext import HeapText, read_heap_text
from analyzers.restored import restored
from analyzers.snapshot import Snapshot, take
from analyzers.stacks import Stacks
from bot.reports.flame_codec import decode as decode_flame
from bot.reports.flame_codec import encode as encode_flame
from bot.snapshot_codec import decode_snapshot, encode_snapshot
from tests.analyzers.protos import ROW, proto
from tests.analyzers.recordings import RECORDINGS
from tests.analyzers.texts import GROWTH_NAMES, GROWTH_TABLE, record, text

# A tenth of what is allowed in service: enough for every path, and many more inputs a second.
LIMIT = 6 * 1024 * 1024


class Target(NamedTuple):
    """`feed` raises for a bug only; `seeds` are whole and valid."""

    feed: Callable[[bytes], None]
    seeds: Callable[[], tuple[bytes, ...]]


def feed_text(data: bytes) -> None:
    """The text, in one piece and in two, and a later visit half as long ago."""
    found = []
    for chunks in ([data], [data[: len(data) // 2], data[len(data) // 2 :]]):
        try:
            found.append(read_heap_text(chunks))
        except ProfileError:
            found.append(None)
    # Where it is cut may decide whether garbage is refused (a record without end, records behind the MemStats).
    assert None in found or found[0] == found[1]
    if found[0] is not None:
        diagnose(symbols.resolve(found[0], GROWTH_NAMES))


def feed_proto(data: bytes) -> None:
    """The protobuf, inflated or not, with and without what a text of the same build taught."""
    try:
        profile = heapproto.read(data, LIMIT)
    except ProfileError:
        return
    diagnose(profile)
    diagnose(leaves.explain(learned(), profile))


def feed_whole_text(data: bytes) -> None:
    """All stacks of the text: it may be refused for a line that the other reader never looks at."""
    with suppress(ProfileError):
        draw(wholetext.read_whole([data], GROWTH_NAMES))


def feed_whole_proto(data: bytes) -> None:
    """All stacks of the protobuf."""
    with suppress(ProfileError):
        draw(wholeproto.read_whole(data, LIMIT))


def feed_cpu(data: bytes) -> None:
    """The CPU profile."""
    try:
        Traffic(cpuproto.read(data, LIMIT)).figures()
    except ProfileError:
        return


def feed_symbols(data: bytes) -> None:
    """The names of a real text's hidden frames."""
    diagnose(symbols.resolve(plain(), symbols.names(data)))


def diagnose(profile: HeapProfile) -> None:
    """Everything that happens to a profile afterwards, up to the store."""
    snapshot = take(profile, 1000.0)
    later = replace(snapshot, captured_at=1008.0)
    kept, _ = examine(snapshot, later, before())
    examine(before(), later, kept)
    again = decode_snapshot(encode_snapshot(kept))
    assert len(again.usage) == len(kept.usage)


def draw(stacks: Stacks) -> None:
    """What pictures and downloads are made of: a tree that can be kept, and a profile."""
    drawn = flame(stacks, None, other())
    assert decode_flame(encode_flame(drawn)) == drawn
    restored(stacks, 1000.0)


@cache
def other() -> Stacks:
    recording = next(each for each in RECORDINGS if each.folder.name == "library_glue")
    return wholetext.read_whole([recording.raw_text(0)], recording.names)


@cache
def before() -> Snapshot:
    """A real capture for the hostile one to be compared with."""
    return next(each for each in RECORDINGS if each.folder.name == "library_glue").snapshot(0)


@cache
def plain() -> HeapText:
    return next(each for each in RECORDINGS if each.folder.name == "growth_storm").heap_text(0)


@cache
def learned() -> leaves.Leaves:
    recording = next(each for each in RECORDINGS if each.folder.name == "library_glue")
    return leaves.learn(recording.profile(0), heapproto.binary(recording.raw_proto(0)) or Binary())


@cache
def texts() -> tuple[bytes, ...]:
    made = text(GROWTH_TABLE, record((1, 8, 2, 16)), record((0, 0, 3, 3072)))
    return (made, *(each.raw_text(visit) for each in RECORDINGS for visit in range(each.visits)))


@cache
def protos() -> tuple[bytes, ...]:
    recorded = (each.raw_proto(visit) for each in RECORDINGS for visit in range(each.visits))
    return tuple(map(gzip.decompress, (proto(ROW), *recorded)))


@cache
def cpus() -> tuple[bytes, ...]:
    return tuple(gzip.decompress(path.read_bytes()) for each in RECORDINGS for path in each.folder.glob("cpu.pb.gz"))


@cache
def answers() -> tuple[bytes, ...]:
    return tuple((each.folder / "symbols.txt").read_bytes() for each in RECORDINGS)


TARGETS = {
    "text": Target(feed_text, texts),
    "proto": Target(feed_proto, protos),
    "whole_text": Target(feed_whole_text, texts),
    "whole_proto": Target(feed_whole_proto, protos),
    "cpu": Target(feed_cpu, cpus),
    "symbols": Target(feed_symbols, answers),
}
