"""What a webhook is answered, and that it is answered 200 only when what it says is safe."""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator

import httpx
import orjson
import pytest
from structlog.testing import capture_logs

from bot.webhooks.backlog import ASK_EVERY_S, Backlog
from bot.webhooks.door import MAX_BODY, MOST_AT_ONCE, SMALL, TAKE_S, Answer, Door
from bot.webhooks.secrets import Webhooks
from handlers.alert import Notification, Origin
from handlers.errors import OutageError, UnknownService
from handlers.sources import alertmanager
from tests.bot.webhooks.street import BEARER, HMAC, Inside, bearer, signature, street

ALL = Webhooks(BEARER, BEARER, BEARER)
ALERT = {"status": "firing", "labels": {"alertname": "Memory", "secretive": "label-of-a"}, "fingerprint": "f0"}
ALERT |= {"annotations": {}, "startsAt": "2026-11-22T13:22:36.123456789Z", "endsAt": "0001-01-01T00:00:00Z"}
GROUP = {"receiver": "mapstorm", "status": "firing", "groupKey": '{}:{alertname="Memory"}', "alerts": [ALERT]}
BODIES = {
    Origin.ALERTMANAGER: orjson.dumps({"version": "4", "groupLabels": {}, "truncatedAlerts": 0, **GROUP}),
    Origin.GRAFANA: orjson.dumps({"version": "1", "orgId": 1, "state": "alerting", "title": "t", **GROUP}),
    Origin.GENERIC: orjson.dumps({"service": "a", "status": "firing", "title": "label-of-a", "fingerprint": "f0"}),
}
BODY = BODIES[Origin.ALERTMANAGER]
PATH = "/webhooks/alertmanager"


async def knock(client: httpx.AsyncClient, body: bytes = BODY, path: str = PATH) -> httpx.Response:
    return await client.post(path, content=body, headers=bearer())


@pytest.mark.parametrize("origin", Origin)
async def test_every_origin_is_read_as_its_own(origin: Origin) -> None:
    inside = Inside()
    async with street(inside, ALL) as client:
        answer = await knock(client, BODIES[origin], f"/webhooks/{origin}")
    assert (answer.status_code, answer.json()) == (200, {"answer": "taken"})
    (said,) = inside.taken
    assert (said.origin, said.alerts[0].fingerprint, said.alerts[0].firing) == (origin, "f0", True)
    assert inside.answers == [(origin, Answer.TAKEN)]


async def test_a_sender_hears_of_alerts_that_mean_no_service() -> None:
    inside = Inside(unmatched=1)
    async with street(inside, ALL) as client:
        answer = await knock(client, BODIES[Origin.GENERIC], "/webhooks/generic")
    assert (answer.status_code, answer.json()) == (200, {"answer": "taken", "unmatched": 1})


async def test_rule_1_nothing_is_answered_before_it_is_safe() -> None:
    inside = Inside(gate=asyncio.Event())
    async with street(inside, ALL) as client:
        asking = asyncio.create_task(knock(client))
        await inside.arrivals(1)
        assert (inside.answers, asking.done()) == ([], False)
        assert inside.gate
        inside.gate.set()
        assert (await asking).status_code == 200
    assert len(inside.taken) == 1


@pytest.mark.parametrize("origin", Origin)
async def test_an_endpoint_that_is_not_configured_does_not_exist(origin: Origin) -> None:
    inside = Inside()
    async with street(inside, Webhooks()) as client:
        for method in ("POST", "PUT", "GET"):
            answer = await client.request(method, f"/webhooks/{origin}", content=BODY, headers=bearer())
            assert (answer.status_code, answer.content) == (404, b"")
        assert (await knock(client, path="/webhooks/another")).status_code == 404
    assert inside.taken == []


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"])
async def test_only_grafana_may_put(method: str) -> None:
    inside = Inside()
    async with street(inside, ALL) as client:
        for origin in Origin:
            answer = await client.request(method, f"/webhooks/{origin}", content=BODIES[origin], headers=bearer())
            if (method, origin) == ("PUT", Origin.GRAFANA):
                assert answer.status_code == 200
            else:
                assert answer.status_code == 405
                assert answer.headers["allow"] == ("POST, PUT" if origin is Origin.GRAFANA else "POST")
    assert len(inside.taken) == (method == "PUT")


BAD = {
    "empty": (b"", "body is not JSON"),
    "half": (BODY[:-1], "body is not JSON"),
    "two": (BODY + BODY, "body is not JSON"),
    "not UTF-8": (b'{"a": "\xff"}', "body is not JSON"),
    "half a surrogate": (b'{"a": "\\ud800"}', "body is not JSON"),
    "nan": (b"NaN", "body is not JSON"),
    "too deep": (b"[" * 65 + b"]" * 65, "body is nested deeper than 64"),
    "a bomb": (b"[" * 2_000_000, "body has more than 50000 objects and lists"),
}


@pytest.mark.parametrize(("body", "detail"), BAD.values(), ids=BAD.keys())
async def test_garbage_is_told_what_is_wrong_with_it(body: bytes, detail: str) -> None:
    inside = Inside()
    async with street(inside, ALL) as client:
        answer = await knock(client, body)
    assert (answer.status_code, answer.json()) == (400, {"answer": "bad", "detail": detail})
    assert inside.taken == []


@pytest.mark.parametrize("origin", Origin)
@pytest.mark.parametrize("body", [b"null", b"[]", b"{}", b'"x"', b"7", b'{"alerts": [{}]}', b"[" * 64 + b"]" * 64])
async def test_json_that_is_no_alert_is_told_so(origin: Origin, body: bytes) -> None:
    inside = Inside()
    async with street(inside, ALL) as client:
        answer = await knock(client, body, f"/webhooks/{origin}")
    assert answer.status_code == 400
    assert answer.json()["detail"]
    assert (inside.taken, inside.answers) == ([], [(origin, Answer.BAD)])


async def test_a_body_over_the_cap_is_not_read_to_its_end() -> None:
    inside = Inside()
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 65536
            yield b" " * 65536

    async with street(inside, ALL) as client:
        answer = await client.post(PATH, content=endless(), headers=bearer())
        assert answer.status_code == 413
        assert read <= MAX_BODY + 2 * 65536
        assert (await knock(client, BODY.ljust(MAX_BODY))).status_code == 200
        assert (await knock(client, BODY.ljust(MAX_BODY + 1))).status_code == 413


async def test_a_large_body_is_read_beside_the_event_loop() -> None:
    inside, readers = Inside(), []

    def read(said: object) -> Notification:
        readers.append(threading.get_ident())
        return alertmanager.read(said)

    door = Door(Origin.ALERTMANAGER, ("POST",), lambda: BEARER, read, inside.behind)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(door), base_url="http://mapstorm.test") as client:
        assert (await knock(client)).status_code == 200
        assert (await knock(client, BODY + b" " * SMALL)).status_code == 200
        assert (await knock(client, b"{" + b" " * SMALL)).status_code == 400
    assert len(inside.taken) == 2
    assert [reader == threading.get_ident() for reader in readers] == [True, False]


async def test_who_shows_no_secret_is_not_read_at_all() -> None:
    async def never() -> AsyncIterator[bytes]:
        raise AssertionError
        yield b""

    async with street(Inside(), Webhooks(BEARER, HMAC, BEARER)) as client:
        assert (await client.post(PATH, content=never())).status_code == 401
        assert (await client.post("/webhooks/grafana", content=never(), headers=bearer())).status_code == 401


async def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    async def stalled() -> AsyncIterator[bytes]:
        yield BODY[:10]
        await asyncio.Event().wait()

    inside = Inside()
    async with street(inside, ALL, read_s=0.01) as client:
        again_later(await client.post(PATH, content=stalled(), headers=bearer()))
    assert inside.answers == [(Origin.ALERTMANAGER, Answer.TOO_SLOW)]


async def test_redis_away_is_503() -> None:
    inside = Inside(trouble=OutageError("redis"))
    async with street(inside, ALL) as client:
        again_later(await knock(client))
    assert inside.answers == [(Origin.ALERTMANAGER, Answer.AWAY)]


async def test_rule_1_a_redis_that_does_not_answer_is_not_waited_for() -> None:
    assert TAKE_S < 1
    inside = Inside(gate=asyncio.Event())
    async with street(inside, ALL, take_s=0.01) as client:
        again_later(await knock(client))
        assert (inside.arrived.locked(), inside.taken) == (False, [])
        assert inside.gate
        inside.gate.set()
        assert (await knock(client)).status_code == 200
    assert [answer for _, answer in inside.answers] == [Answer.AWAY, Answer.TAKEN]


async def test_with_too_much_on_the_queue_nothing_is_taken() -> None:
    inside = Inside(crowded=True)
    async with street(inside, ALL) as client:
        again_later(await knock(client))
    assert inside.taken == []


async def test_too_many_at_once_are_sent_away_and_the_others_served() -> None:
    inside = Inside(gate=asyncio.Event())
    async with street(inside, Webhooks(BEARER, HMAC, None), take_s=60) as client:
        first = [asyncio.create_task(knock(client)) for _ in range(MOST_AT_ONCE)]
        await inside.arrivals(MOST_AT_ONCE)
        again_later(await knock(client))
        assert (await client.post(PATH, content=BODY)).status_code == 401  # not a word more to a stranger
        grafana = BODIES[Origin.GRAFANA]
        other = asyncio.create_task(client.post("/webhooks/grafana", content=grafana, headers=signature(grafana)))
        await inside.arrivals(1)
        assert inside.gate
        inside.gate.set()
        assert {answer.status_code for answer in await asyncio.gather(*first, other)} == {200}
        assert (await knock(client)).status_code == 200
    assert len(inside.taken) == MOST_AT_ONCE + 2


@pytest.mark.parametrize("bug", [KeyError("label-of-a"), UnknownService("label-of-a"), RecursionError("label-of-a")])
async def test_a_bug_is_500_and_logged_without_what_was_said(bug: Exception, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    inside = Inside(trouble=bug)
    with capture_logs() as logs:
        async with street(inside, ALL) as client:
            answer = await knock(client)
    assert (answer.status_code, answer.content) == (500, b"")
    (line,) = logs
    assert (line["event"], line["bug"]) == ("webhook failed", type(bug).__name__)
    assert any("street.py" in at for at in line["trace"])
    assert "label-of-a" not in caplog.text + str(logs)


async def test_the_queue_is_asked_once_a_second() -> None:
    clock, depths, asked = [0.0], {"requests": 5, "captures": 6}, 0

    async def depth() -> dict[str, int]:
        nonlocal asked
        asked += 1
        return depths

    backlog = Backlog(depth, most=10, clock=lambda: clock[0])
    assert [await backlog.full() for _ in range(3)] == [True] * 3
    depths["captures"] = 5
    clock[0] = ASK_EVERY_S - 0.001
    assert (await backlog.full(), asked) == (True, 1)
    clock[0] = ASK_EVERY_S
    assert (await backlog.full(), asked) == (False, 2)


def again_later(answer: httpx.Response) -> None:
    """What Alertmanager tries again within the flush."""
    assert (answer.status_code, answer.content) == (503, b"")
    assert int(answer.headers["retry-after"]) > 0
