"""What CPU samples say of maps: at which lines they are read, written, deleted from, walked and grown, and the band of
reads to writes. Knows counts; names are `accesses.py`'s, the format is `cpuproto.py`'s.

Why a band belongs to a package's maps with one kind of keys and not to a line: a line that writes a map rarely reads
it. Which map a look-up was in no profile tells; that it was in this package, with such keys, is as near as one comes.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from analyzers.names import owner
from analyzers.profile import Site


class Band(StrEnum):
    """Reads for each write, as an order of magnitude: about how many is in `band_of`."""

    WRITE_HEAVY = "write_heavy"
    BALANCED = "balanced"
    READ_MOSTLY = "read_mostly"
    READ_DOMINATED = "read_dominated"
    UNKNOWN = "unknown"


class Counts(NamedTuple):
    """Samples, each in one class only."""

    read: int = 0
    write: int = 0
    delete: int = 0
    iterate: int = 0
    growth: int = 0

    def plus(self, other: "Counts") -> "Counts":
        """Both together."""
        return Counts(*(a + b for a, b in zip(self, other, strict=True)))


class LineSamples(NamedTuple):
    """The samples in map operations of one line, for one kind of keys ("" where the operation does not show it).

    `site` is the first frame outside the runtime, `culprit` the first of the user's own code, as in the heap.
    """

    site: Site
    culprit: Site
    keys: str
    counts: Counts


class CPUProfile(NamedTuple):
    """One reading: `seconds` of wall time, one sample for each `period` ns of CPU, `gc` of them collecting garbage."""

    seconds: float
    period: int
    samples: int
    gc: int
    lines: tuple[LineSamples, ...]


class LineOps(NamedTuple):
    """One line's map operations. Shares are 0 to 1 of the service's CPU time; `band` is of its package's such maps."""

    site: Site
    culprit: Site
    band: Band
    read: float
    write: float
    delete: float
    iterate: float
    growth: float

    @property
    def share(self) -> float:
        """All of them."""
        return self.read + self.write + self.delete + self.iterate + self.growth


class CPUMissing(NamedTuple):
    """A CPU profile was asked for and could not be had: the error's `reason` and `detail`."""

    reason: str
    detail: str


class CPUFigures(NamedTuple):
    """What a diagnosis keeps of a CPU profile. `gc_share` is None without samples; `lines` are the busiest."""

    seconds: float
    samples: int
    gc_share: float | None
    lines: tuple[LineOps, ...]


# Fewer samples than this, and chance decides between two bands.
LEAST_SAMPLES = 20
# Of an operation never sampled there may have been two or three: at a true 10 : 1, 40 reads without a single write
# come about in 2 of 100 profiles.
UNSEEN_WRITES = 2
# The middle, on a scale of magnitudes, between 1 : 1 and 10 : 1, and between 10 : 1 and 100 : 1 as they are measured.
READ_MOSTLY_FROM, READ_DOMINATED_FROM = 3.0, 20.0
BUSIEST = 10


def band_of(reads: int, writes: int) -> Band:
    """Reads to writes by samples: reads / (writes without growth), as an order of magnitude, never more.

    CPU time is not a count of operations: writes are sampled cold and cost more than reads. Measured (144 profiles of
    2 s, Go 1.23, 1.24 and 1.27; one million, 100,000 and 1,000 entries): a true 1 : 1 reads as 1.1 : 1, 10 : 1 as
    9 to 10 : 1, 100 : 1 as 50 to 70 : 1, all of them within a factor of 3 in 74 % (1.23) to 100 % (1.24) of the runs.
    Of 36 profiles of 5 s with 45 to 100 samples in maps each, 33 gave the band of their true ratio (1, 10 and 100 : 1);
    the other 3, at 100 : 1, gave the one below.
    """
    if reads + writes < LEAST_SAMPLES:
        return Band.UNKNOWN
    ratio = reads / (writes + UNSEEN_WRITES)
    if ratio >= READ_DOMINATED_FROM:
        return Band.READ_DOMINATED
    if ratio >= READ_MOSTLY_FROM:
        return Band.READ_MOSTLY
    return Band.BALANCED if ratio >= 1 / READ_MOSTLY_FROM else Band.WRITE_HEAVY


class Traffic:
    """A CPU profile asked line by line."""

    def __init__(self, profile: CPUProfile) -> None:
        self._profile = profile
        self._near: dict[str, dict[str, Counts]] = {}
        self._at: dict[tuple[object, ...], Counts] = {}
        for line in profile.lines:
            place = line.site[1:] + line.culprit[1:]
            self._at[place] = self._at.get(place, Counts()).plus(line.counts)
            if line.keys:
                near = self._near.setdefault(_package(line.site, line.culprit), {})
                near[line.keys] = near.get(line.keys, Counts()).plus(line.counts)

    def at(self, site: Site, culprit: Site, key_kind: str | None) -> LineOps:
        """What a heap's line does. Its shares are 0 where no sample fell on it: the maps may be read all the same."""
        counts = self._at.get(site[1:] + culprit[1:], Counts())
        return self._ops(site, culprit, key_kind.removesuffix("ptr") if key_kind else "", counts)

    def figures(self) -> CPUFigures:
        """The whole, with its busiest lines first."""
        profile = self._profile
        ops = [self._ops(line.site, line.culprit, line.keys, line.counts) for line in profile.lines]
        busiest = sorted(ops, key=lambda line: (-line.share, line.site))[:BUSIEST]
        gc_share = profile.gc / profile.samples if profile.samples else None
        return CPUFigures(profile.seconds, profile.samples, gc_share, tuple(busiest))

    def _ops(self, site: Site, culprit: Site, keys: str, counts: Counts) -> LineOps:
        samples = max(1, self._profile.samples)
        return LineOps(site, culprit, self._band(site, culprit, keys), *(count / samples for count in counts))

    def _band(self, site: Site, culprit: Site, keys: str) -> Band:
        near = self._near.get(_package(site, culprit), {})
        if not keys and len(near) == 1:
            (keys,) = near  # the package has no other maps
        counts = near.get(keys, Counts())
        return band_of(counts.read, counts.write)


def _package(site: Site, culprit: Site) -> str:
    """Whose map it is: a library's own, or, where package maps or a decoder works on it, the user's."""
    return owner.package_of((culprit if owner.is_standard(site.function) else site).function)


def merged(lines: Iterable[LineSamples]) -> tuple[LineSamples, ...]:
    """One entry for each line and kind of keys, in a stable order; functions do not count, as in `sites.Place`."""
    found: dict[tuple[object, ...], LineSamples] = {}
    for line in lines:
        key = (line.site[1:], line.culprit[1:], line.keys)
        known = found.get(key)
        found[key] = (
            LineSamples(
                min(known.site, line.site), min(known.culprit, line.culprit), line.keys, known.counts.plus(line.counts)
            )
            if known
            else line
        )
    return tuple(sorted(found.values()))
