"""Prints how right mapstorm is on the corpus: python -m tests.accuracy, which is what ./mapstorm accuracy runs."""

import argparse
import sys
from pathlib import Path

from tests import corpus
from tests.accuracy import floors, peers, table
from tests.accuracy.figures import judgements, rows


def main() -> int:
    parser = argparse.ArgumentParser(prog="mapstorm accuracy", description="How right mapstorm is on the corpus.")
    parser.add_argument("--services", action="store_true", help="one line a service and build; ! where one is wrong")
    parser.add_argument("--update-floors", action="store_true", help="today's figures become the floors")
    parser.add_argument("--peers", action="store_true", help="what go tool pprof says of the same captures; minutes")
    parser.add_argument(
        "--at", type=Path, metavar="FOLDER", help="another corpus than tests/corpus; floors hold there too"
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="with --services or --peers: only these services")
    options = parser.parse_args()
    judged = judgements(options.at or corpus.HERE)
    chosen = [each for each in judged if not options.names or each.capture.name in options.names]
    if options.peers:
        given = peers.answers(chosen)
        print("\n".join(peers.services(given) if options.services else peers.lines(given)))
        return 0
    if options.services:
        print("\n".join(table.services(chosen)))
        return 0
    measured = rows(judged)
    print("\n".join(table.lines(measured)))
    if options.update_floors:
        floors.write(measured)
        return 0
    worse = floors.fallen(measured, floors.read())
    print("\n".join(worse), file=sys.stderr, end="\n" if worse else "")
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
