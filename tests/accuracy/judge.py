"""One capture's diagnosis against its truth. Knows what is right, not how many were."""

import math
from typing import NamedTuple

from analyzers.finding import Diagnosis, Finding
from analyzers.maps import tables
from tests.accuracy.captures import Capture
from tests.go_services import GoMap, Mark

STORMS = frozenset(("growth_storm", "rebuild_churn", "unbounded_growth"))
# Advice that is a number of entries.
SIZES = frozenset(("presize", "right_size"))
# Go keeps keys and values above this behind a pointer (internal/abi.MapMaxKeyBytes, MapMaxElemBytes).
LARGEST_INLINE = 128
POINTER = 8
# Entries of a Swiss table of 896 vary by their hash; three standard deviations below it the first tables split.
FIRST_SPLIT = 800


class Judgement(NamedTuple):
    """What was right; None where the question does not arise: a hard negative has no line to find, a line that was
    not found no slot to be right about."""

    capture: Capture
    diagnosis: Diagnosis
    verdict: bool
    storms: tuple[bool, ...]  # of each finding that says storm, whether its line has one
    storm_found: bool | None
    line: bool | None
    slot: bool | None
    estimated: bool | None  # whether a range of entries was given at all
    in_range: bool | None
    within_two: bool | None
    error: float | None  # of the best single number, as a share of the truth
    hinted: bool | None  # whether a size was advised where a size is the advice
    hint: bool | None
    advice: bool | None

    @property
    def right(self) -> bool:
        """Nothing at all is wrong."""
        about_line = (self.storm_found, self.line, self.slot, self.in_range, self.within_two, self.hint, self.advice)
        return False not in (self.verdict, *self.storms, *about_line)


def judge(capture: Capture) -> Judgement:
    """What the product says of a capture, held against marks and truth."""
    diagnosis = capture.diagnose()
    culprit = capture.culprit
    stormy = {(mark.file, mark.line) for mark in capture.marks if mark.verdict in STORMS}
    said = [place_of(finding) for finding in diagnosis.findings if finding.rule in STORMS]
    found = next((each for each in diagnosis.findings if culprit and place_of(each) == place(culprit)), None)
    in_range, within_two, error = _entries(found, capture)
    return Judgement(
        capture=capture,
        diagnosis=diagnosis,
        verdict=diagnosis.verdict == (culprit.verdict if culprit else "no_map_problem"),
        storms=tuple(each in stormy for each in said),
        storm_found=place(culprit) in said if culprit and culprit.verdict in STORMS else None,
        line=None if culprit is None else bool(diagnosis.findings) and diagnosis.findings[0] is found,
        slot=_slot(found, capture),
        estimated=None if found is None or found.map is None or capture.map is None else found.map.entries is not None,
        in_range=in_range,
        within_two=within_two,
        error=error,
        hinted=bool(hints(found)) if found and culprit and culprit.first in SIZES else None,
        hint=_hint(found, capture),
        advice=_advice(found, culprit, diagnosis),
    )


def place(mark: Mark) -> tuple[str, int]:
    return mark.file, mark.line


def place_of(finding: Finding) -> tuple[str, int]:
    return finding.culprit.filename, finding.culprit.line


def hints(finding: Finding) -> list[int]:
    """The sizes its advice names."""
    return [each.capacity_hint for each in finding.remediation if each.capacity_hint is not None]


def slot_bytes(truth: GoMap, family: str) -> int:
    """Key and value as the map keeps them: side by side in a classic bucket, as a Go struct in a Swiss group."""
    key, value = (POINTER if size > LARGEST_INLINE else size for size in (truth["key_bytes"], truth["value_bytes"]))
    if family == "classic":
        return key + value
    if (key, value) == (truth["key_bytes"], truth["value_bytes"]):
        return truth["slot_bytes"]
    return -(-key // POINTER) * POINTER + -(-value // POINTER) * POINTER


def _slot(found: Finding | None, capture: Capture) -> bool | None:
    if found is None or found.map is None or capture.map is None:
        return None
    return found.map.slot_bytes == slot_bytes(capture.map, capture.family)


def _entries(found: Finding | None, capture: Capture) -> tuple[bool | None, bool | None, float | None]:
    """Range, point and error, held against the map as it was somewhere between right before and right after."""
    if found is None or found.map is None or found.map.entries is None or not capture.map or not capture.map["largest"]:
        return None, None, None
    low, estimate, high = found.map.entries
    sized = found.map.hinted and not found.map.growths  # its tables tell the room, not how much of it is used
    least, most = capture.largest
    truth = (least + most) / 2
    if sized:
        return low <= most and least <= high, None, None
    return low <= most and least <= high, truth / 2 <= estimate <= truth * 2, abs(estimate - truth) / truth


def _hint(found: Finding | None, capture: Capture) -> bool | None:
    """Whether each size advised holds what the map held, in a table no larger than the one there is."""
    if found is None or capture.map is None or not hints(found):
        return None
    largest = capture.largest[1]
    today = max(_filled(capture, largest), _made(capture, capture.map["hint"]))
    return all(hint >= largest and _made(capture, hint) <= today for hint in hints(found))


def _made(capture: Capture, hint: int) -> int:
    """The table of a map made for so many entries: classic buckets, or Swiss slots."""
    if capture.family == "classic":
        factor = tables.LOAD_FACTOR_121 if capture.build.startswith("1.21.") else tables.LOAD_FACTOR
        return 1 << tables.classic_b(hint, factor)
    return _swiss_slots(hint, tables.TABLE_ENTRIES)


def _filled(capture: Capture, entries: int) -> int:
    """The table of a map filled with so many entries; of a Swiss one, what its directory has room for."""
    return _made(capture, entries) if capture.family == "classic" else _swiss_slots(entries, FIRST_SPLIT)


def _swiss_slots(entries: int, a_table: int) -> int:
    if entries > tables.TABLE_ENTRIES:
        return tables.TABLE_SLOTS << math.ceil(math.log2(entries / a_table))
    return 1 << math.ceil(math.log2(max(tables.SLOTS_PER_GROUP, entries * 8 / 7)))


def _advice(found: Finding | None, culprit: Mark | None, diagnosis: Diagnosis) -> bool | None:
    if culprit is None or culprit.first is None:
        return None
    first = found is not None and diagnosis.findings[0] is found
    return first and found is not None and bool(found.remediation) and found.remediation[0].kind == culprit.first
