"""A profile's usage, with what frames leave open told from sizes: maps without frames, slices up to Go 1.25.

Knows which lines may be asked about; what their sizes look like is `ladders.py`.
"""

from collections.abc import Collection, Mapping

from analyzers.maps import ladders
from analyzers.names import owner
from analyzers.names.frames import Implementation, Kind
from analyzers.names.goversion import GoVersion
from analyzers.profile import HeapProfile
from analyzers.sites import Ledger, Place, SiteUsage, place_of, usage_of

# The last release that can have bucket maps (with GOEXPERIMENT=noswissmap), and the first with Swiss tables.
LAST_CLASSIC = 25
FIRST_SWISS = 24


def explained(profile: HeapProfile) -> tuple[tuple[SiteUsage, ...], frozenset[Place]]:
    """The usage of `profile`, and the lines of which sizes had to tell what hidden frames did not."""
    usage = usage_of(profile)
    families = _families(profile.go_version)
    guesses = _guesses(usage, _unexplained(profile), families, slices=not _shows_slices(profile))
    told = tuple(_explained(item, guesses.get(place_of(item.site, item.culprit))) for item in usage)
    return told, frozenset() if profile.named else frozenset(guesses)


def _families(version: GoVersion) -> tuple[Implementation, ...]:
    """The families that some release of the range has: buckets up to 1.25 (with noswissmap), Swiss tables from 1.24."""
    classic = (Implementation.CLASSIC,) if version.low is None or version.low <= LAST_CLASSIC else ()
    swiss = (Implementation.SWISS,) if version.high is None or version.high >= FIRST_SWISS else ()
    return *classic, *swiss


def _shows_slices(profile: HeapProfile) -> bool:
    """From Go 1.26 the allocator's own frames are there, and append's with them: nothing is left to guess."""
    return any(name.startswith("runtime.mallocgc") for record in profile.records for name in record.frames)


def _unexplained(profile: HeapProfile) -> frozenset[tuple[Place, int]]:
    """Lines and sizes that may be a map's and of which no frame tells what they are for."""
    if profile.named:
        return frozenset()
    open_ones = (record for record in profile.records if not record.explained and owner.may_fill(record.site.function))
    return frozenset((place_of(record.site, record.culprit), record.object_size) for record in open_ones)


def _guesses(
    usage: tuple[SiteUsage, ...],
    unexplained: frozenset[tuple[Place, int]],
    families: Collection[Implementation],
    *,
    slices: bool,
) -> Mapping[Place, ladders.Guess]:
    """What sizes tell of each line: of maps where no frame explains them, of slices everywhere if frames hide them."""
    plain: dict[Place, Ledger] = {}
    for item in usage:
        if item.event.kind is Kind.VALUE:
            ledger = plain.setdefault(place_of(item.site, item.culprit), Ledger())
            ledger.add(Kind.VALUE, item.object_size, item.usage)
    guesses: dict[Place, ladders.Guess] = {}
    for place, ledger in plain.items():
        values = ledger.sizes(Kind.VALUE)
        open_values = {size: used for size, used in values.items() if (place, size) in unexplained}
        guess = ladders.guess_map(open_values, families) or (ladders.guess_slice(values) if slices else None)
        if guess:
            guesses[place] = guess
    return guesses


def _explained(item: SiteUsage, guess: ladders.Guess | None) -> SiteUsage:
    if guess is None or item.event.kind is not Kind.VALUE or item.object_size not in guess.sizes:
        return item
    return item._replace(event=guess.event)
