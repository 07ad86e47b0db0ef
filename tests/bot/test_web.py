"""The doors of the web process: who gets in, and what probes are told."""

import logging
import random
import time
from collections.abc import Callable

import httpx
import orjson
import pytest
from redis.asyncio import Redis

from bot.redis_client import connect
from bot.redis_server import free_port
from bot.signature import MAX_BODY
from bot.standin.app import Standin
from tests.bot import slack
from tests.bot.house import FakeHeaps, Spoken, house
from tests.bot.slack import signed

BODY = slack.command("help")
GOOD = signed(BODY)


def with_header(name: str, value: str) -> Callable[[], dict[str, str]]:
    return lambda: {**signed(BODY), name: value}


REFUSED: dict[str, Callable[[], dict[str, str]]] = {
    "no headers": lambda: {"content-type": slack.FORM},
    "another secret": lambda: signed(BODY, secret="another"),  # noqa: S106
    "too old": lambda: signed(BODY, at=time.time() - 301),
    "from the future": lambda: signed(BODY, at=time.time() + 400),
    "empty timestamp": with_header("x-slack-request-timestamp", ""),
    "float timestamp": with_header("x-slack-request-timestamp", "1700000000.5"),
    "negative timestamp": with_header("x-slack-request-timestamp", "-1"),
    "nan": with_header("x-slack-request-timestamp", "nan"),
    "400 digits": with_header("x-slack-request-timestamp", "9" * 400),
    "empty signature": with_header("x-slack-signature", ""),
    "another version": with_header("x-slack-signature", signed(BODY)["x-slack-signature"].replace("v0", "v1")),
    "short signature": with_header("x-slack-signature", "v0=abc"),
    "upper case": with_header("x-slack-signature", signed(BODY)["x-slack-signature"].upper()),
    "another body": lambda: signed(BODY + b"x"),
}


@pytest.mark.redis
@pytest.mark.parametrize("headers", REFUSED.values(), ids=REFUSED.keys())
async def test_rule_7_a_bad_signature_of_any_shape_is_401_without_traceback_or_body(
    redis: Redis, redis_url: str, headers: Callable[[], dict[str, str]], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    here = house(redis, redis_url, Spoken(), FakeHeaps())
    async with slack.client(slack.app(here)) as client:
        answer = await client.post("/slack/events", content=BODY, headers=headers())
    assert (answer.status_code, answer.content) == (401, b"")
    assert "Traceback" not in caplog.text
    assert "mapstorm&text" not in caplog.text


@pytest.mark.redis
async def test_a_signature_that_is_no_text_is_refused(redis: Redis, redis_url: str) -> None:
    here = house(redis, redis_url, Spoken(), FakeHeaps())
    headers = [
        (b"x-slack-request-timestamp", GOOD["x-slack-request-timestamp"].encode()),
        (b"x-slack-signature", b"v0=\xff\xfe\xe9"),
    ]
    async with slack.client(slack.app(here)) as client:
        assert (await client.post("/slack/events", content=BODY, headers=headers)).status_code == 401


@pytest.mark.redis
async def test_two_signatures_are_refused(redis: Redis, redis_url: str) -> None:
    here = house(redis, redis_url, Spoken(), FakeHeaps())
    headers = [*signed(BODY).items(), ("x-slack-signature", "v0=" + "0" * 64)]
    async with slack.client(slack.app(here)) as client:
        assert (await client.post("/slack/events", content=BODY, headers=headers)).status_code == 401


@pytest.mark.redis
async def test_a_signed_body_that_is_no_utf8_is_refused(redis: Redis, redis_url: str) -> None:
    here = house(redis, redis_url, Spoken(), FakeHeaps())
    body = b"text=\xff\xfe"
    async with slack.client(slack.app(here)) as client:
        assert (await client.post("/slack/events", content=body, headers=signed(body))).status_code == 401


@pytest.mark.redis
async def test_a_body_over_the_cap_is_not_read_to_its_end(redis: Redis, redis_url: str) -> None:
    here = house(redis, redis_url, Spoken(), FakeHeaps())
    read = 0

    async def endless() -> "object":
        nonlocal read
        while True:
            read += 65536
            yield b"x" * 65536

    async with slack.client(slack.app(here)) as client:
        answer = await client.post("/slack/events", content=endless(), headers=signed(b""))  # type: ignore[arg-type]
    assert answer.status_code == 401
    assert read <= MAX_BODY + 2 * 65536


@pytest.mark.redis
async def test_random_bytes_never_make_an_error_of_ours(redis: Redis, redis_url: str) -> None:
    here = house(redis, redis_url, Spoken(), FakeHeaps())
    chance = random.Random(7)  # noqa: S311 - reproducible rather than secret
    async with slack.client(slack.app(here)) as client:
        for _ in range(50):
            headers = [
                (b"x-slack-request-timestamp", chance.randbytes(8).replace(b"\n", b"").replace(b"\r", b"")),
                (b"x-slack-signature", b"v0=" + chance.randbytes(64).replace(b"\n", b"").replace(b"\r", b"")),
            ]
            answer = await client.post("/slack/events", content=chance.randbytes(50), headers=headers)
            assert answer.status_code == 401


@pytest.mark.redis
async def test_the_same_signature_passes_once(redis: Redis, redis_url: str) -> None:
    here = house(redis, redis_url, Spoken(), FakeHeaps())
    headers = signed(BODY)
    async with slack.client(slack.app(here)) as client:
        assert (await client.post("/slack/events", content=BODY, headers=headers)).status_code == 200
        assert (await client.post("/slack/events", content=BODY, headers=headers)).status_code == 401


async def test_with_redis_away_a_signed_request_passes() -> None:
    url = f"redis://127.0.0.1:{free_port()}/0"
    async with connect(url) as away, slack.client(slack.app(house(away, url, Spoken(), FakeHeaps()))) as client:
        assert (await slack.say(client, "help")).status_code == 200
        assert (await client.get("/healthz")).status_code == 200
        probe = await client.get("/readyz")
        assert (probe.status_code, probe.json()) == (503, {"redis": "away", "slack": "away"})
        page = (await client.get("/metrics")).text
        assert "mapstorm_redis_up 0.0" in page
        assert 'mapstorm_commands_total{answer="answered",command="help"} 1.0' in page


@pytest.mark.redis
async def test_events_interactions_and_url_verification_are_acknowledged(redis: Redis, redis_url: str) -> None:
    here = house(redis, redis_url, Spoken(), FakeHeaps())
    json = "application/json"
    challenge = orjson.dumps({"type": "url_verification", "challenge": "3eZbrw1a", "token": "t"})
    event = orjson.dumps(
        {"type": "event_callback", "team_id": "T0", "event_id": "Ev1", "event": {"type": "app_mention", "user": "U0"}}
    )
    action = {"type": "block_actions", "user": {"id": "U0"}, "team": {"id": "T0"}, "actions": [{"action_id": "x"}]}
    click = httpx.QueryParams(payload=orjson.dumps(action).decode())
    async with slack.client(slack.app(here)) as client:
        answer = await client.post("/slack/events", content=challenge, headers=signed(challenge, kind=json))
        assert answer.status_code == 200
        assert "3eZbrw1a" in answer.text
        assert (await client.post("/slack/events", content=event, headers=signed(event, kind=json))).status_code == 200
        body = str(click).encode()
        assert (await client.post("/slack/events", content=body, headers=signed(body))).status_code == 200
        broken = b"{"
        answer = await client.post("/slack/events", content=broken, headers=signed(broken, kind=json))
        assert answer.status_code == 400
        assert (await client.get("/slack/events")).status_code == 405


@pytest.mark.redis
async def test_readiness_asks_redis_and_slack(redis: Redis, redis_url: str) -> None:
    async with Standin() as standin:
        here = house(redis, redis_url, Spoken(), FakeHeaps(), api_url=standin.api_url)
        async with slack.client(slack.app(here)) as client:
            probe = await client.get("/readyz")
            assert (probe.status_code, probe.json()) == (200, {"redis": "ok", "slack": "ok"})


@pytest.mark.redis
async def test_metrics_count_commands_acknowledgements_and_the_queue(redis: Redis, redis_url: str) -> None:
    here = house(redis, redis_url, Spoken(), FakeHeaps())
    async with slack.client(slack.app(here)) as client:
        await slack.say(client, "capture svc-orders")
        await slack.say(client, "capture svc-none")
        await client.post("/slack/events", content=b"")
        page = (await client.get("/metrics")).text
    assert 'mapstorm_commands_total{answer="answered",command="capture"} 1.0' in page
    assert 'mapstorm_commands_total{answer="unknown_service",command="capture"} 1.0' in page
    assert "mapstorm_ack_seconds_count 2.0" in page
    assert 'mapstorm_queue_depth{queue="requests"} 1.0' in page
    assert "mapstorm_redis_up 1.0" in page
