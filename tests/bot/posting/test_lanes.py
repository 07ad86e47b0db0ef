"""What may go wrong between two workers, by what comes late or is tried again: real Redis, and the stand-in."""

import asyncio

import pytest
from redis.asyncio import Redis

from bot import render
from bot.posting.entries import Claim
from bot.posting.outbox import PREFIX, RedisOutbox
from bot.posting.paces import Delays
from bot.standin.fault import Fault, Kind
from handlers.notes import Help, Slip
from handlers.posts import Root, Urgency
from handlers.records import Thread
from tests.bot.posting.mailroom import AT_ONCE, ROOT, Town, reply, town
from tests.bot.records import until
from tests.bot.town import when

__all__ = ["town"]

pytestmark = pytest.mark.redis

TWO = ROOT._replace(version=2, note=Slip("bug", "two"))
ELSEWHERE = Root("c2", "C0PAYMENTS", Help(), version=1)
HERE, THERE = Thread("C0ORDERS", "1.1"), Thread("C0ORDERS", "2.2")


async def claimed(outbox: RedisOutbox) -> Claim:
    found: list[Claim] = []

    async def ask() -> bool:
        found.extend(claim for claim in [await outbox.claim()] if claim)
        return bool(found)

    await until(ask)
    return found[0]


def hasty(town: Town) -> RedisOutbox:
    """An outbox whose leases are over at once."""
    return RedisOutbox(town.redis, render.message, town.chat.permalink, AT_ONCE, Delays(lease=1, settle=1, longest=1))


def patient(town: Town) -> RedisOutbox:
    return RedisOutbox(town.redis, render.message, town.chat.permalink, AT_ONCE, Delays(lease=60_000))


async def test_a_result_that_is_noted_too_late_leaves_the_lane_to_whoever_has_it(town: Town) -> None:
    outbox = patient(town)
    await outbox.put(ROOT, reply("e1"))
    late, now = await claimed(hasty(town)), await claimed(outbox)
    await outbox.posted(now, HERE)
    assert (await claimed(outbox)).entry.id == "e1"
    await outbox.posted(late, HERE)
    await outbox.later(late, sent=False)
    await outbox.lost(late, "is_archived")
    assert await outbox.claim() is None
    assert await town.redis.hkeys(f"{PREFIX}attempts") == [b"e1"]
    assert await town.redis.hlen(f"{PREFIX}undelivered") == 0


async def test_rule_9_a_message_is_looked_for_from_its_first_attempt_on(town: Town) -> None:
    """A trouble of Slack's may last longer than its clock is off."""
    outbox = hasty(town)
    await outbox.put(ROOT)
    await outbox.later(await claimed(outbox), sent=True)
    second = await claimed(outbox)
    await outbox.later(second, sent=True)
    third = await claimed(outbox)
    assert third.lease > second.lease
    assert third.attempted == second.attempted


async def test_a_root_that_was_posted_anew_is_not_gone_for_who_saw_the_old_one_missing(town: Town) -> None:
    outbox = patient(town)
    await outbox.put(ROOT)
    await outbox.posted(await claimed(outbox), HERE)
    await outbox.put(TWO, reply("e1"))
    claims = {claim.lane: claim for claim in [await claimed(outbox), await claimed(outbox)]}
    await outbox.root_gone(claims["in:C0ORDERS"])
    await outbox.posted(await claimed(outbox), THERE)
    await outbox.root_gone(claims["edits"])
    assert await outbox.where("c1") == THERE


async def test_a_root_that_is_posted_anew_goes_before_what_is_as_urgent(town: Town) -> None:
    async with town.worker():
        await town.outbox.put(ROOT)
        await until(town.done)
    town.slack.ws.messages["C0ORDERS"][0].deleted = True
    await town.outbox.put(reply("s1", Urgency.STATE), reply("s2", Urgency.STATE))
    async with town.worker():
        await until(town.done)
    assert town.lost == []
    root, *replies = town.said()
    assert [message.thread_ts for message in replies] == [root.ts, root.ts]


async def test_a_message_is_not_looked_for_in_a_deleted_thread_for_ever(town: Town) -> None:
    async with town.worker():
        await town.outbox.put(ROOT)
        await until(town.done)
    await town.outbox.put(reply("e1"))
    await town.outbox.later(await claimed(town.outbox), sent=True)
    town.slack.ws.messages["C0ORDERS"][0].deleted = True
    async with town.worker():
        await until(town.done)
    root, answer = town.said()
    assert (root.thread_ts, answer.thread_ts) == (None, root.ts)


async def test_an_edit_that_slack_never_takes_does_not_hold_those_of_other_channels(town: Town) -> None:
    async with town.worker():
        await town.outbox.put(ROOT, ELSEWHERE)
        await until(town.done)
    town.slack.trouble.add(Fault(Kind.OUTAGE, method="chat.update", channel="C0PAYMENTS", times=None))
    await town.outbox.put(ELSEWHERE._replace(version=2))
    await town.outbox.put(TWO)
    async with town.worker():
        await until(when(lambda: "two" in town.said()[0].content.text))


async def test_what_is_tried_again_finds_its_root(town: Town) -> None:
    town.slack.ws.channels["C0ORDERS"].is_archived = True
    async with town.worker():
        await town.outbox.put(ROOT, *(reply(f"e{number}") for number in range(20)))
        await until(when(lambda: len(town.lost) == 21))
        town.slack.ws.channels["C0ORDERS"].is_archived = False
        assert await town.outbox.retry_undelivered() == 21
        await until(town.done)
    assert await town.redis.hlen(f"{PREFIX}undelivered") == 0
    assert [message.thread_ts is None for message in town.said()] == [True] + [False] * 20


async def test_a_root_whose_edit_is_tried_again_is_not_posted_a_second_time(town: Town) -> None:
    async with town.worker():
        await town.outbox.put(ROOT)
        await until(town.done)
        town.slack.trouble.add(Fault(Kind.REFUSED, method="chat.update", code="cant_update_message", times=1))
        await town.outbox.put(TWO)
        await until(when(lambda: town.lost))
        assert await town.outbox.retry_undelivered() == 1
        await until(town.done)
    (root,) = town.said()
    assert "two" in root.content.text


async def test_what_has_no_conversation_any_more_stays_with_what_is_undelivered(redis: Redis, town: Town) -> None:
    town.slack.ws.channels["C0ORDERS"].is_archived = True
    async with town.worker():
        await town.outbox.put(ROOT, reply("e1"))
        await until(when(lambda: len(town.lost) == 2))
    await redis.delete("mapstorm:conversation:c1")
    assert await town.outbox.retry_undelivered() == 0
    assert await redis.hlen(f"{PREFIX}undelivered") == 2


async def test_no_call_begins_that_may_outlast_its_lease(town: Town) -> None:
    """Another worker would look for what is still on its way, and send it again."""
    await town.outbox.put(ROOT)
    town.call_s = 3.0  # and the lease is of two

    async def tried() -> bool:
        return bool(await town.redis.hexists(f"{PREFIX}failures", "root:c1"))

    async with town.worker():
        await until(tried)
    assert town.said() == []
    town.call_s = 1.0
    async with town.worker():
        await until(town.done)
    assert len(town.said()) == 1


class Drowsy(RedisOutbox):
    """Stands still once, between Redis's answer and the next step, for longer than a call may still begin."""

    naps = 1
    claims = 0

    async def claim(self) -> Claim | None:
        claim = await super().claim()
        if claim is not None:
            self.claims += 1
            if self.naps:
                self.naps -= 1
                await asyncio.sleep(1.2)
        return claim


async def test_what_was_claimed_before_a_standstill_is_not_sent_after_it(redis: Redis, town: Town) -> None:
    """Another worker may have said it meanwhile."""
    outbox = Drowsy(redis, render.message, town.chat.permalink, AT_ONCE, Delays(lease=2_000, first=1, longest=1))
    town.outbox, town.call_s = outbox, 1.0
    async with town.worker():
        await town.outbox.put(ROOT)
        await until(town.done)
    assert outbox.claims > 1
    assert len(town.said()) == 1


class Broken(RedisOutbox):
    """Cannot be asked once, by a fault of its own."""

    faults = 1

    async def claim(self) -> Claim | None:
        if self.faults:
            self.faults -= 1
            raise ValueError
        return await super().claim()


async def test_a_bug_is_not_the_end_of_delivering(redis: Redis, town: Town) -> None:
    town.outbox = Broken(redis, render.message, town.chat.permalink, AT_ONCE)
    async with town.worker():
        await town.outbox.put(ROOT)
        await until(town.done)
    assert len(town.said()) == 1
