"""A Redis that fails over and has lost its last seconds: what the clock brings is decided again, and said once."""

import time
from dataclasses import replace

import pytest
from redis.asyncio import Redis

from bot.handoffs.export import words
from bot.handoffs.store import RedisHandoffs
from handlers.errors import NotPosted
from handlers.handoff import Handoff
from handlers.handoffs.tend import tend
from handlers.records import Thread
from handlers.rotation import Rotation
from tests.bot.posting.mailroom import Town, town
from tests.bot.records import until
from tests.fakes import Fakes
from tests.handlers.handoffs.watch import ANA, BO, DAY, HOUR, REMINDER, ROTATION, turns

__all__ = ["town"]

pytestmark = pytest.mark.redis

HERE = replace(ROTATION, channel="C0ORDERS")


async def nowhere(handoff: Handoff, rotation: Rotation, told: tuple[str, ...], thread: Thread | None) -> None:
    raise NotPosted


@pytest.fixture
def fakes(town: Town, redis: Redis, fakes: Fakes) -> Fakes:
    """The watch of one worker, with what it says and keeps in real Redis."""
    fakes.rotas.rotations = (HERE,)
    fakes.tools = replace(fakes.tools, outbox=town.outbox, handoffs=RedisHandoffs(redis, town.outbox, words, nowhere))
    return fakes


async def looked(town: Town, fakes: Fakes, now: float) -> list[str]:
    """What is in the channel after a look, by event."""
    fakes.clock.time = now
    async with town.worker():
        await tend(fakes.tools, HERE)
        await until(town.done)
    return [(message.content.metadata or {})["event_payload"]["id"] for message in town.said()]


async def test_a_draft_that_redis_has_forgotten(redis: Redis, town: Town, fakes: Fakes) -> None:
    fakes.rotas.spans[HERE.name] = tuple(turns(time.time() + HOUR / 2 - DAY, DAY, ANA, BO))
    said = await looked(town, fakes, time.time())
    assert len(said) == 2
    await redis.flushdb()
    assert await looked(town, fakes, time.time()) == said
    (handoff,) = await fakes.tools.handoffs.recent(HERE.name)
    assert await town.outbox.where(handoff.id) is not None, "and can be edited, as if it had never been lost"


async def test_a_reminder_that_redis_has_forgotten(redis: Redis, town: Town, fakes: Fakes) -> None:
    """All that is lost is the reminder."""
    change = time.time() + HOUR / 2
    fakes.rotas.spans[HERE.name] = tuple(turns(change - DAY, DAY, ANA, BO))
    await looked(town, fakes, time.time())
    await looked(town, fakes, change + 1)
    kept = {name: await redis.dump(name) for name in await redis.keys("*")}
    said = await looked(town, fakes, change + REMINDER)
    assert len(said) == 3
    await redis.flushdb()
    for name, value in kept.items():
        await redis.restore(name, 0, value)
    assert await looked(town, fakes, change + REMINDER) == said
