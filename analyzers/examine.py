"""The one door: snapshots of one capture and the one before, to what is kept and what is said.

Knows the order of the steps and no step's inside.
"""

from dataclasses import replace

from analyzers.compare import compare
from analyzers.diagnose import diagnose, growing
from analyzers.finding import Diagnosis
from analyzers.snapshot import Snapshot
from analyzers.thresholds import DEFAULT, Thresholds


def examine(
    first: Snapshot, second: Snapshot | None, base: Snapshot | None, thresholds: Thresholds = DEFAULT
) -> tuple[Snapshot, Diagnosis]:
    """The latest snapshot, to be kept, and the diagnosis of the window that ends with it.

    `first` and `second` are one capture's two visits, `base` is the previous capture of the same instance.
    """
    latest = second or first
    window = compare(latest, first if second else None, base)
    diagnosis = diagnose(window, thresholds)
    return replace(latest, growing=growing(diagnosis)), diagnosis
