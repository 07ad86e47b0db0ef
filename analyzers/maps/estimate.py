"""From a line's ledger to what its map is, by the arithmetic of its family.

Which formula holds when, and how far off it was measured to be, stands at each function of `classic.py` and `swiss.py`.
"""

from analyzers.maps import classic, swiss
from analyzers.maps.rungs import REBUILT_RATIO, SEVERAL, UNCALIBRATED, Calibration, MapEstimate, Room
from analyzers.names.frames import Implementation
from analyzers.sites import Line

__all__ = ["REBUILT_RATIO", "SEVERAL", "Calibration", "MapEstimate", "Room", "estimate", "room"]


def estimate(
    line: Line, period: int, load_factors: tuple[float, ...], exact: Calibration = UNCALIBRATED
) -> MapEstimate | None:
    """The map of `line`, None where it makes none."""
    if line.implementation is Implementation.CLASSIC:
        return classic.estimate(line, period, load_factors)
    if line.implementation is Implementation.SWISS:
        return swiss.estimate(line, period, exact)
    return None


def room(line: Line, known: MapEstimate, period: int) -> Room | None:
    """What the sized tables in use at `line` hold; None where its slot is not known."""
    if known.slot_bytes is None:
        return None
    if known.implementation is Implementation.CLASSIC:
        return classic.room(line, known.slot_bytes)
    return swiss.room(line, known.slot_bytes, period)
