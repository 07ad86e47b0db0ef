"""What a person reads about the Go release: as much as is known, and no more."""

import pytest

from analyzers.names.frames import Implementation
from analyzers.names.goversion import UNKNOWN, GoVersion, exactly
from bot.words import Medium, text_of
from tests.bot.notes import summary

NOTE = summary()


def told(version: GoVersion, implementation: Implementation | None = Implementation.SWISS) -> str:
    known = NOTE.diagnosis._replace(go_version=version, implementation=implementation)
    return text_of(NOTE._replace(diagnosis=known), Medium.TERMINAL)


@pytest.mark.parametrize(
    ("version", "says"),
    [
        (GoVersion(low=24), "Maps are Swiss tables, built with Go 1.24 or newer.\n"),
        (GoVersion(24, 24), "Maps are Swiss tables, built with Go 1.24.\n"),
        (GoVersion(24, 25), "Maps are Swiss tables, built with Go 1.24 or 1.25.\n"),
        (GoVersion(24, 26), "Maps are Swiss tables, built with Go 1.24 to 1.26.\n"),
        (GoVersion(high=27), "Maps are Swiss tables, built with Go 1.27 or older.\n"),
        (exactly("go1.27.3"), "Maps are Swiss tables, built with `go1.27.3`.\n"),
        (UNKNOWN, "Maps are Swiss tables.\n"),
    ],
)
def test_the_range_is_said_in_words(version: GoVersion, says: str) -> None:
    assert says in told(version)


def test_bucket_maps_in_a_release_of_swiss_tables_are_a_choice() -> None:
    classic = Implementation.CLASSIC
    assert "classic buckets (`GOEXPERIMENT=noswissmap`), built with Go 1.25." in told(GoVersion(25, 25), classic)
    assert "Maps are classic buckets, built with Go 1.25 or older." in told(GoVersion(high=25), classic)


def test_without_maps_the_release_stands_alone() -> None:
    assert " Built with Go 1.23.\n" in told(GoVersion(23, 23), None)
    assert "uilt with" not in told(UNKNOWN, None)
