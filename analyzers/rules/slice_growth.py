"""No map at all: slices that append has to copy to ever larger arrays. Often taken for a map's growth."""

from analyzers.finding import Confidence, Evidence, Finding, Unit, Verdict
from analyzers.maps.ladders import SLICE_RUNGS
from analyzers.names.frames import Kind
from analyzers.weighing import remedies
from analyzers.weighing.case import Case
from analyzers.weighing.evidence import confidence


def find(case: Case) -> list[Finding]:
    """Lines where append's arrays make a good part of all allocations."""
    limits = case.thresholds
    return [
        Finding(
            rule=Verdict.SLICE_GROWTH,
            # Sizes alone cannot tell every slice from a buffer that grows by its own rule.
            confidence=confidence(case, suspect, Kind.SLICE).at_most(Confidence.MEDIUM),
            site=suspect.site,
            culprit=suspect.culprit,
            map=None,
            evidence=(
                Evidence("slice_alloc_space", suspect.slices.alloc_space, Unit.BYTES),
                Evidence("slice_inuse_space", suspect.slices.inuse_space, Unit.BYTES),
                Evidence("alloc_share", suspect.alloc_share, Unit.SHARE),
            ),
            remediation=remedies.for_slices(case, suspect),
            # The question is about maps: a slice comes after any of them.
            weight=suspect.share / 4,
        )
        for suspect in case.suspects
        if suspect.map is None
        # Inside io.ReadAll or a buffer nobody can give the slice its capacity.
        and suspect.site == suspect.culprit
        and suspect.slices.alloc_space >= limits.min_growth_bytes
        and suspect.share >= limits.min_slice_share
        and len(suspect.change.line.ledger.sizes(Kind.SLICE)) >= SLICE_RUNGS
    ]
