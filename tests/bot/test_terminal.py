"""The words of a note in a terminal: wrapped, coloured if wished, and without an escape code of anybody else's."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.terminal import show
from handlers.notes import CaptureStarted, Note
from tests.bot.notes import notes, service

OURS = re.compile(r"\x1b\[(?:1|2|36|0)m")


@pytest.mark.parametrize("note", notes(), ids=lambda note: type(note).__name__)
def test_without_colour_there_is_no_escape_code_and_no_mark(note: Note) -> None:
    text = show(note, colour=False)
    assert "\x1b" not in text
    assert "`" not in text
    assert "&lt;" not in text
    assert "<@" not in text
    assert not re.search(r"^\^ ", text, re.MULTILINE)


@pytest.mark.parametrize("note", notes(), ids=lambda note: type(note).__name__)
def test_colour_changes_nothing_but_the_colour(note: Note) -> None:
    plain = " ".join(show(note, colour=False, width=10_000).split())
    painted = " ".join(OURS.sub("", show(note, colour=True, width=10_000)).split())
    assert painted == plain


@given(st.one_of(st.text(max_size=80), st.sampled_from(["\x1b[31m", "\x1b]0;title\x07", "\x9b31m", "\x1b[2J", "a\rb"])))
def test_names_bring_no_escape_codes(name: str) -> None:
    for note in notes(name):
        assert "\x1b" not in show(note, colour=False)
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", OURS.sub("", show(note, colour=True)))


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("colour", [True, False])
def test_lines_are_as_wide_as_the_terminal_unless_a_word_is_wider(width: int, colour: bool) -> None:
    for note in notes():
        for line in OURS.sub("", show(note, colour=colour, width=width)).splitlines():
            assert len(line) <= width or " " not in line.strip()


def test_colour_does_not_change_where_lines_break() -> None:
    for note in notes():
        assert OURS.sub("", show(note, colour=True, width=80)) == show(note, colour=False, width=80)


def test_code_and_bold_are_painted() -> None:
    text = show(CaptureStarted(service(), ("orders-0",), "ana", "r1"), colour=True)
    assert "\x1b[36msvc-orders\x1b[0m" in text
