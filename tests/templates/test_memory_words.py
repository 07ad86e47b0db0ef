"""What a person reads about the memory limit, whichever of its ends is near."""

from dataclasses import replace

import pytest

from analyzers.finding import Verdict
from analyzers.gc import GCFigures
from analyzers.memory import MemoryForecast
from analyzers.profile import Source
from bot.words import Medium, text_of
from tests.bot.notes import finding, summary

NOTE = summary(finding(Verdict.UNBOUNDED_GROWTH))


def told(memory: MemoryForecast | None, gc_before: GCFigures | None = None) -> str:
    return text_of(
        NOTE._replace(diagnosis=NOTE.diagnosis._replace(memory=memory, gc_before=gc_before)), Medium.TERMINAL
    )


@pytest.mark.parametrize(
    ("seconds", "peak", "says"),
    [
        (2400.0, 700.0, "the last 10 min *the live heap reaches the memory limit of 2.0 GiB in about 40 min*,"),
        (2400.0, 700.0, "in about 40 min*, its peaks between two collections in about 12 min."),
        (2400.0, 0.0, "in about 40 min*; its peaks between two collections are there already."),
        (2400.0, 2400.0, "in about 40 min*."),
        (0.0, 0.0, "*The live heap is over the memory limit of 2.0 GiB*, and it grows."),
    ],
)
def test_the_second_line_is_how_long_it_lasts(seconds: float, peak: float, says: str) -> None:
    lines = told(MemoryForecast(2**31, seconds, peak, 600.0)).split("\n")
    assert says in lines[1]
    assert lines[2] == ""


def test_without_a_claim_there_is_no_line() -> None:
    assert "the live heap reaches" not in told(None)
    assert told(None).split("\n")[1] == ""


@pytest.mark.parametrize(
    ("source", "gc", "limit", "silent"),
    [
        (Source.TEXT, True, 2**31, True),
        (Source.PROTOBUF, True, None, True),
        (Source.PROTOBUF, True, 2**31, False),
        (Source.TEXT, False, 2**31, False),
    ],
)
def test_a_limit_that_cannot_be_watched_is_not_passed_over(
    source: Source, gc: bool, limit: int | None, silent: bool
) -> None:
    """Who has set one takes the missing line for good news."""
    service = replace(NOTE.service, memory_limit=limit, gc=gc)
    diagnosis = NOTE.diagnosis._replace(source=source, memory=None)
    text = text_of(NOTE._replace(service=service, diagnosis=diagnosis), Medium.TERMINAL)
    assert ("Nothing is said about the memory limit" in text) is not silent


def test_the_collector_is_compared_with_the_capture_before() -> None:
    text = told(None, GCFigures(3.1, 0.001, 2e6, 1e6, 8.0))
    assert (
        "4.8 MiB/s allocated (1.9 MiB/s before), 12 GC cycles a minute (3.1 before), 0.1 % of the time paused." in text
    )
    assert "before)" not in told(None)
    assert "before)" not in told(None, GCFigures())
    assert "before)" not in told(None, NOTE.diagnosis.gc)
