"""The numbers that decide when a rule speaks, in one place, each with its reason. A service may override any."""

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Bytes and shares (0 to 1). Field names are the keys under `thresholds:` in the registry."""

    # Eight samples at the default rate of one per 512 KiB: below it, chance decides what is seen.
    min_growth_bytes: float = 4 * MIB
    # A line that causes less than a tenth of the allocations is not what keeps the collector busy.
    min_alloc_share: float = 0.10
    # Fewer doublings than this are a map of some hundred entries, however often it is built.
    min_growths: float = 5
    # A map that was filled three times over is rebuilt; one filled once allocates twice what stays in use.
    min_builds: float = 3
    # Retained tables below this do not decide whether a service lives.
    min_retained_bytes: float = 8 * MIB
    min_retained_share: float = 0.20
    # What a window must add to the live heap to be called growth, not noise.
    min_window_growth_bytes: float = 1 * MIB
    # Many small maps: this many, and no table larger than this.
    min_small_maps: float = 10_000
    max_small_table_bytes: float = 8 * 1024
    # Sized tables of which all live objects together could not fill this part are too large.
    max_possible_fill: float = 0.25
    # A population has been replaced when three times as many were allocated as are alive.
    min_turnover: float = 3
    # Slices that grow by append: share of all allocations.
    min_slice_share: float = 0.25
    # Half of the smallest share that a rule speaks of: what calls of unknown purpose hold or allocated can then neither
    # hide a finding nor make one.
    max_unknown_share: float = 0.05


DEFAULT = Thresholds()
