"""How rules put numbers into findings: the same names and the same measure of confidence everywhere."""

from analyzers.finding import Confidence, Evidence, Grounds, Unit
from analyzers.names.frames import Kind
from analyzers.sites import GROWTH_KINDS, HELD_KINDS
from analyzers.weighing.case import Case, Suspect, recent_of

# Relative error of a count is one over the root of its samples: 25 % and 35 %.
SURE_SAMPLES = 16.0
FAIR_SAMPLES = 8.0


def confidence(case: Case, suspect: Suspect, *kinds: Kind) -> Confidence:
    """By the number of samples behind `kinds`; one step lower where sizes had to tell what the line is."""
    known = grounds(case, suspect, *kinds)
    level = Confidence.LOW
    if known.samples >= SURE_SAMPLES or known.complete:
        level = Confidence.HIGH
    elif known.samples >= FAIR_SAMPLES:
        level = Confidence.MEDIUM
    return level.lowered() if known.guessed else level


def grounds(case: Case, suspect: Suspect, *kinds: Kind) -> Grounds:
    """What is known of a line by its samples; of what it holds and of its slices where no `kinds` are named."""
    samples = case.samples(suspect.change.line.ledger, *(kinds or (*HELD_KINDS, Kind.SLICE)))
    # Objects of four periods are all seen (98 %): one of them is the whole truth, not a sample of it.
    complete = suspect.largest_table >= 4 * case.period
    return Grounds(samples, complete, suspect.change.line.place in case.window.snapshot.guessed)


# What a line's bytes are made of, beside the tables that growth made.
PARTS = {
    "presize": (Kind.PRESIZE,),
    "clone": (Kind.CLONE,),
    "first": (Kind.FIRST,),
    "overflow": (Kind.OVERFLOW,),
    "value": (Kind.VALUE, Kind.ENTRY),
}


def numbers(case: Case, suspect: Suspect) -> tuple[Evidence, ...]:
    """The line's ledger in the terms every map finding shares. Bytes stand beside each share."""
    found = [
        Evidence("growth_alloc_space", suspect.growth.alloc_space, Unit.BYTES),
        Evidence("growth_inuse_space", suspect.growth.inuse_space, Unit.BYTES),
        Evidence("table_alloc_space", suspect.tables.alloc_space, Unit.BYTES),
        Evidence("table_inuse_space", suspect.tables.inuse_space, Unit.BYTES),
        Evidence("alloc_share", suspect.alloc_share, Unit.SHARE),
        Evidence("inuse_share", suspect.inuse_share, Unit.SHARE),
    ]
    found += _ledger(suspect)
    recent = recent_of(suspect, *HELD_KINDS)
    if recent is not None and case.window.seconds:
        rate = recent.alloc_space / case.window.seconds
        found.append(Evidence("recent_alloc_space", recent.alloc_space, Unit.BYTES))
        found.append(Evidence("recent_alloc_rate", rate, Unit.BYTES_PER_SECOND))
        if suspect.recent_share is not None:
            found.append(Evidence("recent_alloc_share", suspect.recent_share, Unit.SHARE))
    if suspect.change.trend is not None:
        trend = suspect.change.trend.total(*HELD_KINDS)
        found.append(Evidence("trend_inuse_space", trend.inuse_space, Unit.BYTES))
        growth = suspect.change.trend.total(*GROWTH_KINDS)
        found.append(Evidence("trend_growth_alloc_space", growth.alloc_space, Unit.BYTES))
    return tuple(found)


def _ledger(suspect: Suspect) -> list[Evidence]:
    """The parts there are: outgrown tables, sized ones, clones, first buckets, overflow, keys and values."""
    garbage = suspect.growth.alloc_space - suspect.growth.inuse_space
    found = [Evidence("growth_garbage", garbage, Unit.BYTES)] if garbage > 0 else []
    for name, kinds in PARTS.items():
        usage = suspect.change.line.ledger.total(*kinds)
        if usage.alloc_space > 0:
            found.append(Evidence(f"{name}_alloc_space", usage.alloc_space, Unit.BYTES))
            found.append(Evidence(f"{name}_inuse_space", usage.inuse_space, Unit.BYTES))
    return found
