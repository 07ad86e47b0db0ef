"""What the message says of a CPU profile: an order of magnitude or that there is none, and why."""

import re

import pytest

from analyzers.cpu import Band, CPUFigures, CPUMissing
from analyzers.finding import Verdict
from bot.words import Medium, text_of
from handlers.notes import Summary
from tests.bot.notes import OPS, finding, summary

STORM = finding(Verdict.GROWTH_STORM)


def said(note: Summary) -> str:
    return text_of(note, Medium.TERMINAL)


def told(band: Band) -> str:
    return said(summary(STORM._replace(ops=OPS._replace(band=band))))


@pytest.mark.parametrize("band", list(Band))
def test_reads_and_writes_are_never_a_number(band: Band) -> None:
    line = next(line for line in told(band).splitlines() if "CPU profile" in line)
    assert "about 20 % of the CPU time" in line
    assert not re.search(r"\d+ ?: ?\d|\d (reads|writes|times)", line)
    assert ("order of magnitude" in line) == (band is not Band.UNKNOWN)


@pytest.mark.parametrize(
    ("share", "words"), [(0.57, "about 60 %"), (0.104, "about 10 %"), (0.054, "about 5 %"), (0.001, "under 1 %")]
)
def test_shares_of_cpu_time_have_one_digit(share: float, words: str) -> None:
    note = summary()
    note = note._replace(diagnosis=note.diagnosis._replace(cpu=CPUFigures(5.0, 400, share, ())))
    assert f"{words} of the CPU time collects garbage" in said(note)


def test_every_band_has_its_own_words() -> None:
    assert len({told(band) for band in Band}) == len(Band)


def test_remedies_for_readers_name_the_band_only_where_it_is_known() -> None:
    assert told(Band.READ_DOMINATED).count("This package's maps with such keys are read tens to hundreds of times") == 2
    assert "with such keys" not in told(Band.UNKNOWN)
    assert "If it is mostly read" in told(Band.UNKNOWN)


def test_without_a_cpu_profile_nothing_is_said_of_it() -> None:
    note = summary(STORM._replace(ops=None))
    note = note._replace(diagnosis=note.diagnosis._replace(cpu=None))
    assert "CPU" not in re.sub(r"GC cycles.*", "", said(note))


def test_a_service_at_rest_is_said_to_be_at_rest() -> None:
    note = summary()
    note = note._replace(diagnosis=note.diagnosis._replace(cpu=CPUFigures(5.0, 0, None, ())))
    assert "0 samples, so the service hardly used the CPU" in said(note)


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        (CPUMissing("not_pprof", "400"), "WriteTimeout"),
        (CPUMissing("no_pprof", "404"), "does not serve `/debug/pprof/profile`"),
        (CPUMissing("server_fault", "500"), "another profiler"),
        (CPUMissing("timed_out", ""), "did not come in time"),
        (CPUMissing("too_large", "1024"), "Raise max_bytes"),
        (CPUMissing("not_a_cpu_profile", ""), "the answer is not a CPU profile."),
    ],
)
def test_a_cpu_profile_that_could_not_be_had_says_why_and_what_next(missing: CPUMissing, words: str) -> None:
    note = summary(STORM._replace(ops=None))
    note = note._replace(diagnosis=note.diagnosis._replace(cpu=None, cpu_missing=missing))
    line = next(line for line in said(note).splitlines() if line.startswith("No CPU profile"))
    assert words in line
