"""A large map that neither grows nor is rebuilt: its tables are a good part of the live heap."""

from analyzers.finding import Finding, Verdict
from analyzers.sites import TABLE_KINDS
from analyzers.weighing import remedies
from analyzers.weighing.case import Case
from analyzers.weighing.evidence import confidence, numbers


def find(case: Case) -> list[Finding]:
    """Lines whose tables in use are large, in bytes and as a share of all that is in use."""
    limits = case.thresholds
    return [
        Finding(
            rule=Verdict.LARGE_MAP_RETAINED,
            confidence=confidence(case, suspect, *TABLE_KINDS),
            site=suspect.site,
            culprit=suspect.culprit,
            map=suspect.map,
            evidence=numbers(case, suspect),
            remediation=remedies.for_retained(case, suspect),
            # A table that stands still may be just what the service needs: it is named after what moves.
            weight=suspect.inuse_share / 2,
        )
        for suspect in case.suspects
        if suspect.map is not None
        and suspect.largest_table > limits.max_small_table_bytes
        and suspect.tables.inuse_space >= limits.min_retained_bytes
        and suspect.inuse_share >= limits.min_retained_share
    ]
