"""What Redis says of itself and of the queue: real servers, one with an append-only file."""

import time
from collections.abc import AsyncIterator, Iterator

import orjson
import pytest
from redis.asyncio import Redis

from bot.doctor.redis import RedisProbe
from bot.jobs import Dead
from bot.queue import ALERTS, DOCTOR, NAMESPACE, RedisQueue, Work, message
from bot.redis_client import connect
from bot.redis_server import EmbeddedRedis, free_port
from handlers.doctor import WITHOUT, Check, Item, Topic
from handlers.errors import OutageError
from tests.bot import records

pytestmark = pytest.mark.redis

AWAY = f"redis://127.0.0.1:{free_port()}/0"


@pytest.fixture(scope="module")
def own_url() -> Iterator[str]:
    with EmbeddedRedis() as server:
        yield server.url


@pytest.fixture
async def own(own_url: str) -> AsyncIterator[Redis]:
    """A server whose settings a test may change."""
    async with connect(own_url) as client:
        for name, usual in {"appendonly": "no", "maxmemory": 0, "maxmemory-policy": "noeviction"}.items():
            await client.config_set(name, usual)
        yield client


def probe(redis: Redis, ahead_s: float = 0.0) -> RedisProbe:
    return RedisProbe(redis, RedisQueue(redis), lambda: time.time() + ahead_s)


async def durability(redis: Redis) -> Check:
    return (await probe(redis).server())[1]


async def test_a_redis_that_forgets_is_told_and_one_that_does_not_is_green(own: Redis) -> None:
    version, forgetful, clock = await probe(own).server()
    assert version.ok
    assert version.detail.count(".") == 2
    assert forgetful == Check(Topic.DURABILITY, False, "aof_off")
    assert (clock.topic, clock.ok) == (Topic.REDIS_CLOCK, True)
    await own.config_set("appendonly", "yes")
    assert await durability(own) == Check(Topic.DURABILITY, True)


async def test_a_redis_that_drops_keys_when_it_is_full_is_told(own: Redis) -> None:
    await own.config_set("appendonly", "yes")
    await own.config_set("maxmemory-policy", "allkeys-lru")
    assert (await durability(own)).ok, "without a limit nothing is dropped"
    await own.config_set("maxmemory", "100mb")
    assert await durability(own) == Check(Topic.DURABILITY, False, "evicts", "allkeys-lru")


@pytest.mark.parametrize(("ahead_s", "reason"), [(3600.0, "ahead"), (-61.5, "behind")])
async def test_two_clocks_that_differ_are_told(redis: Redis, ahead_s: float, reason: str) -> None:
    *_, clock = await probe(redis, ahead_s).server()
    assert (clock.ok, clock.reason) == (False, reason)
    assert clock.seconds == pytest.approx(abs(ahead_s), abs=1)


async def test_an_access_list_without_info_is_no_fault(own: Redis) -> None:
    await own.acl_setuser(
        "limited", enabled=True, passwords=["+pw"], keys="*", categories=["+@all"], commands=["-info"]
    )
    port = own.connection_pool.connection_kwargs["port"]
    async with connect(f"redis://limited:pw@127.0.0.1:{port}/0") as limited:
        version, durability, clock = await probe(limited).server()
    assert (version.ok, version.reason) == (None, "not_told")
    assert durability.ok is None
    assert clock.ok


class Elder(Redis):
    """Says it is older than it is."""

    async def info(self, *_: object, **__: object) -> dict[str, object]:  # type: ignore[override]
        return {"redis_version": "6.0.16", "aof_enabled": 1, "aof_last_write_status": "err"}


async def test_an_old_redis_and_one_whose_disk_is_full_are_told(redis_url: str) -> None:
    async with Elder.from_url(redis_url) as elder:
        version, durability, _ = await probe(elder).server()
    assert version == Check(Topic.REDIS, False, "old", "6.0.16")
    assert durability == Check(Topic.DURABILITY, False, "aof_fails")


async def test_redis_away_is_one_red_line() -> None:
    async with connect(AWAY) as away:
        told = await probe(away).server()
        with pytest.raises(OutageError):
            await probe(away).queue()
    assert told == (
        Check(Topic.REDIS, False, "away"),
        Check(Topic.DURABILITY, None, WITHOUT, "redis"),
        Check(Topic.REDIS_CLOCK, None, WITHOUT, "redis"),
    )


async def put(redis: Redis, queue: str, age_s: float = 0.0) -> None:
    """A message as the queue puts it, `age_s` ago."""
    sent = orjson.loads(message(Work(queue, "{}")).encode())
    sent["message_timestamp"] -= int(age_s * 1000)
    identity = sent["options"]["redis_message_id"]
    await redis.hset(f"{NAMESPACE}:{queue}.msgs", identity, orjson.dumps(sent))
    await redis.rpush(f"{NAMESPACE}:{queue}", identity)


async def test_an_empty_queue_without_workers(redis: Redis) -> None:
    workers, queue = await probe(redis).queue()
    assert workers == Check(Topic.WORKERS, False, "none")
    assert queue == Check(Topic.QUEUE, True)


async def test_what_waits_is_told_with_the_age_of_the_oldest(redis: Redis) -> None:
    await put(redis, "captures", 40)
    await put(redis, "captures", 3)
    await put(redis, "requests", 7)
    _, queue = await probe(redis).queue()
    assert (queue.ok, queue.total) == (True, 3)
    assert queue.items == (Item("requests", detail="1"), Item("captures", detail="2"))
    assert queue.seconds == pytest.approx(40, abs=5)


async def test_what_waits_for_more_than_a_minute_is_too_late(redis: Redis) -> None:
    await put(redis, "requests", 75)
    _, queue = await probe(redis).queue()
    assert (queue.ok, queue.reason) == (False, "late")


async def test_the_doctors_own_question_is_not_counted(redis: Redis) -> None:
    await put(redis, DOCTOR, 75)
    assert (await probe(redis).queue())[1] == Check(Topic.QUEUE, True)


async def test_only_workers_that_were_heard_of_lately_count(redis: Redis) -> None:
    now = time.time() * 1000
    await redis.zadd(f"{NAMESPACE}:__heartbeats__", {"alive": now, "dead": now - 60_000})
    workers, _ = await probe(redis).queue()
    assert workers == Check(Topic.WORKERS, True, total=1)


async def test_a_real_workers_heartbeat_is_heard(redis: Redis, redis_url: str) -> None:
    """Holds the name of the key against dramatiq's own."""
    import dramatiq

    from bot.worker import Broker

    broker = Broker(redis_url, 1)
    worker = dramatiq.Worker(broker, worker_threads=1, worker_timeout=100)
    dramatiq.actor(broker=broker, actor_name=DOCTOR, queue_name=DOCTOR)(lambda body, tries, waits: None)
    worker.start()
    try:

        async def heard() -> bool:
            return bool((await probe(redis).queue())[0].ok)

        await records.until(heard)
    finally:
        worker.stop()
        broker.client.close()


async def test_alerts_that_were_given_up_are_told_for_a_day(redis: Redis, redis_url: str) -> None:
    """Their group stands still, and nothing waits on the queue. Holds the name of the key against dramatiq's own."""
    import dramatiq

    from bot.worker import Broker

    def broken(body: str, tries: int, waits: int) -> None:
        raise Dead

    broker = Broker(redis_url, 1)
    worker = dramatiq.Worker(broker, worker_threads=1, worker_timeout=100)
    dramatiq.actor(broker=broker, actor_name=ALERTS, queue_name=ALERTS, throws=Dead)(broken)
    await put(redis, ALERTS, 0)
    worker.start()
    try:

        async def given_up() -> bool:
            _, queue = await probe(redis).queue()
            return (queue.ok, queue.reason, queue.detail) == (False, "given_up", "1")

        await records.until(given_up)
    finally:
        worker.stop()
        broker.client.close()
    _, queue = await probe(redis, ahead_s=25 * 3600).queue()
    assert queue.ok
