"""A note's whole picture: its title, the trend, and what the worst line allocated. Knows notes, and how panels stand.

330 units wide, which is what a thread has on a phone: nothing in it is smaller than 11.
"""

from collections.abc import Iterable
from typing import NamedTuple

from markupsafe import Markup

from analyzers.finding import Diagnosis, Finding
from bot.pictures import dominant, ladder, ledger, trend
from bot.pictures.drawn import BODY, LINE, LONGEST_SAID, SMALL, Drawing, Label, panel, words
from bot.pictures.measure import Keep, fit, wrap
from bot.pictures.rungs import MOST_ROWS
from bot.pictures.series import trend_of
from bot.words import Medium, clean, markup
from handlers.notes import CapturePicture, TrendPicture

WIDTH, MARGIN = 330.0, 12.0
INNER = WIDTH - 2 * MARGIN
TITLE = 15.0
BETWEEN = 13.0
# Higher than this a phone shows half of it; rungs are summed up until it fits.
HIGH = 580.0
FEWEST_ROWS = 5


class Block(NamedTuple):
    """A panel and where it stands."""

    y: float
    panel: Markup


def svg_of(note: CapturePicture | TrendPicture, *, dark: bool = False) -> str:
    """The picture as SVG that stands alone; `dark` has the ground and the colours of a dark Slack."""
    drawings = _capture(note) if isinstance(note, CapturePicture) else _trend(note)
    blocks, y = [], MARGIN
    for drawing in drawings:
        blocks.append(Block(round(y, 1), panel(drawing)))
        y += drawing.height + BETWEEN
    said = clean(" ".join(drawing.said for drawing in drawings[1:]), LONGEST_SAID)
    return markup(
        "pictures/picture.svg.j2",
        Medium.PICTURE,
        width=WIDTH,
        height=round(y - BETWEEN + MARGIN, 1),
        margin=MARGIN,
        title=drawings[0].said,
        said=Markup.escape(said),  # here, because names are cut sooner
        blocks=blocks,
        dark=dark,
    )


def _capture(note: CapturePicture) -> list[Drawing]:
    known = note.diagnosis
    head = _head(words("capture_title", known), words("capture_where", note), words("capture_when", note))
    drawings = [head, trend.drawing(note.trend, INNER)]
    if not known.findings:
        return [*drawings, *_there(dominant.drawing(known, INNER))]
    worst = known.findings[0]
    drawings += [_place(known, worst), *_there(ledger.drawing(worst, INNER))]
    left = HIGH - 2 * MARGIN - sum(drawing.height + BETWEEN for drawing in drawings)
    return [*drawings, *_there(_ladder(worst, left))]


def _trend(note: TrendPicture) -> list[Drawing]:
    return [
        _head(
            words("history_title", note.service),
            words("history_last", trend_of(note.trend)),
            words("history_note", note.service),
        ),
        trend.drawing(note.trend, INNER),
    ]


def _ladder(finding: Finding, room: float) -> Drawing | None:
    """As many rungs as have room."""
    rows = MOST_ROWS
    drawn = ladder.drawing(finding, INNER, rows)
    while drawn and drawn.height > room and rows > FEWEST_ROWS:
        rows -= 1
        drawn = ladder.drawing(finding, INNER, rows)
    return drawn


def _head(title: str, where: str, when: str = "") -> Drawing:
    lines = wrap(title, TITLE, INNER, 3, bold=True)
    labels = [Label(0, 14 + 20 * at, text, size=TITLE, bold=True) for at, text in enumerate(lines)]
    y = 14 + 20 * (len(lines) - 1) + LINE + 2
    labels.append(Label(0, y, fit(where, BODY, INNER, keep=Keep.BOTH), "muted", BODY))
    if when:
        y += LINE - 1
        labels.append(Label(0, y, fit(when, SMALL, INNER), "muted"))
    return Drawing("head", INNER, y + 4, f"{title}: {where}, {when}".removesuffix(", "), [], labels)


def _place(known: Diagnosis, finding: Finding) -> Drawing:
    """Which line the rest of the picture is about."""
    location = fit(words("location", finding.culprit), BODY, INNER, bold=True, keep=Keep.END)
    labels = [Label(0, 12, location, size=BODY, bold=True)]
    told = words("function", finding.culprit, len(known.findings) - 1)
    labels.append(Label(0, 12 + LINE - 1, fit(told, SMALL, INNER), "muted"))
    return Drawing("place", INNER, 12 + LINE + 3, words("place_said", finding.culprit), [], labels)


def _there(drawing: Drawing | None) -> Iterable[Drawing]:
    return [drawing] if drawing else []
