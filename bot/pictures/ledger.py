"""A line's ledger as one bar: what it allocated for a map, and what came of it. Knows a finding's numbers, no line."""

from analyzers.finding import Finding, Verdict
from bot.pictures.drawn import BODY, LINE, SMALL, Drawing, Label, Shape, words
from bot.pictures.fills import SWATCH, Part, filled, stacked
from bot.pictures.measure import fit, width
from bot.pictures.scales import sound

BAR, TOP = 18.0, 22.0
# What is less of the whole than this is not worth a line.
WORTH_A_LINE = 0.005
# From this share on a part is called after what it mostly is.
MOST = 0.9


def parts(finding: Finding) -> tuple[Part, ...]:
    """What is gone first, then what is in use; together all that the line allocated for tables and their values."""
    found = _of_slices(finding) if finding.rule is Verdict.SLICE_GROWTH else _of_tables(finding)
    whole = sum(max(0.0, space) for _, _, space in found)
    return tuple(
        Part(css, words("ledger_part", name), space)
        for css, name, space in found
        if space > (0 if css == "tables" else WORTH_A_LINE * whole)
    )


_Found = tuple[tuple[str, str, float], ...]  # class, name of its words, bytes


def _of_slices(finding: Finding) -> _Found:
    alloc, inuse = _number(finding, "slice_alloc_space"), _number(finding, "slice_inuse_space")
    return ("garbage", "slices_outgrown", alloc - inuse), ("tables", "slices_inuse", inuse)


def _of_tables(finding: Finding) -> _Found:
    alloc, inuse = _number(finding, "table_alloc_space"), _number(finding, "table_inuse_space")
    values, live_values = _number(finding, "value_alloc_space"), _number(finding, "value_inuse_space")
    garbage = min(_number(finding, "growth_garbage"), max(0.0, alloc - inuse))
    dropped, gone = alloc - inuse - garbage, max(0.0, values - live_values)
    worth = WORTH_A_LINE * (alloc + values)
    name = "dropped" if gone <= worth else "values_dropped" if dropped <= worth else "both_dropped"
    copied = _number(finding, "clone_alloc_space") - _number(finding, "clone_inuse_space")
    if copied > MOST * (dropped + gone):
        name = "copies_dropped"
    nodes = bool(finding.value("entries_inuse"))  # a sync.Map has nodes where others have tables
    return (
        ("garbage", "nodes_outgrown" if nodes else "outgrown", garbage),
        ("dropped", name, dropped + gone),
        ("tables", "nodes_inuse" if nodes else "inuse", inuse),
        ("values", "values", live_values),
    )


def drawing(finding: Finding, wide: float) -> Drawing | None:
    """The ledger as a panel; None where nothing was allocated."""
    known = parts(finding)
    whole = sum(part.space for part in known)
    if not known:
        return None
    heading = fit(words("ledger_heading", finding.rule, whole, _has_values(finding)), BODY, wide, bold=True)
    shapes: list[Shape] = stacked(0, TOP, wide, BAR, [(part.css, part.space / whole) for part in known])
    labels = [Label(0, 12, heading, size=BODY, bold=True)]
    y = TOP + BAR + LINE + 1
    for part in known:
        shown = words("part_of", part.space, part.space / whole)
        name = fit(part.name, SMALL, wide - SWATCH - 12 - width(shown, SMALL))
        shapes += filled(0, y - 9, SWATCH, 10, part.css)
        labels += [Label(SWATCH + 6, y, name), Label(wide, y, shown, anchor="end")]
        y += LINE
    said = words("ledger_said", finding.rule, whole, known, _has_values(finding))
    return Drawing("ledger", wide, y - LINE + 5, said, shapes, labels)


def _has_values(finding: Finding) -> bool:
    return _number(finding, "value_alloc_space") > 0


def _number(finding: Finding, name: str) -> float:
    return sound(finding.value(name) or 0.0)
