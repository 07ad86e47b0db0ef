"""What uses the heap where maps do not: the largest lines as bars. Knows a diagnosis' three lines, nothing else."""

from analyzers.finding import Diagnosis, Dominant
from analyzers.profile import Site
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
    lines = [Dominant(item.culprit, sound(item.space), min(1.0, sound(item.share))) for item in diagnosis.dominant]
    for item in lines:
        y += LINE + 3
        shown = words("part_of", item.space, item.share)
        place = _place(item.culprit, wide - width(shown, SMALL) - 12)
        labels += [Label(0, y, place), Label(wide, y, shown, anchor="end")]
        shapes += [
            *filled(0, y + 5, wide, BAR, "track"),
            *filled(0, y + 5, max(2.0, wide * item.share), BAR, "values"),
        ]
        y += BAR + 4
    said = words("dominant_said", lines)
    return Drawing("dominant", wide, y + 4, said, shapes, labels)


def _place(site: Site, room: float) -> str:
    """The line, with its function where there is room: the end of a path is what tells files apart."""
    both = words("place", site)
    return both if width(both, SMALL) <= room else fit(words("location", site), SMALL, room, keep=Keep.END)
