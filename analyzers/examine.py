"""The one door: snapshots of one capture and the one before, to what is kept and what is said.

Knows the order of the steps and no step's inside.
"""

from dataclasses import replace

from analyzers.compare import compare
from analyzers.cpu import CPUProfile
from analyzers.diagnose import diagnose, growing, trend_start
from analyzers.finding import Diagnosis
from analyzers.snapshot import Snapshot
from analyzers.thresholds import DEFAULT, Thresholds


def examine(
    first: Snapshot,
    second: Snapshot | None,
    base: Snapshot | None,
    thresholds: Thresholds = DEFAULT,
    memory_limit: int | None = None,
    cpu: CPUProfile | None = None,
) -> tuple[Snapshot, Diagnosis]:
    """The latest snapshot, to be kept, and the diagnosis of the window that ends with it.

    `first` and `second` are one capture's two visits, `base` is the previous capture of the same instance;
    `memory_limit` is the bytes the process may use, where the registry says so; `cpu` was taken between the visits.
    """
    latest = second or first
    window = compare(latest, first if second else None, base)
    diagnosis = diagnose(window, thresholds, memory_limit, cpu)
    kept = replace(latest, growing=growing(diagnosis), gc=diagnosis.gc, oldest=trend_start(window))
    return kept, diagnosis
