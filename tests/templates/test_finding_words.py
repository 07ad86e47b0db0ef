"""What a person reads first about a finding, where one verdict has more than one way to come about."""

import pytest

from analyzers.finding import Verdict
from bot.words import Medium, text_of
from tests.bot.notes import finding, summary


@pytest.mark.parametrize(
    ("cloned", "says"), [(True, "copies a large map again and again"), (False, "most likely copies that one by a loop")]
)
def test_only_frames_of_a_clone_prove_a_copy(cloned: bool, says: str) -> None:
    """A loop that fills a sized map looks the same, whatever it is filled from."""
    found = finding(Verdict.CLONE_STORM)
    if not cloned:
        found = found._replace(evidence=tuple(item for item in found.evidence if "clone" not in item.name))
    assert says in text_of(summary(found), Medium.TERMINAL)
