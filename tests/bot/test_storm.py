"""Many messages about one group at once, as a storm of alerts brings them: none is taken for one that kills workers."""

import asyncio

import pytest
from redis.asyncio import Redis

from bot.incidents.codec import encode_group
from bot.jobs import KILLS, Dead, Jobs
from bot.queue import ALERTS, Work
from bot.redis_client import key
from handlers.alert import Group, Origin, Part
from tests.bot.house import FakeHeaps, Spoken, house, with_tools

pytestmark = pytest.mark.redis

GROUP = Group(Origin.ALERTMANAGER, "mapstorm", '{}:{alertname="HeapGrows"}', "svc-orders")
STORM = KILLS + 4


class CrowdedInbox:
    """Empty, but it says so only when so many ask at once."""

    def __init__(self, many: int) -> None:
        self._all_here = asyncio.Barrier(many)

    async def head(self, group: Group) -> tuple[str, Part] | None:
        await self._all_here.wait()
        return None


async def _never(work: Work, delay_s: float) -> None:
    raise AssertionError("nothing is put back")


def jobs(redis: Redis, redis_url: str, inbox: CrowdedInbox) -> Jobs:
    here = with_tools(house(redis, redis_url, Spoken(), FakeHeaps()), inbox=inbox)
    return Jobs(here.tools, redis, _never)


async def test_a_storm_of_messages_about_one_group_gives_none_of_them_up(redis: Redis, redis_url: str) -> None:
    here = jobs(redis, redis_url, CrowdedInbox(STORM))
    storm = (here.run(Work(ALERTS, encode_group(GROUP), id=f"m{number}")) for number in range(STORM))
    async with asyncio.timeout(10):
        await asyncio.gather(*storm)
    assert await redis.keys(f"{key('started', '')}*") == []


async def test_a_message_that_killed_its_workers_is_given_up_and_the_next_one_is_not(
    redis: Redis, redis_url: str
) -> None:
    here, work = jobs(redis, redis_url, CrowdedInbox(1)), Work(ALERTS, encode_group(GROUP), id="m0")
    await redis.set(key("started", f"alerts.m0.{work.body}"), KILLS)
    with pytest.raises(Dead):
        await here.run(work)
    await here.run(Work(ALERTS, work.body, id="m1"))
