"""What mapstorm leans on in Alertmanager, asked of the real one: what it repeats, what it gives up, what it leaves out.

Nothing here runs mapstorm. A newer Alertmanager in which one of these fails is a reason to read handlers/ again.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.alerting.alertmanager import Alertmanager, Webhook, alertmanagers, fire, resolve
from tests.alerting.payload import NEVER
from tests.alerting.receiver import Answer, Delivery, Receiver, eventually, receiver

pytestmark = pytest.mark.alertmanager

HOOK = "/webhooks/alertmanager"
LABELS = {"alertname": "HeapGrows", "service": "orders", "instance": "orders-0"}


@pytest.fixture
async def hook() -> AsyncIterator[Receiver]:
    async with receiver() as running:
        yield running


def held_until(copies: int, hook: Receiver) -> Answer:
    """Slower than the peer timeout: no answer before so many copies of the same status are there."""

    async def answer(delivery: Delivery) -> int:
        await eventually(lambda: sum(each.status == delivery.status for each in hook.seen) >= copies, "all copies")
        return 200

    return answer


async def delivered(hook: Receiver, *statuses: str) -> None:
    await eventually(lambda: sorted(each.status for each in hook.seen) == sorted(statuses), f"{statuses}")


def moment(text: str) -> datetime:
    """With nine digits of a second, which Python reads since 3.11."""
    return datetime.fromisoformat(text)


async def test_a_fast_receiver_hears_of_two_peers_once(hook: Receiver, tmp_path: Path) -> None:
    async with alertmanagers(tmp_path, Webhook(hook.url + HOOK, "s3cret"), peers=2) as peers:
        await fire(peers, LABELS)
        await asyncio.gather(*(peer.flushed() for peer in peers))
        assert [each.status for each in hook.seen] == ["firing"]
        await resolve(peers, LABELS)
        await delivered(hook, "firing", "resolved")
    assert {each.headers["authorization"] for each in hook.seen} == {"Bearer s3cret"}
    assert all(each.headers["user-agent"].startswith("Alertmanager/") for each in hook.seen)


async def test_a_receiver_slower_than_the_peer_timeout_hears_everything_twice(hook: Receiver, tmp_path: Path) -> None:
    hook.answers[HOOK] = held_until(2, hook)
    async with alertmanagers(tmp_path, Webhook(hook.url + HOOK), peers=2) as peers:
        await fire(peers, LABELS)
        await delivered(hook, "firing", "firing")
        await resolve(peers, LABELS)
        await delivered(hook, "firing", "firing", "resolved", "resolved")
    one, other = (each.payload for each in hook.seen[:2])
    assert one["externalURL"] != other["externalURL"]
    assert one["alerts"][0]["startsAt"] != other["alerts"][0]["startsAt"], "each peer stamped it"
    apart = moment(one["alerts"][0]["startsAt"]) - moment(other["alerts"][0]["startsAt"])
    assert abs(apart.total_seconds()) < 5
    for name in ("receiver", "groupKey", "status", "groupLabels"):
        assert len({str(each.payload[name]) for each in hook.seen if each.status == "firing"}) == 1, name
    assert len({each.payload["alerts"][0]["fingerprint"] for each in hook.seen}) == 1


async def test_503_is_tried_again_at_once_and_429_is_not(hook: Receiver, tmp_path: Path) -> None:
    """Within one flush: the next is five minutes away."""

    async def away_at_first(_: Delivery) -> int:
        return 503 if len(hook.at("/away")) < 3 else 200

    async def busy(_: Delivery) -> int:
        return 429

    hook.answers |= {"/away": away_at_first, "/busy": busy}
    webhooks = Webhook(f"{hook.url}/away"), Webhook(f"{hook.url}/busy")
    async with alertmanagers(tmp_path, *webhooks, group_interval="5m") as (peer,):

        async def given_up() -> bool:
            return await peer.metric("alertmanager_notifications_failed_total") == 1

        await fire([peer], LABELS)
        await eventually(lambda: len(hook.at("/away")) == 3, "503 was tried again")
        await eventually(given_up, "429 was given up")
    assert len(hook.at("/away")) == 3
    assert len(hook.at("/busy")) == 1


async def test_429_comes_again_with_the_next_flush(hook: Receiver, tmp_path: Path) -> None:
    async def busy_once(_: Delivery) -> int:
        return 429 if len(hook.seen) == 1 else 200

    hook.answers[HOOK] = busy_once
    async with alertmanagers(tmp_path, Webhook(hook.url + HOOK)) as (peer,):
        await fire([peer], LABELS)
        await delivered(hook, "firing", "firing")


async def test_a_truncated_body_says_resolved_while_another_alert_fires(hook: Receiver, tmp_path: Path) -> None:
    first, second = LABELS, LABELS | {"instance": "orders-1"}
    async with alertmanagers(tmp_path, Webhook(hook.url + HOOK, max_alerts=1)) as (peer,):
        await peer.post({"labels": first}, {"labels": second})  # in one, or the group's wait may end between them
        await eventually(lambda: bool(hook.seen), "firing")
        assert hook.seen[0].payload["truncatedAlerts"] == 1
        await resolve([peer], first)
        await eventually(lambda: hook.seen[-1].status == "resolved", "resolved")
        misleading = hook.seen[-1].payload
        assert misleading["truncatedAlerts"] == 1
        assert [alert["labels"]["instance"] for alert in misleading["alerts"]] == ["orders-0"]
        still = json.loads(await peer.amtool("--output=json", "alert", "query", "alertname=HeapGrows"))
        assert [alert["labels"]["instance"] for alert in still] == ["orders-1"]
        await peer.flushed(4)
        assert len(hook.seen) == 2, "what was left out is not told when there is room again"
        await resolve([peer], second)
        await eventually(lambda: len(hook.seen) == 3, "the end of what was left out")
    last = hook.seen[-1].payload
    assert (last["status"], last["truncatedAlerts"]) == ("resolved", 0)
    assert [alert["labels"]["instance"] for alert in last["alerts"]] == ["orders-1"]


async def test_the_shape_of_firing_and_resolved(hook: Receiver, tmp_path: Path) -> None:
    annotations = {"summary": '<!channel> & "heap" > 90 %'}
    async with alertmanagers(tmp_path, Webhook(hook.url + HOOK)) as (peer,):
        await fire([peer], LABELS, annotations)
        await delivered(hook, "firing")
        await resolve([peer], LABELS)
        await delivered(hook, "firing", "resolved")
    firing, resolved = (each.payload for each in hook.seen)
    assert firing["version"] == "4"
    assert firing["groupKey"] == '{}:{alertname="HeapGrows", service="orders"}'
    assert firing["receiver"] == "mapstorm"
    assert firing["truncatedAlerts"] == 0
    assert firing["alerts"][0]["endsAt"] == NEVER
    assert re.search(r"\.\d{4,9}Z$", firing["alerts"][0]["startsAt"]), "finer than a millisecond"
    assert rb"\u003c!channel\u003e \u0026" in hook.seen[0].raw
    assert firing["alerts"][0]["annotations"] == annotations
    assert moment(resolved["alerts"][0]["endsAt"]) > moment(resolved["alerts"][0]["startsAt"])
    assert resolved["alerts"][0]["startsAt"] == firing["alerts"][0]["startsAt"]
    assert resolved["groupKey"] == firing["groupKey"]


async def test_a_peer_that_missed_the_resolve_says_firing_after_it(hook: Receiver, tmp_path: Path) -> None:
    """With the old startsAt, by which it is known; the same alert firing anew has a later one."""
    async with alertmanagers(tmp_path, Webhook(hook.url + HOOK), peers=2) as peers:
        await fire(peers, LABELS)
        await delivered(hook, "firing")
        await resolve(peers[:1], LABELS)
        await delivered(hook, "firing", "resolved", "firing")
        resolved = _alert(hook.seen[1])
        stale = _alert(hook.seen[2])
        assert resolved["status"] == "resolved"
        assert moment(stale["startsAt"]) < moment(resolved["endsAt"])
        await resolve(peers[1:], LABELS)
        await delivered(hook, "firing", "resolved", "firing", "resolved")
        await fire(peers, LABELS)
        await delivered(hook, "firing", "resolved", "firing", "resolved", "firing")
        assert moment(_alert(hook.seen[-1])["startsAt"]) > moment(resolved["endsAt"])


def _alert(delivery: Delivery) -> dict[str, str]:
    alert = delivery.payload["alerts"][0]
    return {"status": alert["status"], "startsAt": alert["startsAt"], "endsAt": alert["endsAt"]}


async def test_a_receiver_that_is_down_gets_it_when_it_is_back(tmp_path: Path) -> None:
    async with receiver() as first:
        url = first.url + HOOK
    port = int(first.url.rpartition(":")[2])
    async with alertmanagers(tmp_path, Webhook(url)) as (peer,):
        await fire([peer], LABELS)
        await _tried(peer)
        async with receiver(port) as back:
            await delivered(back, "firing")


async def _tried(peer: Alertmanager) -> None:
    async def failed() -> bool:
        return await peer.metric("alertmanager_notification_requests_failed_total") > 0

    await eventually(failed, "a try has failed")
