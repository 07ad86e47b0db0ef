"""The short chaos run: everything of the long one, less of it. `./mapstorm chaos --seed ...` repeats it by hand."""

from pathlib import Path

import pytest

from tests.chaos.drill import drill
from tests.chaos.plan import Plan

pytestmark = [pytest.mark.redis, pytest.mark.timeout(300)]

SHORT = Plan(alerts=300, incidents=12, seed=22, minutes=0.35, workers=2, to_the_end=False)


async def test_nothing_is_lost_and_nothing_is_said_twice(tmp_path: Path) -> None:
    verdict = await drill(SHORT, tmp_path, print)
    assert verdict.lost == []
    assert verdict.doubled == []
    assert verdict.wrong == []
    assert verdict.bugs == []
    assert {name: count for name, count in verdict.left.items() if count} == {}
    assert verdict.figures["incidents found"] == SHORT.incidents
    assert verdict.figures["captures"] > 0
    assert sum(count for act, count in verdict.acts.items() if "killed" in act) > 0
    assert sum(count for act, count in verdict.acts.items() if "stopped" in act) > 0
    assert sum(count for act, count in verdict.acts.items() if "Slack" in act) > 0
