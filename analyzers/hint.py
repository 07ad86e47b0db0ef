"""The size to suggest for a map, or the refusal to suggest one. Knows estimates, not what else may help."""

import math

from analyzers import tables
from analyzers.estimate import MapEstimate
from analyzers.frames import Implementation

# A hint from a range wider than this would be invented, not measured.
WIDEST_RANGE = 5.0
ENTRIES_ERRORS = 1.6
HINT_ERRORS = 2.6


def capacity_hint(estimate: MapEstimate | None) -> int | None:
    """A size that gives the table the map has today; where a Swiss map is between two powers of two of tables, the
    next one. Never invented: None where the range is too wide or another slot size would fit as well."""
    if estimate is None or estimate.entries is None or not estimate.clear:
        return None
    low, _, high = estimate.entries
    if high > WIDEST_RANGE * low:
        return None
    if estimate.implementation is Implementation.SWISS and high > tables.TABLE_ENTRIES:
        return _swiss_hint(low, high)
    return high


def _swiss_hint(low: int, high: int) -> int | None:
    """A hint makes a power of two of tables, so one entry too many would double them. Where two powers are possible
    the range is too wide; where none is, the map is between two of them and the next one up holds it."""
    # Entries hold with 1.6 standard errors of the tables, because a table's own half is room enough; a hint does not.
    error = (high / low / 2 - 1) / (high / low / 2 + 1) / ENTRIES_ERRORS
    count = high / tables.TABLE_ENTRIES / (1 + ENTRIES_ERRORS * error)
    least, most = count * (1 - HINT_ERRORS * error), count * (1 + HINT_ERRORS * error)
    powers = [count for count in (1 << n for n in range(31)) if least <= count <= most]
    if len(powers) > 1:
        return None
    return tables.TABLE_ENTRIES * (powers[0] if powers else 1 << math.ceil(math.log2(most)))
