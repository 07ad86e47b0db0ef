"""The size to suggest for a map, or the refusal to suggest one. Knows estimates, not what else may help."""

from analyzers.maps import tables
from analyzers.maps.estimate import MapEstimate
from analyzers.names.frames import Implementation

# A hint from a range wider than this would be invented, not measured.
WIDEST_RANGE = 5.0
ENTRIES_ERRORS = 1.6
HINT_ERRORS = 2.6
# Tables of one map differ by a few percent in their entries, so this many more than a power of two are mid-doubling.
MID_DOUBLING = 1.15


def capacity_hint(estimate: MapEstimate | None) -> int | None:
    """A size that gives the table the map has today, so it costs no more memory. Never invented: None where the range
    is too wide, another slot size or several maps would fit as well, or a Swiss map's tables are no power of two."""
    if estimate is None or estimate.entries is None or not estimate.clear:
        return None
    low, _, high = estimate.entries
    if high > WIDEST_RANGE * low:
        return None
    if estimate.implementation is Implementation.SWISS and high > tables.TABLE_ENTRIES:
        return _swiss_hint(low, high)
    return estimate.same_table or high


def _swiss_hint(low: int, high: int) -> int | None:
    """A hint makes a power of two of tables, so one entry too many would double them: the one power that is possible.

    A map has nearly a power of two of tables at all times but around a doubling: all of its tables fill at the same
    pace. Any other number is that of several maps, or of a map that is about to outgrow the hint.
    """
    # Entries hold with 1.6 standard errors of the tables, because a table's own half is room enough; a hint does not.
    error = (high / low / 2 - 1) / (high / low / 2 + 1) / ENTRIES_ERRORS
    count = high / tables.TABLE_ENTRIES / (1 + ENTRIES_ERRORS * error)
    least, most = count * (1 - HINT_ERRORS * error), count * (1 + HINT_ERRORS * error)
    powers = [power for power in (1 << n for n in range(31)) if least <= power <= most]
    if len(powers) != 1 or count > MID_DOUBLING * powers[0]:
        return None
    return tables.TABLE_ENTRIES * powers[0]
