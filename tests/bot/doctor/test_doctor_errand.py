"""The question that a worker answers for the web process: real Redis, real queue; the services are recorded."""

import asyncio

import orjson
import pytest
from redis.asyncio import Redis

from bot.doctor import errand
from bot.doctor.heard import Heard, noting
from bot.queue import DOCTOR, NAMESPACE
from bot.redis_client import connect
from bot.redis_server import free_port
from bot.wiring import House
from handlers.alert import Notification, Origin
from handlers.doctor import WITHOUT, Check, Item, Topic
from handlers.errors import OutageError, Refused
from tests.bot import records
from tests.bot.house import FakeHeaps, FakeRegistry, Spoken, house, with_tools
from tests.fakes import FakeClock

pytestmark = pytest.mark.redis


def two(redis: Redis, redis_url: str, *trouble: Exception) -> House:
    """A house with one service of two instances."""
    return house(redis, redis_url, Spoken(), FakeHeaps(list(trouble)), FakeRegistry("orders-0", "orders-1"))


async def question(redis: Redis) -> str:
    """The body of the one message on the queue."""

    async def there() -> bool:
        return bool(await redis.hlen(f"{NAMESPACE}:{DOCTOR}.msgs"))

    await records.until(there)
    (message,) = await redis.hvals(f"{NAMESPACE}:{DOCTOR}.msgs")
    return str(orjson.loads(message)["args"][0])


@pytest.mark.parametrize(
    ("trouble", "answer"),
    [
        ((), Check(Topic.SERVICES, True, total=2)),
        (
            (Refused("403"),),
            Check(Topic.SERVICES, False, items=(Item("svc-orders/orders-0", "refused", "403"),), total=2),
        ),
    ],
)
async def test_what_a_worker_finds_is_what_the_web_process_tells(
    redis: Redis, redis_url: str, trouble: tuple[Exception, ...], answer: Check
) -> None:
    here = two(redis, redis_url, *trouble)
    asking = asyncio.create_task(errand.ask(redis, here.queue, here.tools))
    await errand.run(redis, here.tools, await question(redis))
    assert await asking == (answer,)


async def test_neither_question_nor_answer_has_an_address(redis: Redis, redis_url: str) -> None:
    here = two(redis, redis_url, Refused("403"))
    asking = asyncio.create_task(errand.ask(redis, here.queue, here.tools))
    body = await question(redis)
    await errand.run(redis, here.tools, body)
    await asking
    answers = [await redis.get(name) for name in await redis.keys("mapstorm:doctor:*")]
    assert len(answers) == 1
    assert not [kept for kept in (body.encode(), *answers) if b"127.0.0.1" in kept]


async def test_that_no_worker_took_it_is_an_answer_too(redis: Redis, redis_url: str) -> None:
    clock = FakeClock()
    here = with_tools(two(redis, redis_url), now=clock.now, pause=clock.pause)
    assert await errand.ask(redis, here.queue, here.tools) == (Check(Topic.SERVICES, None, WITHOUT, "worker"),)
    assert sum(clock.pauses) == pytest.approx(errand.WAIT_S)


async def test_a_question_that_nobody_waits_for_any_more_asks_no_service(redis: Redis, redis_url: str) -> None:
    clock, heaps = FakeClock(), FakeHeaps()
    here = house(redis, redis_url, Spoken(), heaps)
    here = with_tools(here, now=clock.now, pause=clock.pause)
    await errand.ask(redis, here.queue, here.tools)
    await clock.pause(1)
    await errand.run(redis, here.tools, await question(redis))
    assert heaps.visits == 0


async def test_a_worker_that_loses_redis_meanwhile_goes_on(redis: Redis, redis_url: str) -> None:
    here = two(redis, redis_url)
    async with connect(f"redis://127.0.0.1:{free_port()}/0") as away:
        await errand.run(away, here.tools, orjson.dumps(["id", here.tools.now()]).decode())
        with pytest.raises(OutageError):
            await errand.ask(away, here.queue, here.tools)


async def test_a_webhook_is_noted_when_it_was_taken_and_a_lost_note_loses_no_alert(redis: Redis) -> None:
    said = Notification(Origin.GRAFANA, "r", "g", {}, ())
    taken: list[Notification] = []

    async def take(one: Notification) -> int:
        taken.append(one)
        return 7

    async def refuse(_: Notification) -> int:
        raise OutageError("redis")

    assert await noting(take, Heard(redis), lambda: 1000.0)(said) == 7
    with pytest.raises(OutageError):
        await noting(refuse, Heard(redis), lambda: 2000.0)(said)
    assert await Heard(redis).last() == {"grafana": 1000.0}
    async with connect(f"redis://127.0.0.1:{free_port()}/0") as away:
        assert await noting(take, Heard(away), lambda: 3000.0)(said) == 7
    assert taken == [said, said]
