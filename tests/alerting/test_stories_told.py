"""Made-up days, told to what decides about incidents: in the end they are open where something fires, and nowhere else.

No Redis, no Slack and no worker: what is lost or doubled here is lost or doubled by the rules themselves.
"""

from collections import Counter
from dataclasses import replace

import pytest

from handlers.alert import Part
from handlers.incident import Event, Incident, State
from handlers.incidents.machine import decide
from handlers.records import Instance, Service
from handlers.sources import alertmanager
from tests.alerting.stories import Ending, Story, story

START = 1_700_000_000.0
LATE_S = 5.0  # after the last moment that a notification names
ORDERS = Service("orders", tuple(Instance(f"orders-{number}", "http://orders") for number in range(4)), "C1")


def told(day: Story) -> dict[str, Ending]:
    """What the rules make of it, group by group."""
    incidents: dict[str, Incident] = {}
    episodes: Counter[str] = Counter()
    now = 0.0
    for delivery in day.deliveries:
        said = alertmanager.read(delivery.payload)
        now = max(now, *(max(alert.starts_at, alert.ends_at or 0.0) + LATE_S for alert in said.alerts))
        part = Part(ORDERS.name, now, said)
        change = decide(incidents.get(delivery.group), part, ORDERS, lambda labels: labels.get("instance"))
        if change is not None:
            before = change.after.timeline
            incidents[delivery.group] = replace(change.after, timeline=before + change.entries)
            episodes[delivery.group] += sum(entry.event in (Event.OPENED, Event.REOPENED) for entry in change.entries)
    return {
        group: Ending(incident.state is not State.RESOLVED, episodes[group]) for group, incident in incidents.items()
    }


@pytest.mark.parametrize("seed", range(60))
def test_in_the_end_open_is_what_fires(seed: int) -> None:
    day = story(seed, 5, start=START)
    assert told(day) == day.endings


def test_a_long_day() -> None:
    day = story(1, 20, start=START - 1000, changes=60)
    assert told(day) == day.endings
