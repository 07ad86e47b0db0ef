"""`mapstorm explain` on a terminal."""

import pytest

from bot import cli


def test_a_word_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["explain", "--color", "never", "go_map_growth_total"]) == 0
    out = capsys.readouterr().out
    assert "no metric of Go counts the growth of maps" in out
    assert "Source:" in out


def test_words_may_stand_apart(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["explain", "load", "factor"]) == 0
    assert "6.5" in capsys.readouterr().out


def test_without_a_word_all_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["explain"]) == 0
    out = capsys.readouterr().out
    assert "`evacuate`" in out or "evacuate" in out
    assert "sync.Map" in out


def test_an_unknown_word_gets_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["explain", "evacute"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "Did you mean evacuate" in captured.err
