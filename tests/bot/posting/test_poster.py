"""From the outbox to Slack on its bad days: real Redis, and the stand-in, whose troubles are Slack's."""

import asyncio
import time
from collections.abc import Callable

import pytest
from redis.asyncio import Redis

from bot import render
from bot.posting.entries import Claim, Lost
from bot.posting.outbox import PREFIX, RedisOutbox
from bot.posting.paces import Delays, Paces
from bot.standin.fault import Fault, Kind
from bot.standin.mentions import calling
from handlers.errors import OutageError
from handlers.notes import Help, History, Slip
from handlers.posts import Root, Urgency
from handlers.records import Remembered, Thread
from tests.bot.posting.mailroom import AT_ONCE, ROOT, SOON, Town, reply, town
from tests.bot.records import SERVICE, until

__all__ = ["town"]

pytestmark = pytest.mark.redis


async def test_a_conversation_is_a_root_and_its_replies(town: Town) -> None:
    async with town.worker():
        await town.outbox.put(ROOT, reply("e1"), reply("e1"))
        await until(town.done)
    root, answer = town.said()
    assert (root.thread_ts, answer.thread_ts) == (None, root.ts)
    assert root.content.metadata == {"event_type": "mapstorm_help", "event_payload": {"id": "root:c1"}}
    assert answer.content.metadata == {"event_type": "mapstorm_slip", "event_payload": {"id": "e1"}}
    where = Thread("C0ORDERS", root.ts)
    assert await town.outbox.where("c1") == where
    assert await town.outbox.conversation(where) == "c1"
    assert "C0ORDERS" in (await town.outbox.link("c1") or "")


async def test_what_was_said_is_not_said_again(town: Town) -> None:
    async with town.worker():
        for _ in range(2):
            await town.outbox.put(ROOT, reply("e1"))
            await until(town.done)
    assert len(town.said()) == 2


@pytest.mark.parametrize(("looks", "said"), [(True, 2), (False, 4)])
async def test_what_redis_has_forgotten_is_looked_for_where_the_clock_alone_decides(
    redis: Redis, town: Town, looks: bool, said: int
) -> None:
    """A failover that loses the last seconds: the same is decided and put again, and Slack has it."""
    begun = time.time()
    for _ in range(2):
        await redis.flushdb()
        sought = (begun, time.time()) if looks else (0.0, 0.0)
        async with town.worker():
            await town.outbox.put(ROOT._replace(sought=sought[0]), reply("e1")._replace(sought=sought[1]))
            await until(town.done)
    assert len(town.said()) == said


async def test_a_root_is_posted_as_it_stands_and_then_edited(town: Town) -> None:
    await town.outbox.put(ROOT, ROOT._replace(version=3, note=Slip("bug", "three")))
    await town.outbox.put(ROOT._replace(version=2, note=Slip("bug", "two")))
    async with town.worker():
        await until(town.done)
        (root,) = town.said()
        assert "three" in root.content.text
        assert root.edited_at is None
        await town.outbox.put(ROOT._replace(version=4, note=Slip("bug", "four")))
        await until(town.done)
    (root,) = town.said()
    assert "four" in root.content.text
    assert root.edited_at is not None


async def test_edits_of_a_minute_become_one(town: Town) -> None:
    async with town.worker():
        await town.outbox.put(ROOT)
        await until(town.done)
    for version in range(2, 60):
        await town.outbox.put(ROOT._replace(version=version, note=Slip("bug", f"v{version}")))
    async with town.worker():
        await until(town.done)
    (root,) = town.said()
    assert "v59" in root.content.text
    assert len(root.history) == 1


async def test_people_are_mentioned_when_a_root_is_posted_and_never_when_it_is_edited(town: Town) -> None:
    async with town.worker():
        await town.outbox.put(ROOT._replace(mention=("U0ANA", "S0ONCALL", "<!channel>")))
        await until(town.done)
        await town.outbox.put(ROOT._replace(version=2, note=Slip("bug", "x"), mention=("U0ANA", "S0ONCALL")))
        await until(town.done)
    (root,) = town.said()
    assert calling([root]) == [(root.ts, ["S0ONCALL", "U0ANA"])]
    assert "U0ANA" not in str(root.content)


async def test_the_urgent_goes_first_and_a_root_before_its_replies(town: Town) -> None:
    await town.outbox.put(reply("p", Urgency.PROGRESS), reply("d1"), reply("d2"), reply("s", Urgency.STATE), ROOT)
    async with town.worker():
        await until(town.done)
    events = [(message.content.metadata or {})["event_payload"]["id"] for message in town.said()]
    assert events == ["root:c1", "s", "d1", "d2", "p"]


async def test_all_workers_together_keep_one_pace(redis: Redis, town: Town) -> None:
    town.outbox = RedisOutbox(redis, render.message, town.chat.permalink, Paces(channel_ms=200, channel_burst=1))
    await town.outbox.put(ROOT, *(reply(f"e{number}") for number in range(5)))
    began = time.monotonic()
    async with town.worker(), town.worker(), town.worker():
        await until(town.done)
    assert len(town.said()) == 6
    # Never faster, whatever the machine: six messages have five pauses between them.
    assert time.monotonic() - began > 5 * 0.2 * 0.95


async def test_a_broadcast_shows_in_the_channel(town: Town) -> None:
    async with town.worker():
        await town.outbox.put(ROOT, reply("e1")._replace(broadcast=True), reply("e2"))
        await until(town.done)
    assert [message.broadcast for message in town.said()] == [False, True, False]


UNSENT = [
    Fault(Kind.RATE_LIMITED, method="chat.postMessage", seconds=1, times=2),
    Fault(Kind.REFUSED, method="chat.postMessage", code="ratelimited", times=2),
    Fault(Kind.REFUSED, method="chat.postMessage", code="service_unavailable", times=2),
]
AMBIGUOUS = [
    Fault(Kind.OUTAGE, method="chat.postMessage", times=2),
    Fault(Kind.OUTAGE, method="chat.postMessage", times=2, after=True),
    Fault(Kind.CUT, method="chat.postMessage", times=2, after=True),
    Fault(Kind.REFUSED, method="chat.postMessage", code="internal_error", times=2, after=True),
]


@pytest.mark.parametrize("fault", [*UNSENT, *AMBIGUOUS], ids=lambda fault: f"{fault.kind}-{fault.code}-{fault.after}")
async def test_rule_9_whatever_slack_answers_a_message_is_there_once(town: Town, fault: Fault) -> None:
    town.slack.trouble.add(fault)
    async with town.worker():
        await town.outbox.put(ROOT, reply("e1"), reply("e2"))
        await until(town.done, within_s=30)
    assert [(message.content.metadata or {})["event_payload"]["id"] for message in town.said()] == [
        "root:c1",
        "e1",
        "e2",
    ]
    assert town.lost == []


async def test_rule_9_a_worker_that_died_in_mid_call_leaves_no_second_root(town: Town) -> None:
    await town.outbox.put(ROOT, reply("e1"))
    claim = await town.outbox.claim()
    assert claim is not None
    told = {"event_type": "mapstorm_help", "event_payload": {"id": claim.entry.id}}
    await town.chat.post(claim.to, claim.entry.message, told)
    # No answer was noted: the worker is dead, and its lease runs out.
    async with town.worker():
        await until(town.done, within_s=30)
    assert [message.thread_ts for message in town.said()] == [None, town.said()[0].ts]


async def test_after_an_ambiguous_answer_slack_gets_time_to_show_it(redis: Redis, town: Town) -> None:
    town.outbox = RedisOutbox(redis, render.message, town.chat.permalink, AT_ONCE)
    town.slack.trouble.add(Fault(Kind.OUTAGE, method="chat.postMessage", times=1))
    async with town.worker():
        await town.outbox.put(ROOT)
        await until(town.met)
        await until(_true_of(lambda: _due_later(town, Delays().settle / 2)))


async def test_a_retry_after_holds_the_channel_for_every_worker(town: Town) -> None:
    town.slack.trouble.add(Fault(Kind.RATE_LIMITED, method="chat.postMessage", seconds=60, times=1))
    async with town.worker(), town.worker():
        await town.outbox.put(ROOT, reply("e1"))
        await until(town.met)
        await until(_true_of(lambda: _due_later(town, 50_000)))
    assert town.said() == []


async def test_a_limit_of_the_whole_workspace_is_waited_for_and_nothing_is_lost(town: Town) -> None:
    town.slack.trouble.add(Fault(Kind.REFUSED, method="chat.postMessage", code="message_limit_exceeded", times=1))
    async with town.worker():
        await town.outbox.put(ROOT)
        await until(_true_of(lambda: _due_later(town, Delays().held / 2)))
        assert await town.redis.hgetall(f"{PREFIX}held") == {b"in:C0ORDERS": b"message_limit_exceeded"}
        await town.redis.zadd(f"{PREFIX}lanes", {"in:C0ORDERS": 0})  # an hour has passed
        await until(town.done)
    assert len(town.said()) == 1
    assert town.lost == []
    assert await town.redis.hgetall(f"{PREFIX}held") == {}


async def test_what_slack_will_never_take_is_kept_and_told_and_can_be_tried_again(town: Town) -> None:
    town.slack.ws.channels["C0ORDERS"].is_archived = True
    async with town.worker():
        await town.outbox.put(ROOT._replace(asker="U0ANA"), reply("e1"))
        await until(town.done)
        assert town.lost == [
            Lost("root:c1", "C0ORDERS", "is_archived", "U0ANA", unseen=True),
            Lost("e1", "C0ORDERS", "is_archived", ""),
        ]
        assert await town.redis.hlen(f"{PREFIX}undelivered") == 2
        town.slack.ws.channels["C0ORDERS"].is_archived = False
        assert await town.outbox.retry_undelivered() == 2
        await until(town.done)
    assert [message.thread_ts is None for message in town.said()] == [True, False]
    assert await town.redis.hlen(f"{PREFIX}undelivered") == 0


async def test_another_channel_does_not_wait_for_a_broken_one(town: Town) -> None:
    town.slack.trouble.add(Fault(Kind.RATE_LIMITED, method="chat.postMessage", seconds=60, channel="C0PAYMENTS"))
    async with town.worker():
        await town.outbox.put(Root("c2", "C0PAYMENTS", Help(), 1), ROOT, reply("e1"))
        await until(town.done)
    assert len(town.said()) == 2


@pytest.mark.parametrize("edited", [True, False])
async def test_a_root_that_somebody_deleted_is_posted_anew(town: Town, edited: bool) -> None:
    async with town.worker():
        await town.outbox.put(ROOT)
        await until(town.done)
        (old,) = town.said()
        town.slack.ws.messages["C0ORDERS"][0].deleted = True
        await town.outbox.put(ROOT._replace(version=2, note=Slip("bug", "two")) if edited else reply("e1"))
        await until(town.done)
    root, *replies = town.said()
    assert root.ts != old.ts
    assert [message.thread_ts for message in replies] == ([] if edited else [root.ts])


async def test_rule_8_what_does_not_fit_follows_as_a_file(town: Town) -> None:
    captures = tuple(
        Remembered(1.7e9, f"orders-{number}", "growth_storm", "catalog.go:64", 1e8) for number in range(500)
    )
    async with town.worker():
        await town.outbox.put(ROOT, reply("e1")._replace(note=History(SERVICE, captures)))
        await until(town.done)
    root, cut, shared = town.said()
    assert "more lines did not fit" in str(cut.content.blocks[-1])
    assert shared.thread_ts == root.ts
    (file,) = town.slack.ws.files.values()
    assert file.data is not None
    assert file.data.count(b"orders-") >= 500


async def test_blocks_that_slack_refuses_go_as_text(town: Town) -> None:
    town.slack.trouble.add(Fault(Kind.UNKNOWN_BLOCKS, blocks=("section",)))
    async with town.worker():
        await town.outbox.put(ROOT)
        await until(town.done)
    (root,) = town.said()
    assert root.content.text
    assert root.content.blocks == []


class Blinking(RedisOutbox):
    """Redis is away for a moment, just when Slack has answered."""

    blinks = 1

    async def posted(self, claim: Claim, thread: Thread) -> None:
        if self.blinks:
            self.blinks -= 1
            raise OutageError("redis")
        await super().posted(claim, thread)


async def test_an_answer_of_slacks_is_noted_when_redis_is_back(redis: Redis, town: Town) -> None:
    town.outbox = Blinking(redis, render.message, town.chat.permalink, AT_ONCE, SOON)
    async with town.worker():
        await town.outbox.put(ROOT, reply("e1"))
        await until(town.done)
    assert len(town.said()) == 2


async def _due_later(town: Town, by_ms: float) -> bool:
    due = await town.redis.zscore(f"{PREFIX}lanes", "in:C0ORDERS")
    return due is not None and due > time.time() * 1000 + by_ms


def _true_of(ask: Callable[[], object]) -> Callable[[], "asyncio.Future[bool]"]:
    return lambda: asyncio.ensure_future(ask())  # type: ignore[arg-type]
