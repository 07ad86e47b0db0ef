"""How many entries a map has, as a range on a logarithmic scale with its best single number. Knows one estimate."""

from analyzers.maps.estimate import MapEstimate
from bot.pictures.axes import Mark, spread
from bot.pictures.drawn import BODY, LINE, SMALL, Drawing, Label, Shape, box, line, polygon, words
from bot.pictures.measure import fit, width
from bot.pictures.scales import Scale, log, log_ticks, sound

BAND, AXIS, HEIGHT = 50.0, 64.0, 84.0
THICK, EDGE = 10.0, 12.0


def drawing(known: MapEstimate | None, wide: float) -> Drawing | None:
    """The range as a panel; None where no number is known."""
    if known is None or known.entries is None:
        return None
    low, best, high = sorted(max(1.0, sound(value)) for value in known.entries)
    ticks = log_ticks(low, high)
    scale = Scale(log(ticks[0].value), log(ticks[-1].value), EDGE, wide - EDGE)
    start, mark, end = (scale.at(log(value)) for value in (low, best, high))
    places = [scale.at(log(tick.value)) for tick in ticks]
    shapes: list[Shape] = [
        line(((EDGE, AXIS), (wide - EDGE, AXIS)), "axis"),
        *(line(((x, AXIS), (x, AXIS + 4)), "axis") for x in places),
        box(start, BAND - THICK / 2, max(2.0, end - start), THICK, "range"),
        *(line(((x, BAND - 8), (x, BAND + 8)), "range-end", 2.0) for x in (start, end)),
        polygon(((mark, BAND - 8), (mark + 7, BAND), (mark, BAND + 8), (mark - 7, BAND)), "best"),
    ]
    shown = words("range_best", best, low, high)
    half = width(shown, SMALL, bold=True) / 2
    labels = [
        Label(0, 12, fit(words("range_heading", known), BODY, wide, bold=True), size=BODY, bold=True),
        Label(min(max(mark, half), wide - half), BAND - 15, shown, anchor="middle", bold=True),
        *spread([Mark(x, tick.shown) for x, tick in zip(places, ticks, strict=True)], AXIS + 16, 0, wide),
        Label(0, AXIS + 16 + LINE, words("range_scale"), "muted"),
    ]
    return Drawing("range", wide, HEIGHT + LINE, words("range_said", known), shapes, labels)
