"""What the real Alertmanager sends is read as what was posted to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from handlers.sources.alertmanager import read
from tests.alerting.alertmanager import Webhook, alertmanagers, fire, resolve
from tests.alerting.receiver import eventually, receiver

pytestmark = pytest.mark.alertmanager


async def test_a_firing_alert_and_its_end(tmp_path: Path) -> None:
    labels = {"alertname": "MemoryHigh", "service": "orders", "pod": 'o<r>&"d"\\ers\n-0 ünï'}
    async with receiver() as hook, alertmanagers(tmp_path, Webhook(hook.url + "/hook")) as peers:
        await fire(peers, labels, {"summary": "Memory > 90 %", "memory_limit": "2GiB"})
        await eventually(lambda: len(hook.seen) >= 1, "firing")
        await resolve(peers, labels)
        await eventually(lambda: hook.seen[-1].status == "resolved", "resolved")
    first, last = read(hook.seen[0].payload), read(hook.seen[-1].payload)
    (firing,), (over,) = first.alerts, last.alerts
    assert (first.receiver, first.group_labels) == ("mapstorm", {"alertname": "MemoryHigh", "service": "orders"})
    assert (first.group_key, first.truncated) == (last.group_key, 0)
    assert (firing.labels, firing.title, firing.memory_limit) == (labels, "Memory > 90 %", 2 * 1024**3)
    assert (firing.firing, firing.ends_at, over.firing) == (True, None, False)
    assert over.fingerprint == firing.fingerprint
    assert over.ends_at is not None
    assert over.ends_at >= over.starts_at == firing.starts_at > 0
