"""Alerts through the whole chain: real Alertmanager peers, mapstorm's real processes, a thread in Slack."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.alerting.alertmanager import Webhook, alertmanagers
from tests.alerting.chain import SOON_S, TOKEN, Chain, chain, fire, resolve
from tests.alerting.place import HOOK, Place
from tests.alerting.receiver import eventually

pytestmark = [pytest.mark.redis, pytest.mark.alertmanager, pytest.mark.asyncio(loop_scope="module")]

LINE = "internal/catalog/catalog.go:64"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Chain]:
    async with chain(tmp_path_factory.mktemp("chain"), places=8) as here, here.both():
        yield here


@pytest.fixture
def place(town: Chain) -> Place:
    return next(town.places)


async def test_an_alert_becomes_a_thread_with_its_diagnosis(town: Chain, place: Place) -> None:
    await fire(town.peers, place.labels())
    root = await place.opened()
    (heard,) = place.heard()
    waited = float(root.ts) - heard.answered_at
    print(f"answered in {heard.answered_at - heard.came_at:.3f} s, the root stood {waited:.3f} s after the answer")
    assert waited < SOON_S
    await place.stands(LINE)
    await town.quiet()
    assert place.root.startswith("🔴 *Firing*")
    assert len(place.replies("summary")) == 2, "of the ill instance and of its peer"
    assert f"`{place.name}-0` (ill)" in "".join(place.replies("comparison"))


async def test_an_incident_from_its_first_alert_to_the_day_it_opens_again(town: Chain, place: Place) -> None:
    first, second = place.labels(0), place.labels(1)
    await fire(town.peers, first)
    await place.diagnosed()
    await fire(town.peers, second)
    await place.told("Another alert joined")
    await resolve(town.peers, first)
    await place.told("Part of it is over")
    assert place.root.startswith("🔴 *Firing*")
    await resolve(town.peers, second)
    await place.stands("*Resolved*")
    await eventually(lambda: len(place.replies("afterwards")) == 2, "during against after, of both")
    await fire(town.peers, first)
    await place.stands("*Firing*")
    await place.told("It fires again")
    assert len(place.roots()) == 1
    again = next(each for each in place.said() if "It fires again" in each.content.text)
    assert again.broadcast, "people are needed again"
    assert len([each for each in place.said() if each.broadcast]) == 1


async def test_what_max_alerts_leaves_out_keeps_it_open(town: Chain, place: Place, tmp_path: Path) -> None:
    first, second = place.labels(0), place.labels(1)
    async with alertmanagers(tmp_path, Webhook(town.hook.url + HOOK, TOKEN, max_alerts=1)) as peers:
        await fire(peers, first, second)
        await place.diagnosed()
        await resolve(peers, first)
        await eventually(lambda: bool(place.heard("resolved")), "a body that says resolved")
        assert place.heard("resolved")[0].payload["truncatedAlerts"] == 1
        await town.quiet()
        assert place.root.startswith("🔴 *Firing*")
        assert "left out 1 alert" in place.root
        await resolve(peers, second)
        await place.stands("*Resolved*")
    await town.quiet()
    assert len(place.roots()) == 1
    assert len([text for text in place.replies() if "*Resolved*" in text]) == 1


async def test_rule_5_two_peers_one_thread_one_resolve(town: Chain, place: Place) -> None:
    """The gate answers only when both peers have lost their patience: everything comes twice."""

    async def until_both() -> None:
        await eventually(lambda: len(place.heard()) >= 2 * (1 + bool(place.heard("resolved"))), "the other peer's copy")

    town.gate.held[place.name] = until_both
    await fire(town.peers, place.labels())
    await eventually(lambda: len(place.heard("firing")) == 2, "both peers say firing")
    await place.diagnosed()
    await resolve(town.peers, place.labels())
    await eventually(lambda: len(place.heard("resolved")) == 2, "both peers say resolved")
    await place.stands("*Resolved*")
    await town.quiet()
    assert len({each.payload["externalURL"] for each in place.heard("firing")}) == 2
    assert {each.status for each in place.heard()} == {200}
    assert len(place.roots()) == 1
    assert len(place.replies("state_change")) == 1
    assert len(place.replies("summary")) == len(set(place.replies("summary")))


async def test_a_stale_firing_after_the_resolve_changes_nothing(town: Chain, place: Place) -> None:
    await fire(town.peers, place.labels())
    await place.diagnosed()
    await resolve(town.peers[:1], place.labels())
    await eventually(lambda: len(place.heard("firing")) == 2, "the peer that has not heard of the end")
    assert [each.payload["status"] for each in place.heard()] == ["firing", "resolved", "firing"]
    await town.quiet()
    assert place.root.startswith("✅ *Resolved*")
    assert len(place.roots()) == 1
    assert len(place.replies("state_change")) == 1
    await resolve(town.peers[1:], place.labels())
