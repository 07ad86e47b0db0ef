"""Judgements to figures: which rows there are, which columns, how each is counted. Knows no printing."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

from tests import corpus
from tests.accuracy.captures import captures
from tests.accuracy.judge import Judgement, judge


class Column(NamedTuple):
    """One figure of a row: None where nothing in the row can be asked for it."""

    name: str
    of: Callable[[list[Judgement]], float | None]
    higher_is_better: bool = True


def _share(answers: Iterable[bool | None]) -> float | None:
    known = [answer for answer in answers if answer is not None]
    return sum(known) / len(known) if known else None


def _errors(judgements: list[Judgement]) -> list[float]:
    return [each.error for each in judgements if each.error is not None]


def _median(judgements: list[Judgement]) -> float | None:
    return median(errors) if (errors := _errors(judgements)) else None


def _ninth_decile(judgements: list[Judgement]) -> float | None:
    errors = _errors(judgements)
    return quantiles(errors, n=10, method="inclusive")[-1] if len(errors) > 1 else None


COLUMNS = (
    Column("verdict", lambda row: _share(each.verdict for each in row)),
    Column("precision", lambda row: _share(storm for each in row for storm in each.storms)),
    Column("recall", lambda row: _share(each.storm_found for each in row)),
    Column("line", lambda row: _share(each.line for each in row)),
    Column("slot", lambda row: _share(each.slot for each in row)),
    Column("estimate", lambda row: _share(each.estimated for each in row)),
    Column("in range", lambda row: _share(each.in_range for each in row)),
    Column("within x2", lambda row: _share(each.within_two for each in row)),
    Column("median", _median, higher_is_better=False),
    Column("p90", _ninth_decile, higher_is_better=False),
    Column("hinted", lambda row: _share(each.hinted for each in row)),
    Column("hint", lambda row: _share(each.hint for each in row)),
    Column("advice", lambda row: _share(each.advice for each in row)),
)
# Sizes alone say which line and whether it storms; the rest is not promised of a protobuf.
OF_PROTOBUF = ("verdict", "precision", "recall")

Figures = Mapping[str, float | None]


class Row(NamedTuple):
    """One line of the table."""

    label: str
    judgements: list[Judgement]

    def figures(self) -> Figures:
        """Every column's figure, rounded as floors are kept."""
        protobuf = all(each.capture.view == "protobuf" for each in self.judgements)
        columns = [column for column in COLUMNS if not protobuf or column.name in OF_PROTOBUF]
        values = {column.name: column.of(self.judgements) for column in columns}
        return {name: None if value is None else round(value, 4) for name, value in values.items()}


@cache
def judgements(home: Path = corpus.HERE) -> tuple[Judgement, ...]:
    """A whole corpus diagnosed, once a process."""
    return tuple(judge(capture) for capture in captures(home))


def rows(judged: Iterable[Judgement]) -> list[Row]:
    """The table: each build, each family, each family's other views; then the services held back, apart."""
    held = corpus.held_back()
    judged = list(judged)
    open_ones = [each for each in judged if each.capture.name not in held]
    others = [each for each in judged if each.capture.name in held]
    windows = [each for each in open_ones if each.capture.view == "window"]
    builds = [Row(build, [each for each in windows if each.capture.build == build]) for build in corpus.BUILDS]
    table = [*builds, *_families("", open_ones), *_families("held back, ", others)]
    return [row for row in table if row.judgements]


def _families(prefix: str, judged: list[Judgement]) -> list[Row]:
    return [
        Row(
            f"{prefix}{family}{suffix}",
            [each for each in judged if each.capture.family == family and each.capture.view == view],
        )
        for view, suffix in (("window", ""), ("later", ", later capture"), ("protobuf", ", protobuf only"))
        for family in ("classic", "swiss")
    ]
