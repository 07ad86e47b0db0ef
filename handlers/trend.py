"""What is remembered of a capture, one line, and the lines of its instance that lead up to it. Pure."""

from analyzers.finding import Diagnosis
from handlers.records import Capture, Remembered


def line_of(capture: Capture, diagnosis: Diagnosis) -> Remembered:
    """What the history keeps of it."""
    culprit = diagnosis.findings[0].culprit if diagnosis.findings else None
    return Remembered(
        diagnosis.captured_at,
        capture.instance,
        diagnosis.verdict,
        f"{culprit.filename}:{culprit.line}" if culprit else "",
        diagnosis.live_heap,
        diagnosis.live_tables,
        diagnosis.comparison.basis,
        capture.id,
    )


def trend(capture: Capture, diagnosis: Diagnosis, history: tuple[Remembered, ...]) -> tuple[Remembered, ...]:
    """Of `history`, newest first, what belongs to this instance, oldest first; its end is this capture, also where the
    history has let go of it."""
    this = line_of(capture, diagnosis)
    own = (entry for entry in reversed(history) if entry.instance == capture.instance)
    before = (entry for entry in own if entry.captured_at < this.captured_at and entry.capture_id != capture.id)
    return (*before, this)
