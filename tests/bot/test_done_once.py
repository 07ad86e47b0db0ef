"""Done once: of copies one after another, at the same time, after a failure, and with Redis going away meanwhile."""

import pytest
from redis.asyncio import Redis

from bot.once import DONE_S, UNDERWAY_S, Once, Underway
from bot.redis_client import connect
from bot.redis_server import free_port
from handlers.errors import OutageError

pytestmark = pytest.mark.redis


class Work:
    """Counts how often it is done; raises what it is told to."""

    def __init__(self) -> None:
        self.done = 0
        self.trouble: BaseException | None = None

    async def __call__(self) -> int:
        if self.trouble:
            raise self.trouble
        self.done += 1
        return self.done


async def test_a_copy_is_not_done_again(redis: Redis) -> None:
    once, work = Once(redis), Work()
    assert await once.run("event", "Ev1", work) == 1
    assert await once.run("event", "Ev1", work) is None
    assert await once.run("event", "Ev2", work) == 2
    assert await once.run("click", "Ev1", work) == 3, "an id of another kind"


async def test_a_copy_that_comes_meanwhile_is_told_so(redis: Redis) -> None:
    once, work = Once(redis), Work()

    async def inside() -> int:
        with pytest.raises(Underway):
            await once.run("event", "Ev1", work)
        return await work()

    assert await once.run("event", "Ev1", inside) == 1


@pytest.mark.parametrize("trouble", [OutageError("slack"), ZeroDivisionError(), KeyboardInterrupt()])
async def test_what_failed_may_be_done_again(redis: Redis, trouble: BaseException) -> None:
    once, work = Once(redis), Work()
    work.trouble = trouble
    with pytest.raises(type(trouble)):
        await once.run("event", "Ev1", work)
    work.trouble = None
    assert await once.run("event", "Ev1", work) == 1


async def test_what_died_under_way_may_be_done_again_soon_and_what_is_done_not_for_a_day(redis: Redis) -> None:
    once, lives = Once(redis), []

    async def watched() -> None:
        (mark,) = await redis.keys("mapstorm:once:*")
        lives.append(await redis.ttl(mark))

    await once.run("event", "Ev1", watched)
    (mark,) = await redis.keys("mapstorm:once:*")
    assert 0 < lives[0] <= UNDERWAY_S < 24 * 3600 < await redis.ttl(mark) <= DONE_S


async def test_ids_are_kept_nowhere(redis: Redis) -> None:
    await Once(redis).run("click", "13345224609.738474920.8088930838d88f008e0", Work())
    assert not any(b"8088930838" in name for name in await redis.keys("*"))


async def test_with_redis_away_nothing_is_begun() -> None:
    async with connect(f"redis://127.0.0.1:{free_port()}/0") as away:
        work = Work()
        with pytest.raises(OutageError):
            await Once(away).run("event", "Ev1", work)
        assert work.done == 0
