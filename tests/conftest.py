"""What all tests share: the recordings of real services, a set of fakes for every port, and golden files."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from tests.analyzers.recordings import RECORDINGS, Recording
from tests.fakes import Fakes

GOLDEN = Path(__file__).parent / "golden"

# The same examples in every run: a red test is red for everybody. Slow machines are no reason to fail.
settings.register_profile("mapstorm", deadline=None, derandomize=True, max_examples=60, database=None)
settings.load_profile("mapstorm")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite tests/golden; review reads the diff")


@pytest.fixture(scope="session")
def recordings() -> dict[str, Recording]:
    """All recordings by `go1.27.3-growth_storm`."""
    return {recording.id: recording for recording in RECORDINGS}


@pytest.fixture
def fakes() -> Fakes:
    """One fake for every port, and the Tools made of them."""
    return Fakes()


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """`golden(name, text)`: equal to tests/golden/name.txt, or written there with --update-golden."""

    def check(name: str, text: str) -> None:
        path = GOLDEN / f"{name}.txt"
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        assert path.exists(), f"no golden file for {name}: run pytest --update-golden and read what it wrote"
        assert text == path.read_text()

    return check
