"""What the calls of one build allocate for: learned from one text capture, told of later protobufs of that build.

A protobuf hides the runtime's frames, but keeps the address of the call into the runtime, and that is the address of
the first frame which the text prints. Measured on 27 live profiles of Go 1.21, 1.23 and 1.27 with every allocation
recorded, also built as PIE: the same addresses in both, without exception, once the start of the code is taken off.
One call has one callee, so what it allocates for is a matter of the object's size. Knows profiles, not where a build's
leaves are kept.

Why frames are remembered rather than what they mean: `frames.py` may come to know better before the build changes.
"""

import math
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from analyzers.names.frames import Event, Implementation, Kind, classify
from analyzers.names.goversion import UNKNOWN, GoVersion
from analyzers.profile import NO_USAGE, Binary, HeapProfile, Record, Usage

Frames = tuple[str, ...]
Shares = Mapping[Frames, float]  # the hidden frames of one call and size, with their share of the bytes
Call = Mapping[int, Shares]  # by object size

# The key for calls of which every allocation is of one kind, whatever its size.
ANY_SIZE = 0
# Calls of the runtime that make nothing else: no map is behind them.
SIZELESS = (Kind.VALUE, Kind.SLICE, Kind.CHANNEL, Kind.SYNC_MAP)
# Tables come in sizes a power of two apart, but for size classes (at most 1/8) and preallocated overflow (1/16).
RUNG_KINDS = (Kind.GROWTH, Kind.SPLIT, Kind.PRESIZE, Kind.CLONE)
ROUNDING = math.log2(9 / 8)
# One bucket, or one group, of the largest keys and values (128 bytes each): a table of so many bytes or fewer may as
# well be a map's first, or an overflow bucket.
LARGEST_BUCKET = 2304


class Leaves(NamedTuple):
    """The calls of one build by their address, counted from the start of the code."""

    build_id: str
    go_version: GoVersion
    calls: Mapping[int, Call]

    def plus(self, later: "Leaves") -> "Leaves":
        """Both together; of a call and size that both know, what `later` saw. Another instance may have walked
        other code, or have smaller maps."""
        calls = {offset: _both(self.calls.get(offset, {}), call) for offset, call in later.calls.items()}
        return Leaves(self.build_id, later.go_version, {**self.calls, **calls})


def learn(profile: HeapProfile, binary: Binary) -> Leaves:
    """What the text `profile` of a process of `binary` tells. Records with a frame that nobody named tell nothing."""
    seen: dict[int, dict[int, dict[Event, dict[Frames, float]]]] = {}
    for record in profile.records if profile.named else ():
        if record.leaf in binary.code and "" not in record.frames:
            sizes = seen.setdefault(record.leaf - binary.code.start, {})
            spaces = sizes.setdefault(record.object_size, {}).setdefault(classify(record.frames), {})
            spaces[record.frames] = spaces.get(record.frames, 0.0) + record.usage.alloc_space
    return Leaves(binary.build_id, profile.go_version, {offset: _call(sizes) for offset, sizes in seen.items()})


def explain(leaves: Leaves, profile: HeapProfile) -> HeapProfile:
    """The protobuf `profile` with the frames it hides, where they are known; as it is, where it is of another build.

    A record of one size that several kinds share is divided as the text had it: a call's first bucket is as large as
    an overflow bucket, and a Swiss map's last table that grew as one that was split.
    """
    if leaves.build_id != profile.build_id:
        return profile
    records: list[Record] = []
    for record in profile.records:
        call = leaves.calls.get(record.leaf - profile.code.start) if record.leaf in profile.code else None
        shares = _shares(call, record.object_size) if call else None
        if not shares:
            records.append(record)
            continue
        usage = _uncut(record)
        for frames, share in shares.items():
            records.append(record._replace(frames=frames, usage=usage.times(share), explained=True))
    version = leaves.go_version if leaves.go_version != UNKNOWN else profile.go_version
    return profile._replace(records=tuple(records), go_version=version)


def unknown_share(profile: HeapProfile) -> float:
    """The share of bytes, 0 to 1, that calls nobody knows have allocated or hold, whichever is more."""
    total, unknown = _usage(profile.records), _usage(_unknown(profile))
    return max(_share(unknown.alloc_space, total.alloc_space), _share(unknown.inuse_space, total.inuse_space))


def unknown_since(profile: HeapProfile, earlier: HeapProfile, least: float) -> float:
    """The share that such calls have in what was allocated since `earlier`; 0 where that is fewer than `least` bytes.

    A process that runs for weeks may begin to grow a map that neither allocated much before nor holds much.
    """
    total = _usage(profile.records).minus(_usage(earlier.records)).alloc_space
    unknown = _usage(_unknown(profile)).minus(_usage(_unknown(earlier))).alloc_space
    return _share(unknown, total) if total >= least else 0.0


def _both(call: Call, later: Call) -> Call:
    """All sizes of both; where one knows of a single kind and the other of several, the later one alone."""
    return {**call, **later} if (ANY_SIZE in call) is (ANY_SIZE in later) else later


def _uncut(record: Record) -> Usage:
    """With as many objects as its bytes are: a protobuf has whole numbers, 19 for 19.7 tables of 27,264 bytes."""
    usage, size = record.usage, record.object_size
    return usage._replace(alloc_objects=usage.alloc_space / size, inuse_objects=usage.inuse_space / size)


def _unknown(profile: HeapProfile) -> Iterable[Record]:
    return (record for record in profile.records if not record.explained)


def _call(sizes: Mapping[int, Mapping[Event, Mapping[Frames, float]]]) -> Call:
    """Of each event its heaviest frames: releases with size-specialised allocators have many that mean the same."""
    events = {event for kinds in sizes.values() for event in kinds}
    if len(events) == 1 and next(iter(events)).kind in SIZELESS:
        return {ANY_SIZE: {_heaviest(next(iter(sizes[max(sizes)].values()))): 1.0}}
    call: dict[int, Shares] = {}
    for size, kinds in sizes.items():
        total = sum(sum(spaces.values()) for spaces in kinds.values())
        call[size] = {_heaviest(spaces): sum(spaces.values()) / total for spaces in kinds.values()}
    return call


def _heaviest(spaces: Mapping[Frames, float]) -> Frames:
    return max(sorted(spaces), key=lambda frames: spaces[frames])


def _shares(call: Call, size: int) -> Shares | None:
    known = call.get(size) or call.get(ANY_SIZE)
    return known or _rung(call, size)


def _rung(call: Call, size: int) -> Shares | None:
    """The kind of a table whose size this call had not made yet, by the rungs that it had; None where that is open.

    Nothing else than its arrays is as large as a classic map's, and each is twice the one before. A Swiss map that
    outgrows what was seen may have grown or split, which sizes do not tell.
    """
    rungs = {known: shares for known, shares in call.items() if _kinds(shares) <= set(RUNG_KINDS)}
    single = {known: shares for known, shares in rungs.items() if len(shares) == 1 and Kind.SPLIT not in _kinds(shares)}
    if not single or size <= LARGEST_BUCKET or not all(_doublings_apart(size, known) for known in rungs):
        return None
    nearest = min(single, key=lambda known: (abs(math.log2(size / known)), known))
    event = classify(next(iter(single[nearest])))
    if event.implementation is Implementation.SWISS and event.kind is Kind.GROWTH and size > max(rungs):
        return None
    return single[nearest]


def _kinds(shares: Shares) -> set[Kind]:
    return {classify(frames).kind for frames in shares}


def _doublings_apart(size: int, other: int) -> bool:
    doublings = math.log2(size / other)
    return abs(doublings - round(doublings)) <= ROUNDING


def _usage(records: Iterable[Record]) -> Usage:
    columns = list(zip(*(record.usage for record in records), strict=True))
    return Usage(*map(sum, columns)) if columns else NO_USAGE


def _share(part: float, whole: float) -> float:
    return part / whole if whole > 0 else 0.0
