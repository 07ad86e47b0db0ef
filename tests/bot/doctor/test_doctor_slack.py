"""What Slack says of token, scopes, channels and clock: the real client against the stand-in."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from bot.chat import slack_client, slack_session
from bot.doctor.slack import SlackProbe
from bot.standin.app import Standin
from bot.standin.fault import Fault, Kind
from bot.standin.records import Channel
from handlers.doctor import WITHOUT, Check, Item, Topic

NEEDED = ("commands", "chat:write", "channels:history", "groups:history")
NOBODY = "http://127.0.0.1:9/api/"


@pytest.fixture
async def slack() -> AsyncIterator[Standin]:
    async with Standin() as standin:
        standin.ws.app = replace(standin.ws.app, scopes=NEEDED)
        yield standin


@asynccontextmanager
async def probe(api_url: str, token: str, ahead_s: float = 0.0) -> AsyncIterator[SlackProbe]:
    """On a machine whose clock is `ahead_s` ahead."""
    async with slack_session() as session:
        yield SlackProbe(slack_client(api_url, token, session), lambda: time.time() + ahead_s, NEEDED)


async def token(slack: Standin, ahead_s: float = 0.0) -> tuple[Check, ...]:
    async with probe(slack.api_url, slack.credentials.token, ahead_s) as looking:
        return await looking.token()


async def channels(slack: Standin, *names: str, ids: dict[str, str] | None = None) -> Check:
    async with probe(slack.api_url, slack.credentials.token) as looking:
        (check,) = await looking.channels(names, ids or {})
    return check


async def test_a_good_token_with_all_scopes_and_the_right_time_is_green(slack: Standin) -> None:
    taken, scopes, clock = await token(slack)
    assert (taken.ok, taken.detail) == (True, "Standin")
    assert (scopes.ok, scopes.total) == (True, len(NEEDED))
    assert clock.ok
    assert clock.seconds is not None


async def test_a_missing_scope_is_named(slack: Standin) -> None:
    slack.ws.app = replace(slack.ws.app, scopes=("commands", "chat:write", "groups:history", "users:read"))
    _, scopes, _ = await token(slack)
    assert scopes == Check(Topic.SCOPES, False, "missing", items=(Item("channels:history"),), total=len(NEEDED))


@pytest.mark.parametrize("code", ["token_revoked", "account_inactive"])
async def test_a_token_that_is_none_any_more_is_told_with_slacks_word(slack: Standin, code: str) -> None:
    slack.gate.revoked = code
    taken, scopes, clock = await token(slack)
    assert taken == Check(Topic.TOKEN, False, "refused", code)
    assert scopes == Check(Topic.SCOPES, None, WITHOUT, "token")
    assert clock.ok, "a refusal has a date as well"
    assert await channels(slack, "C0ORDERS") == Check(Topic.CHANNELS, None, WITHOUT, "token")


@pytest.mark.parametrize(("ahead_s", "reason"), [(90.0, "ahead"), (-240.0, "behind")])
async def test_a_clock_on_its_way_to_five_minutes_is_told(slack: Standin, ahead_s: float, reason: str) -> None:
    *_, clock = await token(slack, ahead_s)
    assert (clock.topic, clock.ok, clock.reason) == (Topic.SLACK_CLOCK, False, reason)
    assert clock.seconds == pytest.approx(abs(ahead_s), abs=10)


async def test_slack_away_is_one_red_line() -> None:
    async with probe(NOBODY, "xoxb-1") as looking:
        told = await looking.token()
        (line,) = await looking.channels(["C0ORDERS"], {})
    assert told == (
        Check(Topic.TOKEN, False, "away"),
        Check(Topic.SCOPES, None, WITHOUT, "slack"),
        Check(Topic.SLACK_CLOCK, None, WITHOUT, "slack"),
    )
    assert (line.ok, line.items) == (None, (Item("C0ORDERS", "no_answer"),))


@pytest.mark.parametrize(
    "fault",
    [
        Fault(Kind.OUTAGE, "auth.test", status=503),
        Fault(Kind.CUT, "auth.test"),
        Fault(Kind.RATE_LIMITED, "auth.test"),
        Fault(Kind.REFUSED, "auth.test", code="internal_error"),
    ],
)
async def test_slacks_own_trouble_is_no_bad_token(slack: Standin, fault: Fault) -> None:
    slack.trouble.add(fault)
    assert (await token(slack))[0] == Check(Topic.TOKEN, False, "away")


async def test_channels_with_and_without_the_bot_are_told_apart_without_reading_a_message(slack: Standin) -> None:
    slack.ws.channels["C0ALONE"] = Channel("C0ALONE", "alone", members={"U0ANA"})
    slack.ws.channels["C0SECRET"] = Channel("C0SECRET", "secret", members={"U0ANA"}, is_private=True)
    slack.ws.channels["C0OURS"] = Channel("C0OURS", "ours", members={slack.ws.app.user_id}, is_private=True)
    for name in ("C0ALONE", "C0SECRET", "C0OURS"):
        slack.ws.messages[name] = []
    assert await channels(slack, "C0ORDERS", "C0OURS") == Check(Topic.CHANNELS, True, total=2)
    mixed = await channels(slack, "C0ORDERS", "C0ALONE", "C0SECRET", "C0NOWHERE", "C0ORDERS")
    assert mixed == Check(
        Topic.CHANNELS,
        False,
        items=(
            Item("C0ALONE", "not_in_channel"),
            Item("C0SECRET", "channel_not_found"),
            Item("C0NOWHERE", "channel_not_found"),
        ),
        total=4,
    )


async def test_a_name_is_looked_up_by_the_id_slack_once_said_and_else_said_to_be_one(slack: Standin) -> None:
    assert (await channels(slack, "#orders", ids={"#orders": "C0ORDERS"})).ok
    named = await channels(slack, "#orders", "C0GENERAL")
    assert named == Check(Topic.CHANNELS, None, "by_name", items=(Item("#orders", "by_name"),), total=2)


async def test_without_the_scope_nothing_is_said_of_channels(slack: Standin) -> None:
    slack.ws.app = replace(slack.ws.app, scopes=("commands", "chat:write"))
    assert (await channels(slack, "C0ORDERS")).items == (Item("C0ORDERS", "missing_scope"),)
    assert (await channels(slack, "C0ORDERS")).ok is None


async def test_a_word_of_slacks_that_is_new_is_passed_on(slack: Standin) -> None:
    slack.trouble.add(Fault(Kind.REFUSED, "conversations.history", code="team_access_not_granted"))
    assert (await channels(slack, "C0ORDERS")).items == (Item("C0ORDERS", "other", "team_access_not_granted"),)
