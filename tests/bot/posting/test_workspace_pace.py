"""When there is more to say than the workspace takes: of its burst a part is kept for what changes an incident."""

import pytest
from redis.asyncio import Redis

from bot import render
from bot.posting.entries import Claim
from bot.posting.outbox import RedisOutbox
from bot.posting.paces import Paces
from handlers.notes import Help, Slip
from handlers.posts import Reply, Root, Urgency
from handlers.records import Thread
from tests.bot.records import until

pytestmark = pytest.mark.redis

# Ten messages at once, then one an hour; seven of the ten are kept.
PACES = Paces(channel_ms=0, edits_ms=0, all_ms=3_600_000, all_burst=10, all_kept=7)


async def nowhere(thread: Thread) -> str | None:
    return None


def root(number: int) -> Root:
    return Root(f"c{number}", f"C{number}", Help(), version=1)


async def test_in_a_storm_no_root_waits_for_diagnoses(redis: Redis) -> None:
    outbox = RedisOutbox(redis, render.message, nowhere, PACES)

    async def said() -> str | None:
        """What is delivered next, if anything may be."""
        claim = await outbox.claim()
        if claim is None:
            return None
        await (outbox.posted(claim, Thread(claim.to, "1.0")) if claim.entry.is_root else outbox.replied(claim))
        return claim.entry.id

    async def everything() -> list[str]:
        return [identity for identity in [await said() for _ in range(20)] if identity]

    await outbox.put(root(1), *(Reply("c1", f"e{number}", Slip("bug", "")) for number in range(5)))
    assert await everything() == ["root:c1", "e0", "e1"]
    await outbox.put(*(root(number) for number in range(2, 5)), Reply("c1", "s", Slip("bug", ""), Urgency.STATE))
    found: list[str] = []

    async def all_four() -> bool:
        found.extend(await everything())
        return len(found) == 4

    await until(all_four)
    assert sorted(found) == ["root:c2", "root:c3", "root:c4", "s"]


async def test_the_pace_holds_for_roots_as_well(redis: Redis) -> None:
    outbox = RedisOutbox(redis, render.message, nowhere, PACES)
    await outbox.put(*(root(number) for number in range(20)))
    claims: list[Claim | None] = [await outbox.claim() for _ in range(20)]
    assert len([claim for claim in claims if claim]) == PACES.all_burst
