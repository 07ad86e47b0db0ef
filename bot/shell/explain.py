"""`mapstorm explain [WORD]`: what is true of a claim about maps. Needs no service, no network and no registry."""

import argparse
import sys

from bot.shell import output
from handlers.answer import explain
from handlers.command import plain
from handlers.errors import UnknownClaim
from handlers.notes import Slip


def main(arguments: list[str]) -> int:
    """Prints three sentences with their source, or the words that are known. Exit 2 for one that is not."""
    options = _parser().parse_args(arguments)
    try:
        note = explain(plain(" ".join(options.word)).strip() or None)
    except UnknownClaim as error:
        output.write_note(Slip.of(error), options.color, sys.stderr)
        return output.WRONG_USAGE
    output.write_note(note, options.color, sys.stdout)
    return output.ANSWERED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="mapstorm explain", description=__doc__)
    parser.add_argument("word", nargs="*", help="such as evacuate, sync.Map, 'ok == false'; none: the list")
    output.add_color(parser)
    return parser
