"""Whether a line makes the same tables again and again. What the rules of rebuilding and of copying have in common."""

from analyzers.finding import Confidence
from analyzers.maps.estimate import REBUILT_RATIO
from analyzers.names.frames import Kind
from analyzers.sites import GROWTH_KINDS
from analyzers.weighing.case import WHOLE_KINDS, Case, Suspect, recent_of
from analyzers.weighing.evidence import confidence


def is_rebuilt(case: Case, suspect: Suspect) -> bool:
    """Lines that allocate far more tables than stay in use, did so several times, and matter."""
    limits = case.thresholds
    tables = suspect.change.line.ledger.total(*kinds_of(suspect))
    return (
        suspect.map is not None
        and suspect.largest_table > limits.max_small_table_bytes
        and tables.alloc_space >= limits.min_growth_bytes
        and suspect.share >= limits.min_alloc_share
        and tables.alloc_space > REBUILT_RATIO * tables.inuse_space
        and suspect.map.builds >= limits.min_builds
        and not _dropped_long_ago(suspect)
    )


def kinds_of(suspect: Suspect) -> tuple[Kind, ...]:
    """What such a line's tables are booked as: grown, or made at full size."""
    return GROWTH_KINDS if suspect.growth.alloc_objects else WHOLE_KINDS


def sureness(case: Case, suspect: Suspect) -> Confidence:
    """One step lower where the window saw no table made: the rebuilding may be over. Low where there was no window and
    the tables of one map are not known: they may be those of a single one, made once and dropped."""
    level = confidence(case, suspect, *kinds_of(suspect))
    recent = recent_of(suspect, *kinds_of(suspect))
    if recent is None:
        return level if suspect.map is not None and suspect.map.entries is not None else Confidence.LOW
    return level.lowered() if recent.alloc_space <= 0 else level


def _dropped_long_ago(suspect: Suspect) -> bool:
    """Sized tables of which nothing is left and to which the window added nothing: perhaps one map, used once."""
    recent = recent_of(suspect, *WHOLE_KINDS)
    sized = not suspect.growth.alloc_objects
    return sized and not suspect.whole.inuse_objects and recent is not None and recent.alloc_space <= 0
