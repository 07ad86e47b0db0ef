"""Commands through real Bolt: what the asker reads, and that it is on the queue before they read it."""

import logging
import time

import pytest
from redis.asyncio import Redis

from bot import codec
from bot.queue import NAMESPACE
from bot.redis_client import connect
from bot.redis_server import free_port
from handlers.records import Service
from tests.bot import slack
from tests.bot.house import FakeHeaps, FakeRegistry, Spoken, house

pytestmark = pytest.mark.redis


async def test_a_capture_is_on_the_queue_when_it_is_acknowledged(redis: Redis, redis_url: str) -> None:
    here = house(redis, redis_url, Spoken(), FakeHeaps())
    async with slack.client(slack.app(here)) as client:
        answer = await slack.say(client, "capture svc-orders")
    assert answer.status_code == 200
    assert answer.json()["response_type"] == "ephemeral"
    assert "svc-orders" in answer.json()["text"]
    assert answer.json()["blocks"]
    assert (await here.queue.depth())["requests"] == 1
    (message,) = await redis.hvals(f"{NAMESPACE}:requests.msgs")
    asked = codec.decode_request(codec.orjson.loads(message)["args"][0])
    assert (asked.service, asked.instances, asked.asked_by) == ("svc-orders", ("orders-0",), "U0ANA")
    assert abs(asked.requested_at - time.time()) < 5


async def test_the_same_command_twice_is_one_request(redis: Redis, redis_url: str) -> None:
    here = house(redis, redis_url, Spoken(), FakeHeaps())
    async with slack.client(slack.app(here)) as client:
        await slack.say(client, "capture svc-orders", "1.2.same")
        await slack.say(client, "capture svc-orders ", "1.2.same")
        assert (await here.queue.depth())["requests"] == 1
        await slack.say(client, "capture svc-orders", "1.2.other")
        assert (await here.queue.depth())["requests"] == 2


async def test_the_trigger_itself_is_kept_nowhere(redis: Redis, redis_url: str) -> None:
    here = house(redis, redis_url, Spoken(), FakeHeaps())
    async with slack.client(slack.app(here)) as client:
        await slack.say(client, "capture svc-orders", "13345224609.738474920.8088930838d88f008e0")
    kept = [*await redis.keys("*"), *await redis.hvals(f"{NAMESPACE}:requests.msgs")]
    assert not any(b"8088930838d88f008e0" in item for item in kept)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "capture"),
        ("help", "capture"),
        ("services", "svc-orders"),
        ("history svc-orders", "svc-orders"),
        ("capture svc-odrers", "svc-orders"),
        ("captrue svc-orders", "capture"),
        ("explain “ok == false”", "a look-up does not miss a key"),
        ("explain", "go_map_growth_total"),
        ("explain evacute", "Did you mean `evacuate`?"),
        ("capture “svc-orders”", "svc-orders"),
    ],
)
async def test_every_command_is_answered_to_the_asker_alone(redis: Redis, redis_url: str, text: str, says: str) -> None:
    here = house(redis, redis_url, Spoken(), FakeHeaps())
    async with slack.client(slack.app(here)) as client:
        answer = (await slack.say(client, text)).json()
    assert answer["response_type"] == "ephemeral"
    assert says in answer["text"]


class BrokenRegistry(FakeRegistry):
    def all(self) -> tuple[Service, ...]:
        raise ZeroDivisionError


async def test_a_bug_is_logged_without_the_body(redis: Redis, redis_url: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    here = house(redis, redis_url, Spoken(), FakeHeaps(), BrokenRegistry())
    async with slack.client(slack.app(here)) as client:
        assert (await slack.say(client, "services", "1.2.secret")).status_code == 500
        odd = b"payload=%7B%22type%22%3A%22view_submission%22%2C%22trigger_id%22%3A%221.2.secret%22%7D"
        await client.post("/slack/events", content=odd, headers=slack.signed(odd))
    assert "ZeroDivisionError" in caplog.text
    assert "1.2.secret" not in caplog.text


async def test_with_redis_away_the_asker_is_told_at_once() -> None:
    url = f"redis://127.0.0.1:{free_port()}/0"
    async with connect(url) as away:
        here = house(away, url, Spoken(), FakeHeaps())
        async with slack.client(slack.app(here)) as client:
            began = time.perf_counter()
            answer = await slack.say(client, "capture svc-orders")
    assert time.perf_counter() - began < 2.5
    assert answer.status_code == 200
    assert answer.json()["response_type"] == "ephemeral"


async def test_an_acknowledgement_does_not_wait_for_slack(redis: Redis, redis_url: str) -> None:
    """Bolt must not ask auth.test on the way; its Slack is a port where nobody answers."""
    here = house(redis, redis_url, Spoken(), FakeHeaps())
    async with slack.client(slack.app(here)) as client:
        took = []
        for number in range(20):
            began = time.perf_counter()
            assert (await slack.say(client, "capture svc-orders", f"1.2.{number}")).status_code == 200
            took.append(time.perf_counter() - began)
    assert sorted(took)[10] < 0.25
