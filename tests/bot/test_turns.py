"""One capture at a time for each instance."""

import asyncio
from contextlib import suppress
from typing import Any

import pytest
from redis.asyncio import Redis

from bot.redis_client import connect, key
from bot.redis_server import free_port
from bot.turns import RedisTurns
from handlers.errors import Busy, OutageError
from tests.bot import records

TURN = key("turn", "svc-orders", "orders-0")


@pytest.mark.redis
async def test_another_capture_finds_the_instance_busy(redis: Redis) -> None:
    turns, elsewhere = RedisTurns(redis), RedisTurns(redis)
    async with turns.take(records.capture("r1")):
        with pytest.raises(Busy):
            async with elsewhere.take(records.capture("r2")):
                pass
        async with elsewhere.take(records.capture("r2", "orders-1")):
            pass
    async with elsewhere.take(records.capture("r2")):
        pass


@pytest.mark.redis
async def test_a_second_copy_of_the_capture_finds_it_busy_as_well(redis: Redis) -> None:
    turns = RedisTurns(redis)
    async with turns.take(records.capture("r1")):
        with pytest.raises(Busy):
            async with turns.take(records.capture("r1")):
                pass
        with pytest.raises(Busy):  # the second one has not let go what the first one holds
            async with turns.take(records.capture("r2")):
                pass


class DeafRedis(Redis):
    """Loses a cancellation that comes with the answer, as redis-py does with asyncio.wait_for of Python 3.11."""

    asked = asyncio.Event()

    async def execute_command(self, *args: Any, **options: Any) -> Any:
        answer = asyncio.ensure_future(super().execute_command(*args, **options))
        self.asked.set()
        while not answer.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait({answer})
        return answer.result()


@pytest.mark.redis
async def test_a_turn_given_back_is_not_taken_again_by_its_own_renewal(redis: Redis, redis_url: str) -> None:
    async with DeafRedis.from_url(redis_url) as deaf:
        for _ in range(20):
            async with RedisTurns(deaf, life_ms=60).take(records.capture("r1")):
                deaf.asked.clear()
                await deaf.asked.wait()  # a renewal is under way
        await asyncio.sleep(0.1)
        assert not await redis.exists(TURN)


@pytest.mark.redis
async def test_a_turn_is_given_back_after_an_error(redis: Redis) -> None:
    turns = RedisTurns(redis)
    with pytest.raises(ZeroDivisionError):
        async with turns.take(records.capture("r1")):
            raise ZeroDivisionError
    assert not await redis.exists(TURN)


@pytest.mark.redis
async def test_a_turn_outlives_its_life_while_it_is_held(redis: Redis) -> None:
    async with RedisTurns(redis, life_ms=600).take(records.capture("r1")):
        # Without a renewal it would be gone after 600 ms; each one puts the life back to its full length.
        renewals = 0
        last = 600
        while renewals < 4:
            left = await redis.pttl(TURN)
            assert left > 0
            renewals += left > last
            last = left


@pytest.mark.redis
async def test_a_dead_holders_turn_ends_by_itself(redis: Redis) -> None:
    await redis.set(TURN, "r0.orders-0", px=50)

    async def free() -> bool:
        try:
            async with RedisTurns(redis).take(records.capture("r1")):
                return True
        except Busy:
            return False

    await records.until(free, within_s=5)


@pytest.mark.redis
async def test_a_turn_that_was_lost_is_not_taken_from_its_new_holder(redis: Redis) -> None:
    async with RedisTurns(redis).take(records.capture("r1")):
        await redis.set(TURN, "r2.orders-0")
    assert await redis.get(TURN) == b"r2.orders-0"


async def test_redis_away_is_an_outage() -> None:
    async with connect(f"redis://127.0.0.1:{free_port()}/0") as client:
        with pytest.raises(OutageError):
            async with RedisTurns(client).take(records.capture()):
                pass
