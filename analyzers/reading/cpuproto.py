"""Gzipped CPU profiles to the samples in map operations. Knows the format; what names mean is `accesses.py`'s.

Unlike a heap, a CPU profile keeps its runtime frames, so no address need be asked for its name.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from analyzers.cpu import Counts, CPUProfile, LineSamples, merged
from analyzers.errors import MalformedProfile, NotACPUProfile
from analyzers.names import owner
from analyzers.names.accesses import Access, access_of, is_gc, keys_of
from analyzers.profile import Site
from analyzers.profile_pb2 import Profile
from analyzers.reading.inflate import inflate
from analyzers.reading.protofields import pieces, split
from analyzers.reading.prototables import (
    DURATION,
    FUNCTION,
    LOCATION,
    PERIOD,
    SAMPLE,
    SAMPLE_TYPE,
    STRING,
    frames_of,
    parsed,
    string,
)

# Ten seconds of 64 busy cores, each sample with a stack of its own, inflate to less.
MAX_INFLATED = 10 * 1024 * 1024
# Go cuts CPU stacks at 64 frames, of which each may stand for some inlined ones.
MAX_STACK = 1024
MAX_NUMBER = 2**63 - 1


class _Frame(NamedTuple):
    site: Site
    access: Access | None
    runtime: bool
    own: bool


class _Location(NamedTuple):
    """One location's frames, and what a walk over thousands of stacks asks of it first."""

    frames: tuple[_Frame, ...]
    gc: bool
    telling: bool  # a map operation, or the user's own code


class _Operation(NamedTuple):
    """What a stack does with a map, and the lines it does it for."""

    access: Access
    keys: str
    site: Site
    culprit: Site


_Stacks = Mapping[int, _Location]


def read(data: bytes, limit: int = MAX_INFLATED) -> CPUProfile:
    """The CPU profile in `data`, gzipped or not, of at most `limit` inflated bytes. One without samples is a result:
    an idle service. Raises ProfileError."""
    head: list[bytes] = []
    locations: list[bytes] = []
    samples: list[bytes] = []
    heads = dict.fromkeys((SAMPLE_TYPE, FUNCTION, STRING, PERIOD, DURATION), head)
    split(inflate(data, limit), {**heads, LOCATION: locations, SAMPLE: samples})
    profile = parsed(b"".join(head))
    strings: Sequence[str] = list(profile.string_table)
    names = [string(strings, item.type) for item in profile.sample_type]
    if names != ["samples", "cpu"]:
        raise NotACPUProfile(f"sample types are {', '.join(names) or 'none'}, not a Go CPU profile's")
    if profile.period <= 0 or profile.duration_nanos < 0:
        raise MalformedProfile("period or duration is negative")
    known = {number: _location(run) for number, _, run in frames_of(locations, profile, strings)}
    return _summed(samples, known, profile)


def _location(run: tuple[Site, ...]) -> _Location:
    frames = tuple(_frame(site) for site in run)
    telling = any(frame.access or frame.own for frame in frames)
    return _Location(frames, any(is_gc(site.function) for site in run), telling)


def _frame(site: Site) -> _Frame:
    name, file = site.function, site.filename
    return _Frame(site, access_of(name), owner.in_runtime(file), owner.is_own(name, file))


def _summed(samples: list[bytes], known: _Stacks, profile: Profile) -> CPUProfile:
    total = gc = 0
    found: dict[_Operation, int] = {}
    for sample in (sample for piece in pieces(samples) for sample in parsed(piece).sample):
        values, stack = list(sample.value), list(sample.location_id)
        if len(values) != 2 or values[0] < 0 or len(stack) > MAX_STACK:
            raise MalformedProfile("a sample has not a count and a time, or too deep a stack")
        collects, operation = _explained(stack, known)
        total += values[0]
        gc += values[0] if collects else 0
        if operation:
            found[operation] = found.get(operation, 0) + values[0]
    if total > MAX_NUMBER:
        raise MalformedProfile("the samples add up to more than 64 bits")
    lines = (
        LineSamples(each.site, each.culprit, each.keys, Counts(**{each.access.value: count}))
        for each, count in found.items()
        if not owner.is_profiler(each.site.function)
    )
    return CPUProfile(profile.duration_nanos / 1e9, profile.period, total, gc, merged(lines))


def _explained(stack: list[int], known: _Stacks) -> tuple[bool, _Operation | None]:
    """Whether a stack collects garbage, and its map operation. One that lies in the user's own code does neither.

    Map operations call no code of the user's, so the first frame of that ends the search.
    """
    gc = False
    for at, number in enumerate(stack):
        location = known.get(number)
        if location is None:
            raise MalformedProfile("a sample names a location that is not there")
        gc = gc or location.gc
        if location.telling:
            return gc, _operation(frame for each in stack[at:] for frame in _frames(each, known))
    return gc, None


def _frames(number: int, known: _Stacks) -> tuple[_Frame, ...]:
    if number not in known:
        raise MalformedProfile("a sample names a location that is not there")
    return known[number].frames


def _operation(frames: Iterator[_Frame]) -> _Operation | None:
    """Growth before what it is part of, and the first lines above it.

    Between a map operation and the leaf may stand frames of other packages (memequal of internal/bytealg), so the
    line is looked for above the operation.
    """
    access, keys, site = None, "", None
    for frame in frames:
        if site is None and frame.access:
            access = access if access is Access.GROWTH else frame.access
            keys = keys_of(frame.site.function) or keys
        elif access and site is None and not frame.runtime:
            site = frame.site
        if frame.own:
            return _Operation(access, keys, site, frame.site) if access and site else None
    return _Operation(access, keys, site, site) if access and site else None
