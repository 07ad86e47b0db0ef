"""Led by coverage: atheris, which changes the code of `analyzers` as it is imported. Not part of the tests."""

import sys
import tempfile
from pathlib import Path
from random import Random

import atheris

with atheris.instrument_imports(include=["analyzers"]):
    from tests.fuzz.targets import TARGETS
from tests.fuzz.mutations import OF_TARGET


def run(name: str, seconds: float) -> int:
    """Never returns: libFuzzer ends the process, with a code other than 0 where something broke."""
    target = TARGETS[name]

    def damage(data: bytes, size: int, seed: int) -> bytes:
        # Its own mutations know no numbers and no messages; a third of the time ours take their place.
        dice = Random(seed)  # noqa: S311 - dice, not keys
        if dice.randrange(3):
            return bytes(atheris.Mutate(data, size))
        return dice.choice(OF_TARGET[name])(data, dice)[:size]

    with tempfile.TemporaryDirectory(prefix="mapstorm-fuzz-") as folder:
        for number, seed in enumerate(target.seeds()):
            (Path(folder) / str(number)).write_bytes(seed)
        options = [f"-max_total_time={round(seconds)}", "-max_len=65536", "-timeout=10", "-rss_limit_mb=1500"]
        atheris.Setup([sys.argv[0], folder, *options], target.feed, custom_mutator=damage)
        atheris.Fuzz()
    return 0
