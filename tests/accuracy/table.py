"""Figures to lines of text for a terminal and the README."""

from collections.abc import Iterator

from analyzers.finding import Finding
from tests import corpus
from tests.accuracy.captures import Capture
from tests.accuracy.figures import COLUMNS, Row
from tests.accuracy.judge import Judgement, hints, place_of, slot_bytes


def lines(rows: list[Row]) -> Iterator[str]:
    """The table in Markdown: one row a build, family and view; `n` is how many captures are in it."""
    yield f"| | n | {' | '.join(column.name for column in COLUMNS)} |"
    yield f"| --- | --- |{' ---: |' * len(COLUMNS)}"
    for row in rows:
        figures = row.figures()
        cells = [_percent(figures.get(column.name)) for column in COLUMNS]
        yield f"| {row.label} | {len(row.judgements)} | {' | '.join(cells)} |"


def _percent(value: float | None) -> str:
    """Whole percents, never 100 for anything less."""
    if value is None:
        return ""
    return f"{int(value * 100)} %" if 0.99 < value < 1 else f"{value * 100:.0f} %"


def services(judgements: list[Judgement]) -> Iterator[str]:
    """One line a service, build and view: `!` where something is wrong, what was expected, what was said."""
    held = corpus.held_back()
    for each in sorted(judgements, key=lambda judged: (judged.capture.name, judged.capture.view)):
        capture = each.capture
        head = f"{' ' if each.right else '!'} {capture.name} {capture.build} {capture.view}"
        apart = " (held back)" if capture.name in held else ""
        yield f"{head}{apart}: expected {_expected(capture)}; said {_said(each)}{_wrong(each)}"


def _expected(capture: Capture) -> str:
    culprit = capture.culprit
    if culprit is None:
        return "no_map_problem"
    words = [culprit.verdict, f"at {_short(culprit.file, culprit.line)}"]
    if capture.map is not None:
        truth = capture.map
        words.append(f"slot {slot_bytes(truth, capture.family)} largest {truth['largest']} hint {truth['hint']}")
        words.append(f"builds {truth['builds']} live {truth['live']}")
    return ", ".join([*words, f"first {culprit.first}"])


def _said(judged: Judgement) -> str:
    diagnosis = judged.diagnosis
    return " + ".join(map(_finding, diagnosis.findings)) or f"{diagnosis.verdict} ({diagnosis.confidence})"


def _finding(finding: Finding) -> str:
    words = [f"{finding.rule} ({finding.confidence})", f"at {_short(*place_of(finding))}"]
    if finding.map is not None:
        entries = finding.map.entries
        ranged = f"{entries.low}..{entries.high} ~{entries.estimate}" if entries else "?"
        words.append(f"slot {finding.map.slot_bytes} entries {ranged} builds {finding.map.builds:.0f}")
    first = finding.remediation[0].kind if finding.remediation else None
    words.append(f"first {first}")
    return ", ".join([*words, *(f"hint {hint}" for hint in hints(finding))])


def _wrong(judged: Judgement) -> str:
    names = ("verdict", "storm_found", "line", "slot", "in_range", "within_two", "hint", "advice")
    wrong = [name for name in names if getattr(judged, name) is False]
    wrong += ["precision"] if False in judged.storms else []
    return f"; WRONG: {', '.join(wrong)}" if wrong else ""


def _short(file: str, line: int) -> str:
    return f"{file.rpartition('/')[2]}:{line}"
