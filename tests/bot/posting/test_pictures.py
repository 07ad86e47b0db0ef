"""A picture on its way to Slack: charts where they are taken, else a file, else words. Real Redis, and the stand-in."""

import asyncio
from dataclasses import replace

import pytest
from redis.asyncio import Redis

from analyzers.finding import Verdict
from bot import render
from bot.manifest import SCOPES
from bot.posting.entries import Claim, Entry
from bot.posting.outbox import CHARTLESS_MS, PREFIX, RedisOutbox
from bot.render import Message
from bot.standin.fault import Fault, Kind
from bot.standin.records import File
from bot.standin.records import Message as Said
from handlers.errors import OutageError
from handlers.notes import CapturePicture, Note
from handlers.posts import Reply
from handlers.records import Remembered, Service
from tests.bot.notes import advised, finding, service, summary
from tests.bot.posting.mailroom import AT_ONCE, ROOT, SOON, Town, town
from tests.bot.records import until

__all__ = ["town"]

pytestmark = pytest.mark.redis

CHARTLESS = f"{PREFIX}chartless"
PNG = b"\x89PNG\r\n\x1a\n"
NO_CHARTS = Fault(Kind.UNKNOWN_BLOCKS, blocks=("data_visualization",), times=None)


def picture(event: str = "p1", of: Service | None = None) -> Reply:
    known = of or service()
    found = summary(advised(finding(Verdict.GROWTH_STORM)), of=known).diagnosis
    past = tuple(
        Remembered(1.7e9 - 600 * at, "orders-0", "growth_storm", "a.go:64", 9e7 - 1e6 * at, 4e7, "", f"r{at}")
        for at in range(9, -1, -1)
    )
    return Reply("c1", event, CapturePicture(known, "orders-0", found, past))


def kinds(said: Said) -> list[str]:
    return [str(block["type"]) for block in said.content.blocks]


def files(town: Town) -> list[File]:
    """Those that anybody sees, in order."""
    return [town.slack.ws.files[name] for said in town.said() for name in said.files]


def tries(town: Town) -> int:
    """How often charts were refused."""
    return sum(int(one["met"]) for one in town.slack.trouble.told() if one["kind"] == Kind.UNKNOWN_BLOCKS)


async def deliver(town: Town, *replies: Reply) -> None:
    await town.outbox.put(ROOT, *replies)
    async with town.worker():
        await until(town.done, within_s=30)


async def test_charts_are_posted_where_slack_takes_them(town: Town) -> None:
    await deliver(town, picture())
    root, said = town.said()
    assert said.thread_ts == root.ts
    assert kinds(said).count("data_visualization") == 2
    assert "map tables" in said.content.text
    assert files(town) == []
    assert not await town.redis.exists(CHARTLESS)


async def test_what_slack_refuses_is_uploaded_once_with_all_that_belongs_to_a_picture(town: Town) -> None:
    town.slack.trouble.add(NO_CHARTS)
    await deliver(town, picture())
    root, said = town.said()
    assert said.thread_ts == root.ts
    (file,) = files(town)
    assert (file.data or b"").startswith(PNG)
    assert (file.name, file.title) == ("svc-orders-orders-0.png", "Live heap of orders-0")
    assert 0 < len(file.alt_text) <= 2_000
    assert file.alt_text.startswith("A map is filled without a size")
    assert "`" not in file.alt_text
    assert town.lost == []


async def test_a_refusal_is_remembered_for_a_day_and_then_slack_is_asked_again(town: Town) -> None:
    town.slack.trouble.add(NO_CHARTS)
    await deliver(town, picture())
    await deliver(town, picture("p2"))
    assert len(files(town)) == 2
    assert tries(town) == 1
    assert 0 < await town.redis.pttl(CHARTLESS) <= CHARTLESS_MS
    await town.redis.delete(CHARTLESS)  # a day has passed
    await deliver(town, picture("p3"))
    assert tries(town) == 2
    town.slack.trouble.clear()
    await town.redis.delete(CHARTLESS)  # and another one, after which Slack has learned charts
    await deliver(town, picture("p4"))
    assert "data_visualization" in kinds(town.said()[-1])
    assert len(files(town)) == 3


async def test_without_the_scope_for_files_a_picture_is_told_in_words_once(town: Town) -> None:
    town.slack.ws.app = replace(town.slack.ws.app, scopes=tuple(scope for scope in SCOPES if scope != "files:write"))
    town.slack.trouble.add(NO_CHARTS)
    await deliver(town, picture(), picture())
    root, said = town.said()
    assert said.thread_ts == root.ts
    assert said.content.blocks == []
    assert "27.6 MiB" not in said.content.text
    assert "Ledger of" in said.content.text
    assert "data_visualization" not in said.content.text
    assert files(town) == []
    assert town.lost == []


@pytest.mark.parametrize("code", ["file_uploads_disabled", "storage_limit_reached"])
async def test_a_refused_upload_becomes_words(town: Town, code: str) -> None:
    town.slack.trouble.add(NO_CHARTS, Fault(Kind.REFUSED, method="files.getUploadURLExternal", code=code, times=None))
    await deliver(town, picture())
    _, said = town.said()
    assert "Ledger of" in said.content.text
    assert files(town) == []


async def test_a_picture_waits_while_slack_asks_for_patience(town: Town) -> None:
    busy = Fault(Kind.RATE_LIMITED, method="files.getUploadURLExternal", seconds=1)
    town.slack.trouble.add(NO_CHARTS, busy)
    await deliver(town, picture())
    assert len(files(town)) == 1
    assert len(town.said()) == 2


@pytest.mark.parametrize("after", [False, True])
async def test_after_an_unclear_answer_a_picture_is_not_uploaded_again(town: Town, after: bool) -> None:
    town.slack.trouble.add(NO_CHARTS, Fault(Kind.OUTAGE, method="files.completeUploadExternal", after=after))
    await deliver(town, picture())
    assert len(files(town)) == after
    assert len(town.said()) == 1 + after


async def test_charts_whose_answer_was_lost_are_looked_for_and_not_said_again(town: Town) -> None:
    town.slack.trouble.add(Fault(Kind.OUTAGE, method="chat.postMessage", times=2, after=True))
    await deliver(town, picture())
    assert len(town.said()) == 2
    assert files(town) == []


class Dying(RedisOutbox):
    """The worker dies just when Slack has refused the charts: once before that is noted, once after."""

    before, after = True, True

    async def instead(self, claim: Claim, entry: Entry, *, is_chartless: bool) -> None:
        if self.before:
            self.before = False
            raise asyncio.CancelledError
        await super().instead(claim, entry, is_chartless=is_chartless)
        if self.after:
            self.after = False
            raise OutageError("redis")


async def test_a_worker_that_dies_between_refusal_and_upload_leaves_one_picture(redis: Redis, town: Town) -> None:
    town.outbox = Dying(redis, render.message, town.chat.permalink, AT_ONCE, SOON)
    town.slack.trouble.add(NO_CHARTS)
    await deliver(town, picture())
    assert len(files(town)) == 1
    assert len(town.said()) == 2
    assert tries(town) == 2


async def test_what_was_put_before_the_first_refusal_is_uploaded_too(town: Town) -> None:
    town.slack.trouble.add(NO_CHARTS)
    await deliver(town, picture(), picture("p2"), picture("p3"))
    assert len(files(town)) == 3
    assert len(town.said()) == 4


async def test_a_picture_that_cannot_be_drawn_is_told_in_words(redis: Redis, town: Town) -> None:
    def broken(note: Note) -> Message:
        said = render.message(note)
        return said._replace(picture=said.picture._replace(svg="<svg")) if said.picture else said

    town.outbox = RedisOutbox(redis, broken, town.chat.permalink, AT_ONCE, SOON)
    town.slack.trouble.add(NO_CHARTS)
    await deliver(town, picture())
    _, said = town.said()
    assert "Ledger of" in said.content.text
    assert files(town) == []


async def test_a_file_name_is_only_a_name(town: Town) -> None:
    town.slack.trouble.add(NO_CHARTS)
    await deliver(town, picture(of=service("../../etc/passwd\n<b>")))
    (file,) = files(town)
    assert file.name == "etc-passwd-b-orders-0.png"
