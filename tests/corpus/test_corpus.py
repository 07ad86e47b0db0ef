"""The corpus is whole: every service under every build, many enough, and its labels say where they hold."""

import pytest

from tests import corpus, go_services
from tests.go_services import Mark


def test_every_service_is_recorded_under_every_build() -> None:
    wanted = {corpus.HERE / build / name for build in corpus.BUILDS for name in go_services.NAMES}
    assert set(corpus.recorded()) == wanted


def test_a_third_is_held_back_and_a_third_has_no_map_problem() -> None:
    innocent = [name for name in go_services.NAMES if go_services.verdict(name) == "no_map_problem"]
    assert len(go_services.NAMES) >= 30
    assert len(corpus.held_back()) >= len(go_services.NAMES) / 3
    assert len(innocent) >= len(go_services.NAMES) / 4


def test_every_culprit_says_what_to_advise_first() -> None:
    culprits = [mark for name in go_services.NAMES for mark in go_services.marks(name) if mark.role == "culprit"]
    assert culprits
    assert all(mark.first for mark in culprits)


@pytest.mark.parametrize(
    ("build", "family"),
    [("1.23.9", "classic"), ("1.24.11", "swiss"), ("1.25.5-noswissmap", "classic"), ("1.27.3", "swiss")],
)
def test_an_experiment_decides_the_family_of_a_release(build: str, family: str) -> None:
    assert go_services.family(build) == family


@pytest.mark.parametrize(
    ("where", "build", "holds"),
    [
        (None, "1.21.13", True),
        ("swiss", "1.26.6", True),
        ("swiss", "1.25.5-noswissmap", False),
        ("classic", "1.25.5-noswissmap", True),
        ("1.24", "1.24.11", True),
        ("1.2", "1.24.11", False),
        ("1.24", "1.26.6", False),
    ],
)
def test_a_mark_may_hold_of_one_family_or_release(where: str | None, build: str, holds: bool) -> None:
    assert Mark("culprit", "churn_inflation", "a.go", 1, "recreate", where).holds(build) is holds
