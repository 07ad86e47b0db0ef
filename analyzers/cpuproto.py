"""Gzipped CPU profiles to the samples in map operations. Knows the format; what names mean is `cpu.py`'s.

Unlike a heap, a CPU profile keeps its runtime frames, so no address need be asked for its name.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from analyzers import owner
from analyzers.cpu import Access, Counts, CPUProfile, LineSamples, access_of, is_gc, keys_of, merged
from analyzers.errors import MalformedProfile, NotACPUProfile
from analyzers.inflate import inflate
from analyzers.profile import Site
from analyzers.profile_pb2 import Profile
from analyzers.protofields import pieces, split
from analyzers.prototables import (
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

# A minute of 64 busy cores inflates to less.
MAX_INFLATED = 32 * 1024 * 1024
# Go cuts CPU stacks at 64 frames, of which each may stand for some inlined ones.
MAX_STACK = 1024
MAX_NUMBER = 2**63 - 1


class _Frame(NamedTuple):
    site: Site
    access: Access | None
    gc: bool
    runtime: bool
    own: bool


_Stacks = Mapping[int, tuple[_Frame, ...]]


class _Seen(NamedTuple):
    """One stack explained: whether it collects garbage, and its map operation, if it is in one."""

    gc: bool
    access: Access | None = None
    keys: str = ""
    site: Site | None = None
    culprit: Site | None = None


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
    known = {number: tuple(map(_frame, run)) for number, _, run in frames_of(locations, profile, strings)}
    return _summed(samples, known, profile)


def _frame(site: Site) -> _Frame:
    name, file = site.function, site.filename
    return _Frame(site, access_of(name), is_gc(name), owner.in_runtime(file), owner.is_own(name, file))


def _summed(samples: list[bytes], known: _Stacks, profile: Profile) -> CPUProfile:
    total = gc = 0
    lines: list[LineSamples] = []
    for sample in (sample for piece in pieces(samples) for sample in parsed(piece).sample):
        if len(sample.value) != 2 or sample.value[0] < 0 or len(sample.location_id) > MAX_STACK:
            raise MalformedProfile("a sample has not a count and a time, or too deep a stack")
        count = sample.value[0]
        total += count
        seen = _explained(sample.location_id, known)
        gc += count if seen.gc else 0
        if seen.access and seen.site and seen.culprit and not owner.is_profiler(seen.site.function):
            lines.append(LineSamples(seen.site, seen.culprit, seen.keys, Counts(**{seen.access.value: count})))
    if total > MAX_NUMBER:
        raise MalformedProfile("the samples add up to more than 64 bits")
    return CPUProfile(profile.duration_nanos / 1e9, profile.period, total, gc, merged(lines))


def _explained(stack: Sequence[int], known: _Stacks) -> _Seen:
    """The map operation a stack is in, growth before what it is part of, and the lines it was called from.

    Between operation and leaf may stand frames of other packages (memequal of internal/bytealg), so the line is looked
    for above the operation. It calls no code of the user's, so the first frame of that ends the search.
    """
    gc, access, keys, site = False, None, "", None
    for frame in _frames(stack, known):
        gc = gc or frame.gc
        if site is None and frame.access:
            access = access if access is Access.GROWTH else frame.access
            keys = keys_of(frame.site.function) or keys
        elif site is None and access and not frame.runtime:
            site = frame.site
        if frame.own:
            return _Seen(gc, access, keys, site, frame.site)
    return _Seen(gc, access, keys, site, site)


def _frames(stack: Sequence[int], known: _Stacks) -> Iterator[_Frame]:
    for location in stack:
        try:
            yield from known[location]
        except KeyError as error:
            raise MalformedProfile("a sample names a location that is not there") from error
