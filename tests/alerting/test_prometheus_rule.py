"""A rule of a real Prometheus through a real Alertmanager to a webhook: an alert as nobody wrote it by hand."""

from pathlib import Path

import pytest

from tests.alerting.alertmanager import Webhook, alertmanagers
from tests.alerting.payload import NEVER
from tests.alerting.prometheus import Rule, prometheus
from tests.alerting.receiver import eventually, receiver

pytestmark = pytest.mark.alertmanager

RULE = Rule(
    "HeapGrows",
    'heap_bytes{job="service"} > 1e9',
    {"service": "orders", "severity": "page"},
    {"summary": "{{ $labels.instance }} holds {{ $value }} bytes"},
)


async def test_a_rule_fires_and_resolves_down_to_the_webhook(tmp_path: Path) -> None:
    async with receiver() as hook, alertmanagers(tmp_path, Webhook(f"{hook.url}/hook")) as peers:
        hook.gauges["heap_bytes"] = 2e9
        target = hook.url.removeprefix("http://")
        async with prometheus(tmp_path, target, RULE, peers) as address:
            await eventually(lambda: bool(hook.seen), "firing")
            hook.gauges["heap_bytes"] = 1e6
            await eventually(lambda: len(hook.seen) > 1, "resolved")
    firing, resolved = (delivery.payload for delivery in hook.seen[:2])
    alert = firing["alerts"][0]
    assert alert["labels"]["instance"] == target, "the label that names the pod that is ill"
    assert alert["annotations"]["summary"] == f"{target} holds 2e+09 bytes"
    assert alert["generatorURL"].startswith(f"{address}/graph?")
    assert alert["endsAt"] == NEVER, "although Prometheus sends one while it fires"
    assert resolved["status"] == "resolved"
    assert resolved["alerts"][0]["startsAt"] == alert["startsAt"]
