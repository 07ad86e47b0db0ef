"""A protobuf's stacks: each location described when it is first asked for, and what of a stack is kept.

Knows whose frames they are, not what a sample's values mean.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from analyzers.errors import MalformedProfile
from analyzers.names import owner
from analyzers.profile import UNKNOWN_SITE, Site
from analyzers.profile_pb2 import Profile
from analyzers.reading.prototables import frames_of


class Ends:
    """Leaf address, site and culprit of a stack. Compared by identity, the fastest key for thousands of samples."""

    __slots__ = ("address", "culprit", "site")

    def __init__(self, address: int, site: Site, culprit: Site) -> None:
        self.address = address
        self.site = site
        self.culprit = culprit


_Key = tuple[int, Site, Site]


class _Location(NamedTuple):
    """One location's frames, and what a walk over thousands of stacks asks of it."""

    address: int
    frames: tuple[Site, ...]
    own: Site | None  # the first frame in the user's own code
    leaf: Ends | None  # of every stack that starts here, where that is the user's own code
    profiler: bool


class Locations(dict[int, _Location]):
    """Each location by its id, described when it is first asked for: of most stacks that is the leaf alone."""

    def __init__(self, runs: list[bytes], profile: Profile, strings: Sequence[str]) -> None:
        super().__init__()
        self._ends: dict[_Key, Ends] = {}
        self._read = {number: (address, run) for number, address, run in frames_of(runs, profile, strings)}

    def __missing__(self, number: int) -> _Location:
        found = self[number] = _location(*self._read[number])
        return found

    def frames(self) -> Iterator[Site]:
        """Those of all locations, in no order."""
        return (frame for _, run in self._read.values() for frame in run)

    def tells_all(self, number: int) -> bool:
        """Whether nothing else is asked of a stack with this leaf."""
        return number in self._read and self[number].leaf is not None

    def ends(self, stack: Sequence[int]) -> Ends | None:
        """The leaf line and the first line of the user's own code; None for the profiler's own allocations.

        Raises MalformedProfile.
        """
        try:
            if stack and (leaf := self[stack[0]].leaf) is not None:
                return leaf
            walked = [self[location] for location in stack]
        except KeyError as error:
            raise MalformedProfile("a sample names a location that is not there") from error
        if any(location.profiler for location in walked):
            return None
        frames = [frame for location in walked for frame in location.frames] or [UNKNOWN_SITE]
        site = next((frame for frame in frames if not owner.in_runtime(frame.filename)), frames[0])
        culprit = next((location.own for location in walked if location.own), site)
        address = walked[0].address if walked else 0
        return self._ends.setdefault((address, site, culprit), Ends(address, site, culprit))


def _location(address: int, frames: tuple[Site, ...]) -> _Location:
    own: Site | None = None
    profiler = False
    for frame in frames:
        function, filename, _ = frame
        if own is None and owner.is_own(function, filename):
            own = frame
        profiler = profiler or owner.is_profiler(function)
    leaf = Ends(address, own, own) if own is not None and own is frames[0] else None
    return _Location(address, frames, own, leaf, profiler)
