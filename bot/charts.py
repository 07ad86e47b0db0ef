"""What a picture shows, as Slack's own charts: blocks of `data_visualization`, two of them in a message at most.

slack_sdk has no class for them; the limits are Slack's (docs.slack.dev, data visualization block): a title of 50
characters, labels and names of 20, 20 categories, all of them different, and a value of every series for each. Knows
numbers and limits; the words are in templates/_charts.j2.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from analyzers.compare import Basis
from analyzers.finding import Finding
from bot import clocks, numbers
from bot.blocks import Block
from bot.pictures.scales import sound
from bot.words import phrase
from handlers.notes import CapturePicture, Picture, TrendPicture
from handlers.records import Remembered

TITLE, LABEL, AXIS = 50, 20, 50
CATEGORIES = 20
CHARTS = 2
# A phone has room for no more bars; the largest tables hold nearly all bytes.
RUNGS = 12
PARTS = ("growth", "presize", "clone", "first", "overflow", "value", "slice")
NEW_BUILD = " ▲"
UNITS = ("B", "KiB", "MiB", "GiB")


def charts(note: Picture) -> list[Block]:
    """Each of its charts; none where there is nothing to draw."""
    if isinstance(note, TrendPicture):
        return [_trend(name, lines) for name, lines in largest(note.trend)[:CHARTS]]
    found = note.diagnosis.findings
    return [_trend(note.instance, past(note)), *(_worst(found[0]) if found else ())]


def past(note: CapturePicture) -> tuple[Remembered, ...]:
    """The trend of a capture's instance; this capture alone where nothing is remembered."""
    d = note.diagnosis
    alone = Remembered(
        d.captured_at, note.instance, d.verdict, "", d.live_heap, d.live_tables, capture_id=note.instance
    )
    return note.trend or (alone,)


def largest(trend: Sequence[Remembered]) -> list[tuple[str, tuple[Remembered, ...]]]:
    """Each instance with its captures in their order, the one with the largest live heap now first."""
    lines: dict[str, list[Remembered]] = {}
    for line in trend:
        lines.setdefault(line.instance, []).append(line)
    ranked = sorted(lines.items(), key=lambda item: -item[1][-1].live_heap)
    return [(name, tuple(each)) for name, each in ranked]


def thinned(lines: Sequence[Remembered]) -> tuple[Remembered, ...]:
    """No more than 20: the first and the last, and of each stretch between the one of a new build or the highest."""
    if len(lines) <= CATEGORIES:
        return tuple(lines)
    first, *between, last = lines
    cuts = [len(between) * at // (CATEGORIES - 2) for at in range(CATEGORIES - 1)]
    stretches = (between[low:high] for low, high in pairwise(cuts))
    return (first, *(max(each, key=lambda line: (_is_new(line), line.live_heap)) for each in stretches), last)


def _trend(instance: str, lines: Sequence[Remembered]) -> Block:
    drawn = thinned(lines)
    labels = _moments(drawn)
    series = {"live": [line.live_heap for line in drawn]}
    if all(line.capture_id for line in drawn):  # older releases kept no tables, and 0 would not be true
        series["tables"] = [line.tables for line in drawn]
    unit, size = _unit(value for values in series.values() for value in values)
    # One point makes no area.
    kind = "area" if len(drawn) > 1 else "bar"
    x_label = phrase("_charts.j2", "captures")
    return _chart(kind, phrase("_charts.j2", "trend", instance), labels, series, size, x_label, unit)


def _worst(found: Finding) -> Iterator[Block]:
    """The ladder of a line; without one, its ledger; nothing where it has neither."""
    file = f"{found.culprit.filename.rpartition('/')[2]}:{found.culprit.line}"
    if len(found.ladder) > 1:  # one rung is no ladder
        rungs = found.ladder[-RUNGS:]
        slots = [f"{rung.slots:,}" for rung in rungs if rung.slots]
        by_slots = len(slots) == len(rungs)
        labels = _distinct(slots if by_slots else [numbers.in_bytes(rung.object_size) for rung in rungs])
        spaces = [(rung.inuse_space, rung.alloc_space) for rung in rungs]
        yield _bars(phrase("_charts.j2", "ladder", file), labels, spaces, phrase("_charts.j2", "sizes", by_slots))
        return
    parts = [(name, found.value(f"{name}_inuse_space") or 0.0, found.value(f"{name}_alloc_space")) for name in PARTS]
    known = [(name, used, space) for name, used, space in parts if space]
    if known:
        labels = [phrase("_charts.j2", "part", name) for name, _, _ in known]
        spaces = [(used, space) for _, used, space in known]
        yield _bars(phrase("_charts.j2", "ledger", file), labels, spaces, phrase("_charts.j2", "parts"))


def _bars(title: str, labels: Sequence[str], spaces: Sequence[tuple[float, float]], x_label: str) -> Block:
    """`spaces` are bytes in use, and all that were allocated."""
    series = {
        "used": [used for used, _ in spaces],
        "garbage": [max(0.0, allocated - used) for used, allocated in spaces],
    }
    unit, size = _unit(value for values in series.values() for value in values)
    return _chart("bar", title, labels, series, size, x_label, phrase("_charts.j2", "allocated", unit))


def _chart(
    kind: str,
    title: str,
    labels: Sequence[str],
    series: Mapping[str, Sequence[float]],
    size: float,
    x_label: str,
    y_label: str,
) -> Block:
    drawn = [
        {
            "name": phrase("_charts.j2", name)[:LABEL],
            "data": [
                {"label": label, "value": _rounded(sound(value) / size)}
                for label, value in zip(labels, values, strict=True)
            ],
        }
        for name, values in series.items()
    ]
    axes = {"categories": list(labels), "x_label": x_label[:AXIS], "y_label": y_label[:AXIS]}
    chart = {"type": kind, "series": drawn, "axis_config": axes}
    return {"type": "data_visualization", "title": _fitting(title, TITLE), "chart": chart}


def _moments(lines: Sequence[Remembered]) -> list[str]:
    """When, no more exactly than tells them apart, and which of them are new builds."""
    moments = [clocks.moment(line.captured_at) for line in lines]
    one_day = len({day for day, _, _ in moments}) == 1
    times = [minute if one_day else f"{day} {minute}" for day, minute, _ in moments]
    counts = Counter(times)
    exact = [
        f"{time}:{second}" if counts[time] > 1 else time for time, (_, _, second) in zip(times, moments, strict=True)
    ]
    return _distinct([time + NEW_BUILD if _is_new(line) else time for line, time in zip(lines, exact, strict=True)])


def _distinct(labels: Sequence[str]) -> list[str]:
    """Those that are alike get a number."""
    seen: Counter[str] = Counter()
    told = []
    for label in labels:
        seen[label] += 1
        told.append(f"{label[: LABEL - 5]} ({seen[label]})" if seen[label] > 1 else label)
    return told


def _is_new(line: Remembered) -> bool:
    return line.basis == Basis.NEW_BUILD


def _unit(values: Iterator[float]) -> tuple[str, float]:
    """The unit in which the largest is at least 1, and its bytes."""
    most = max(values, default=0.0)
    at = next((at for at in reversed(range(len(UNITS))) if most >= numbers.KIB**at), 0)
    return UNITS[at], numbers.KIB**at


def _rounded(value: float) -> float:
    """Three digits are what people read; a whole number stays whole."""
    return float(f"{value:.3g}") if value < 1000 else float(round(value))


def _fitting(text: str, limit: int) -> str:
    """As Slack counts: in UTF-16."""
    while len(text.encode("utf-16-le")) > 2 * limit:
        text = text[:-2].rstrip() + "…"
    return text
