"""How far a request has come."""

import pytest
from redis.asyncio import Redis

from analyzers.finding import Verdict
from bot.diagnosis_codec import encode_diagnosis
from bot.progress import RedisProgress
from bot.redis_client import connect, key
from bot.redis_server import free_port
from handlers.errors import OutageError
from handlers.records import Capture, Outcome
from tests.bot import records
from tests.bot.notes import finding, summary


@pytest.mark.redis
async def test_outcomes_come_in_the_order_of_instances(redis: Redis) -> None:
    progress = RedisProgress(redis)
    names = ("orders-2", "orders-0", "orders-10")
    captures = {name: Capture(f"r1.{name}", records.request(instances=names), name) for name in names}
    last = Outcome("orders-10", None, "", "unreachable")
    middle = Outcome("orders-0", "growth_storm", "put.go:12", None)
    await progress.ended(captures["orders-10"], last)
    await progress.ended(captures["orders-0"], middle)
    await progress.ended(captures["orders-0"], last)  # a second copy: the first one's answer stands
    assert await progress.outcomes(records.request(instances=names)) == (middle, last)
    assert await progress.has_ended(captures["orders-0"])
    assert not await progress.has_ended(captures["orders-2"])


@pytest.mark.redis
async def test_an_outcome_that_cannot_be_read_is_left_out(redis: Redis) -> None:
    await redis.hset(key("outcomes", "r1"), "orders-9", b'[99,"orders-9"]')
    outcome = Outcome("orders-0", None, "", "busy")
    await RedisProgress(redis).ended(records.capture(), outcome)
    assert await RedisProgress(redis).outcomes(records.request()) == (outcome,)


@pytest.mark.redis
async def test_everything_ends_by_itself(redis: Redis) -> None:
    progress = RedisProgress(redis)
    await progress.ended(records.capture(), Outcome("orders-0", None, "", "busy"))
    assert all([await redis.ttl(name) > 0 for name in await redis.keys("*")])


@pytest.mark.redis
async def test_what_was_found_is_kept_until_it_is_told(redis: Redis) -> None:
    progress = RedisProgress(redis)
    assert await progress.diagnosis(records.capture()) is None
    for note in (summary(), summary(*(finding(rule) for rule in Verdict))):
        await progress.diagnosed(records.capture(), note.diagnosis)
        assert await progress.diagnosis(records.capture()) == note.diagnosis
    assert await redis.ttl(key("diagnosis", records.capture().id)) > 0


@pytest.mark.redis
async def test_what_another_release_has_found_is_looked_for_again(redis: Redis) -> None:
    kept = encode_diagnosis(records.diagnosis())
    for other in (b'{"verdict": "of next year"}', kept[:16] + b"[]", b"0" * 16 + kept[16:], kept[16:]):
        await redis.set(key("diagnosis", records.capture().id), other)
        assert await RedisProgress(redis).diagnosis(records.capture()) is None


@pytest.mark.redis
async def test_what_cannot_be_kept_is_no_reason_to_fail(redis: Redis) -> None:
    hostile = summary(finding(Verdict.GROWTH_STORM, "main.\ud800")).diagnosis
    await RedisProgress(redis).diagnosed(records.capture(), hostile)
    async with connect(f"redis://127.0.0.1:{free_port()}/0") as away:
        await RedisProgress(away).diagnosed(records.capture(), records.diagnosis())
    assert await RedisProgress(redis).diagnosis(records.capture()) is None


async def test_redis_away_is_an_outage() -> None:
    async with connect(f"redis://127.0.0.1:{free_port()}/0") as client:
        with pytest.raises(OutageError):
            await RedisProgress(client).outcomes(records.request())
        with pytest.raises(OutageError):
            await RedisProgress(client).has_ended(records.capture())
