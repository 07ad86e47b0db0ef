"""How the shell answers: the note in the terminal, or one JSON object on stdout and nothing else."""

import argparse
import os
import sys
from collections.abc import Sequence
from typing import TextIO

from handlers.notes import CaptureFailed, Note, Summary
from handlers.records import Remembered

ANSWERED, FAILED, WRONG_USAGE = 0, 1, 2


def add_format(parser: argparse.ArgumentParser) -> None:
    """The options every answering command has."""
    parser.add_argument("--format", choices=("text", "json"), default="text", help="json: one object on stdout")
    add_color(parser)


def add_color(parser: argparse.ArgumentParser) -> None:
    """The option of everything that is printed for people."""
    parser.add_argument("--color", choices=("auto", "always", "never"), default="auto", help="default: on a terminal")


def write_answer(note: Summary, options: argparse.Namespace, trend: Sequence[Remembered] = ()) -> None:
    """Prints a diagnosis in the format asked for; for people with bars and a line of `trend`, oldest first."""
    if options.format == "json":
        # Only here: together they take as long to import as 1,000 records take to read (and orjson, five times that).
        import json

        from bot.answer_json import answer

        sys.stdout.write(json.dumps(answer(note), allow_nan=False) + "\n")
    else:
        write_note(note, options.color, sys.stdout)
        from bot.shell.sketch import sketch  # only here, as what it stands on

        sys.stdout.write(sketch(note, trend, width=_width(sys.stdout), plain=not _has_blocks(sys.stdout)))


def write_failure(note: CaptureFailed, options: argparse.Namespace) -> None:
    """Why there is no diagnosis, on stderr."""
    write_note(note, options.color, sys.stderr)


def write_note(note: Note, colour: str, stream: TextIO) -> None:
    """Any note, as wide as the terminal is."""
    # Only here: JSON needs no jinja2, which takes as long to import as 5,000 records take to read.
    from bot.terminal import show

    wanted = colour == "always" or (colour == "auto" and stream.isatty() and "NO_COLOR" not in os.environ)
    stream.write(show(note, colour=wanted, width=_width(stream)))


def _width(stream: TextIO) -> int:
    try:
        return max(40, min(120, os.get_terminal_size(stream.fileno()).columns))
    except (OSError, ValueError):
        return 100


def _has_blocks(stream: TextIO) -> bool:
    """Whether bars can be drawn of block characters."""
    try:
        "\N{FULL BLOCK}\N{LIGHT SHADE}\N{LOWER ONE EIGHTH BLOCK}".encode(stream.encoding or "ascii")
    except (UnicodeError, LookupError):
        return False
    return True
