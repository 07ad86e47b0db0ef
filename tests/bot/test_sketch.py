"""What stands below a diagnosis in a terminal: never wider than it is, and nothing where there is nothing to see."""

import pytest

from analyzers.finding import Rung, Verdict
from bot.shell.sketch import NARROWEST, sketch
from handlers.notes import Summary
from handlers.records import Remembered
from tests.bot.notes import finding, past, summary
from tests.scenes.stage import CLASSIC, SWISS, story

HUGE = tuple(Rung(2**at, 2**at // 8, 2.0**at, 2.0**50, 2.0**at) for at in range(8, 60))


def lines(note: Summary, trend: tuple[Remembered, ...] = (), *, width: int = 100, plain: bool = False) -> list[str]:
    return sketch(note, trend, width=width, plain=plain).splitlines()


def note(ladder: tuple[Rung, ...]) -> Summary:
    return summary(finding(Verdict.GROWTH_STORM, "x\x1b[31m\u202e" * 90)._replace(ladder=ladder))


@pytest.mark.parametrize("plain", [True, False])
@pytest.mark.parametrize("width", [NARROWEST, 80, 100, 120])
def test_no_line_is_wider_than_the_terminal(width: int, plain: bool) -> None:
    trend = tuple(past("x" * 300)._replace(live_heap=2.0 ** (at % 64)) for at in range(300))
    drawn = lines(note(HUGE), trend, width=width, plain=plain)
    assert len(drawn) > len(HUGE)
    assert max(map(len, drawn)) <= width
    assert all(line.isprintable() for line in drawn)
    assert not plain or "".join(drawn).isascii()


def test_a_narrow_terminal_gets_words_alone() -> None:
    assert lines(note(HUGE), (past("a"),) * 5, width=NARROWEST - 1) == []


def test_one_table_and_one_capture_are_nothing_to_draw() -> None:
    assert lines(note(HUGE[:1]), (past("a"),)) == []
    assert lines(summary()) == []


def test_each_doubling_is_a_bar_with_its_bytes() -> None:
    told = story(CLASSIC, "growth_storm")
    drawn = lines(Summary(told.service, told.instance, "r1", told.diagnosis))
    title, *bars = drawn[1:]
    assert title == "Tables of the worst line by size, since the start: █ in use, ░ garbage"
    lengths = [line.count("░") + line.count("█") for line in bars]
    assert lengths == sorted(lengths)
    assert bars[-1].split()[:4] == ["1,048,576", "slots,", "27.6", "MiB"]
    assert "░" not in bars[-1]
    assert len({len(line) - len(line.lstrip("0123456789,.slot BKiM")) for line in bars}) == 1


def test_a_trend_has_its_first_and_its_last_value() -> None:
    told = story(SWISS, "growth_storm")
    (line,) = [each for each in lines(Summary(told.service, "x", "r1", told.diagnosis), told.trend) if each]
    assert line.startswith("Live heap, 12 captures in 3.7 h: 21.8 MiB ▃")
    assert line.endswith("█ 72.7 MiB")
