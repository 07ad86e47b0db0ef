"""What stands below the words of a diagnosis in a terminal: the worst line's ladder, and the trend of the instance.

Knows columns and encodings; the words are in templates/_sketch.j2.
"""

from collections.abc import Sequence

from analyzers.finding import Finding
from bot.pictures.text import FULL, LEFT, Bar, bars, sparkline
from bot.words import phrase
from handlers.notes import Summary
from handlers.records import Remembered

# Narrower ones would break the lines, and then bars say nothing.
NARROWEST = 72
WIDEST = 100
# Of more captures the latest; a column each.
MOST_CAPTURES = 30
AROUND = 52  # its words, at most
# Of one size of tables, or of one capture, there is nothing to see.
FEWEST = 2
WORDS = "_sketch.j2"


def sketch(note: Summary, trend: Sequence[Remembered], *, width: int, plain: bool) -> str:
    """Lines no longer than `width`; empty where there is nothing to see, or no room. `plain`: in ASCII alone.

    `trend` is the instance's captures, oldest first and this one last.
    """
    if width < NARROWEST:
        return ""
    found = note.diagnosis.findings
    parts = [
        _ladder(found[0], min(width, WIDEST), plain) if found else "",
        _trend(trend[-min(MOST_CAPTURES, width - AROUND) :], plain),
    ]
    return "".join(f"\n{part}\n" for part in parts if part)


def _ladder(finding: Finding, width: int, plain: bool) -> str:
    if len(finding.ladder) < FEWEST:
        return ""
    title = phrase(WORDS, "ladder", *(LEFT if plain else FULL))
    rows = [
        Bar(phrase(WORDS, "size", rung), rung.alloc_space, rung.inuse_space, phrase(WORDS, "space", rung))
        for rung in finding.ladder
    ]
    return f"{title}\n{bars(rows, width, plain=plain)}"


def _trend(captures: Sequence[Remembered], plain: bool) -> str:
    if len(captures) < FEWEST:
        return ""
    line = sparkline([capture.live_heap for capture in captures], plain=plain)
    return phrase(WORDS, "trend", captures, line)
