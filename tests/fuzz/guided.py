"""Led by coverage: `python -m tests.fuzz.guided text --seconds 60`, after `uv pip install atheris`. Not run in CI.

Why apart from `__main__`: atheris changes the code of `analyzers` as it is imported, so nothing may import it before.
"""

import argparse
import sys
import tempfile
from pathlib import Path
from random import Random

import atheris

from tests.fuzz.mutations import OF_TARGET

with atheris.instrument_imports(include=["analyzers"]):
    from tests.fuzz.targets import TARGETS


def main() -> None:
    """Never returns: libFuzzer ends the process, with a code other than 0 where something broke."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.guided")
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--seconds", type=int, default=60)
    asked = parser.parse_args()
    target, mutations = TARGETS[asked.target], OF_TARGET[asked.target]

    def damage(data: bytes, size: int, seed: int) -> bytes:
        # Its own mutations know no numbers and no messages; a third of the time ours take their place.
        dice = Random(seed)  # noqa: S311 - dice, not keys
        return (
            dice.choice(mutations)(data, dice)[:size] if dice.randrange(3) == 0 else bytes(atheris.Mutate(data, size))
        )

    with tempfile.TemporaryDirectory(prefix="mapstorm-fuzz-") as folder:
        for number, seed in enumerate(target.seeds()):
            (Path(folder) / str(number)).write_bytes(seed)
        limits = [f"-max_total_time={asked.seconds}", "-max_len=65536", "-timeout=10", "-rss_limit_mb=1500"]
        atheris.Setup([sys.argv[0], folder, *limits], target.feed, custom_mutator=damage)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
