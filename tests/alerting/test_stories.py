"""Stories are worth telling: what must be true at their end follows from what is told, and not by the easy way."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

import pytest

from handlers.sources import alertmanager
from tests.alerting.payload import AlertBody, Payload
from tests.alerting.stories import Ending, Story, story

START = 1_700_000_000.0
SEEDS = range(40)


def told(seed: int) -> Story:
    return story(seed, 5, start=START)


def by_group(day: Story) -> dict[str, list[Payload]]:
    groups: dict[str, list[Payload]] = defaultdict(list)
    for delivery in day.deliveries:
        groups[delivery.group].append(delivery.payload)
    return groups


def seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def read(payloads: Iterable[Payload]) -> Ending:
    """The rules in a few lines: what is older than what is known says nothing; closed is when all are known resolved
    by a delivery that left nothing out."""
    started: dict[str, float] = {}
    ended: dict[str, float] = {}
    episodes, is_open = 0, False
    for payload in payloads:
        news = [alert for alert in payload["alerts"] if _is_news(alert, started, ended)]
        for alert in news:
            started[alert["fingerprint"]] = seconds(alert["startsAt"])
            if alert["status"] == "resolved":
                ended[alert["fingerprint"]] = seconds(alert["endsAt"])
        firing = [name for name, since in started.items() if since > ended.get(name, 0.0)]
        if firing and not is_open:
            episodes, is_open = episodes + 1, True
        elif news and not firing and not payload["truncatedAlerts"]:
            is_open = False
    return Ending(is_open, episodes)


def _is_news(alert: AlertBody, started: dict[str, float], ended: dict[str, float]) -> bool:
    name = alert["fingerprint"]
    if alert["status"] == "firing":
        return seconds(alert["startsAt"]) > max(ended.get(name, 0.0), started.get(name, 0.0))
    return seconds(alert["endsAt"]) > max(ended.get(name, 0.0), started.get(name, 0.0))


def naive(payloads: Iterable[Payload]) -> Ending:
    """As others do it: by the status of the body."""
    statuses = [payload["status"] for payload in payloads]
    return Ending(
        statuses[-1] == "firing",
        sum(now == "firing" != before for before, now in zip(["resolved", *statuses], statuses, strict=False)),
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_the_ending_follows_from_the_deliveries(seed: int) -> None:
    day = told(seed)
    assert {group: read(payloads) for group, payloads in by_group(day).items()} == day.endings


def test_the_easy_way_goes_wrong() -> None:
    wrong = sum(
        naive(payloads) != day.endings[group] for day in map(told, SEEDS) for group, payloads in by_group(day).items()
    )
    assert wrong > 20


def test_a_seed_tells_the_same_story_again() -> None:
    assert told(7) == told(7)
    assert told(7) != told(8)


def test_everything_happens() -> None:
    happened: set[str] = set()
    for day in map(told, SEEDS):
        happened |= {"ends open" if ending.open else "ends closed" for ending in day.endings.values()}
        happened |= {"fires again" for ending in day.endings.values() if ending.episodes > 1}
        for payloads in by_group(day).values():
            happened |= set(_kinds(payloads))
    assert happened == {
        "ends open",
        "ends closed",
        "fires again",
        "joined",
        "truncated",
        "resolved although one fires",
        "firing after its resolve",
        "resolve of an earlier firing",
    }


def _kinds(payloads: list[Payload]) -> Iterable[str]:
    ended: dict[str, float] = {}
    started: dict[str, float] = {}
    for payload in payloads:
        if len(payload["alerts"]) > 1:
            yield "joined"
        if payload["truncatedAlerts"]:
            yield "truncated" if payload["status"] == "firing" else "resolved although one fires"
        for alert in payload["alerts"]:
            name, since = alert["fingerprint"], seconds(alert["startsAt"])
            if alert["status"] == "resolved":
                if seconds(alert["endsAt"]) < started.get(name, 0.0):
                    yield "resolve of an earlier firing"
                ended[name] = max(seconds(alert["endsAt"]), ended.get(name, 0.0))
            elif since < ended.get(name, 0.0):
                yield "firing after its resolve"
            started[name] = max(since, started.get(name, 0.0))


def test_two_peers_tell_the_same_with_other_addresses_and_times() -> None:
    day = told(1)
    assert {each.payload["externalURL"] for each in day.deliveries if each.peer} == {"http://alertmanager-1:9093"}
    starts = {(each.peer, alert["startsAt"]) for each in day.deliveries for alert in each.payload["alerts"]}
    assert not {since for peer, since in starts if peer} & {since for peer, since in starts if not peer}


def test_mapstorm_reads_every_body() -> None:
    for delivery in told(2).deliveries:
        said = alertmanager.read(delivery.payload)
        assert said.group_key == delivery.group
        assert said.truncated == delivery.payload["truncatedAlerts"]
        assert len(said.alerts) == len(delivery.payload["alerts"])


def test_a_long_run_is_long_enough() -> None:
    """As `./mapstorm chaos` wants it: 10,000 alerts over 200 incidents."""
    day = story(1, 100, start=START, changes=60)
    assert day.alerts >= 10_000
    assert sum(ending.episodes for ending in day.endings.values()) >= 200
