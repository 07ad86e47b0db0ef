"""What a growing map comes to, as evidence of its finding: from two captures of one process to `forecast.py` and back.

Knows the window; not the arithmetic, which is forecast's.
"""

import math

from analyzers.finding import Evidence, Unit
from analyzers.maps import forecast
from analyzers.maps.estimate import estimate
from analyzers.maps.forecast import Range
from analyzers.maps.tables import Entries
from analyzers.memory import MemoryForecast
from analyzers.names.frames import Kind
from analyzers.sites import Ledger, lines_of
from analyzers.weighing.case import Case, Suspect
from analyzers.weighing.layout import calibration, load_factors

# What stands beside the tables, and comes with the entries.
VALUE_KINDS = (Kind.VALUE, Kind.ENTRY)
HORIZONS = dict(zip(("hour", "six_hours", "day"), forecast.HORIZONS, strict=True))
LIMIT = "limit"


def outlook(case: Case, suspect: Suspect) -> list[Evidence]:
    """How far the map will have come if it goes on as since a base of the same process, and its next step."""
    known, age, trend = suspect.map, case.window.age, suspect.change.trend
    if known is None or known.entries is None or known.builds >= case.thresholds.min_builds or not age or trend is None:
        return []
    share, values = _values(case, suspect)
    before = _entries_before(case, suspect)
    gained = forecast.came(known.entries, before, share) if before else None
    found = _step(forecast.next_step(known, gained, age))
    if gained is None:
        return found
    ahead = _ahead(case.memory)
    expected = {point.seconds: point for point in forecast.points(known, gained, age, values, ahead.values())}
    for name, seconds in ahead.items():
        if point := expected.get(seconds):
            most = case.memory.limit if case.memory and name == LIMIT else math.inf
            found += [
                Evidence(f"{name}_entries_low", point.entries.low, Unit.COUNT),
                Evidence(f"{name}_entries_high", point.entries.high, Unit.COUNT),
                Evidence(f"{name}_space_low", min(most, point.space.low), Unit.BYTES),
                Evidence(f"{name}_space_high", min(most, point.space.high), Unit.BYTES),
            ]
    return found


def _ahead(memory: MemoryForecast | None) -> dict[str, float]:
    """How far ahead to look, by name: what lies beyond the memory limit will not come."""
    ahead = {name: seconds for name, seconds in HORIZONS.items() if memory is None or seconds < memory.seconds}
    return {**ahead, LIMIT: memory.seconds} if memory is not None and memory.seconds else ahead


def _step(step: forecast.Step | None) -> list[Evidence]:
    if step is None:
        return []
    found = [Evidence("step_space", step.space, Unit.BYTES)]
    if step.peak is not None and step.entries is not None:
        found += [
            Evidence("step_peak_space", step.peak, Unit.BYTES),
            Evidence("step_old_space", step.peak - step.space, Unit.BYTES),
            Evidence("step_entries", step.entries, Unit.COUNT),
        ]
    if step.within is not None:
        found.append(Evidence("step_within", step.within, Unit.SECONDS))
    return found


def _entries_before(case: Case, suspect: Suspect) -> Entries | None:
    """What the same line's map held at the base; None where its tables were seen, but do not say."""
    base, place = case.window.base, suspect.change.line.place
    line = next((line for line in lines_of(base.usage) if line.place == place), None) if base else None
    if base is None or line is None:
        return forecast.NOTHING_SEEN
    before = estimate(line, base.period, load_factors(case.window), calibration(base))
    return before.entries if before else None


def _values(case: Case, suspect: Suspect) -> tuple[Range | None, Range]:
    """Of the keys and values made by the map's function: which part came since the base, and their bytes now.

    Both within two standard errors of what was sampled.
    """
    function = suspect.culprit.function
    now = Ledger()
    for change in case.window.lines:
        if change.line.culprit.function == function:
            now = now.plus(change.line.ledger.only(*VALUE_KINDS))
    came = case.functions[function][1].only(*VALUE_KINDS)
    space, error = now.total().inuse_space, 2 * case.chance(came)
    if space <= 0:
        return None, Range(0.0, 0.0)
    gained, around = came.total().inuse_space, 2 / max(1.0, case.samples(now)) ** 0.5
    share = Range(max(0.0, (gained - error) / space), min(1.0, (gained + error) / space))
    return share, Range(space * max(0.0, 1 - around), space * (1 + around))
