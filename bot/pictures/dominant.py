"""What uses the heap where maps do not: the largest lines as bars. Knows a diagnosis' three lines, nothing else."""

from analyzers.finding import Diagnosis
from bot.pictures.drawn import BODY, LINE, SMALL, Drawing, Label, Shape, words
from bot.pictures.fills import filled
from bot.pictures.measure import Keep, fit, width
from bot.pictures.scales import sound

BAR = 10.0


def drawing(diagnosis: Diagnosis, wide: float) -> Drawing | None:
    """The lines as a panel; None where none stands out."""
    if not diagnosis.dominant:
        return None
    labels = [Label(0, 12, fit(words("dominant_heading"), BODY, wide, bold=True), size=BODY, bold=True)]
    shapes: list[Shape] = []
    y = 12.0
    for item in diagnosis.dominant:
        y += LINE + 3
        share = min(1.0, sound(item.share))
        shown = words("part_of", sound(item.space), share)
        place = fit(words("place", item.culprit), SMALL, wide - width(shown, SMALL) - 12, keep=Keep.END)
        labels += [Label(0, y, place), Label(wide, y, shown, anchor="end")]
        shapes += [
            *filled(0, y + 5, wide, BAR, "track"),
            *filled(0, y + 5, max(2.0, wide * share), BAR, "values"),
        ]
        y += BAR + 4
    said = words("dominant_said", diagnosis.dominant)
    return Drawing("dominant", wide, y + 4, said, shapes, labels)
