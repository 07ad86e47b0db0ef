"""Every service under every build of the corpus: where its recordings lie. Not what they should come to."""

from pathlib import Path

HERE = Path(__file__).parent
# The four releases with bucket maps, of which the last is built against its default, and three with Swiss maps.
BUILDS = ("1.21.13", "1.22.10", "1.23.9", "1.25.5-noswissmap", "1.24.11", "1.26.6", "1.27.3")


def recorded(home: Path = HERE) -> list[Path]:
    """The folders of a corpus that hold a whole recording: the truth is written last."""
    return sorted(path.parent for build in BUILDS for path in (home / build).glob("*/truth.json"))


def held_back() -> frozenset[str]:
    """Names of the services that nobody looks at while choosing thresholds."""
    listed = HERE / "held_back.txt"
    return frozenset(listed.read_text().split()) if listed.exists() else frozenset()
