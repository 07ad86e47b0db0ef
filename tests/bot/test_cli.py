"""The one command: its words, its version, its exit codes."""

import tomllib
from importlib import import_module
from pathlib import Path

import pytest

from bot import cli

PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"


def test_the_version_is_the_package_s(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"mapstorm {tomllib.loads(PYPROJECT.read_text())['project']['version']}\n"


@pytest.mark.parametrize("words", [[], ["--help"], ["help"]])
def test_usage_names_every_word(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(words) == 0
    shown = capsys.readouterr().out
    assert all(word in shown for word in cli.COMMANDS)


def test_an_unknown_word_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["captrue"]) == 2
    assert "captrue" in capsys.readouterr().err


@pytest.mark.parametrize("word", cli.COMMANDS)
def test_every_word_has_its_function(word: str) -> None:
    module, function, _ = cli.COMMANDS[word]
    assert callable(getattr(import_module(module), function))
