"""Faults as a bot meets them: what is refused before anything is stored, what fails although it was stored."""

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from typing import Any

import aiohttp
import httpx
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.standin.app import Standin
from bot.standin.clock import ManualClock
from bot.standin.fault import Fault, Kind

from .conftest import Refused, until

PAYMENTS = "C0PAYMENTS"
POST = "chat.postMessage"


def stored(slack: Standin) -> list[str]:
    return [message.content.text for message in slack.ws.messages[PAYMENTS]]


def post(client: AsyncWebClient, text: str = "x", **more: Any) -> Awaitable[object]:
    return client.chat_postMessage(channel=PAYMENTS, text=text, **more)


async def status(call: Awaitable[object]) -> int:
    with pytest.raises(SlackApiError) as refusal:
        await call
    return int(refusal.value.response.status_code)


async def test_a_429_says_how_long_to_wait_and_stores_nothing(slack: Standin, client: AsyncWebClient) -> None:
    slack.trouble.add(Fault(Kind.RATE_LIMITED, POST, seconds=30))
    with pytest.raises(SlackApiError) as limited:
        await post(client)
    assert (limited.value.response.status_code, limited.value.response["error"]) == (429, "ratelimited")
    assert limited.value.response.headers["Retry-After"] == "30"
    assert stored(slack) == []
    await post(client)
    assert stored(slack) == ["x"]


@pytest.mark.parametrize(
    "code",
    ["ratelimited", "message_limit_exceeded", "channel_not_found", "is_archived", "not_in_channel", "account_inactive"],
)
async def test_a_refusal_comes_before_storing(
    slack: Standin, client: AsyncWebClient, refused: Refused, code: str
) -> None:
    slack.trouble.add(Fault(Kind.REFUSED, POST, code=code))
    with pytest.raises(SlackApiError) as refusal:
        await post(client)
    assert (refusal.value.response.status_code, refusal.value.response["error"]) == (200, code)
    assert "Retry-After" not in refusal.value.response.headers
    assert stored(slack) == []


async def test_an_outage_before_and_after_storing(slack: Standin, client: AsyncWebClient) -> None:
    slack.trouble.add(Fault(Kind.OUTAGE, POST), Fault(Kind.OUTAGE, POST, after=True, status=500))
    assert await status(post(client, "lost")) == 503
    assert await status(post(client, "kept")) == 500
    assert stored(slack) == ["kept"]


async def test_a_doubtful_refusal_may_come_after_storing(
    slack: Standin, client: AsyncWebClient, refused: Refused
) -> None:
    slack.trouble.add(Fault(Kind.REFUSED, POST, code="fatal_error", after=True))
    assert await refused(post(client)) == "fatal_error"
    assert stored(slack) == ["x"]


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": Kind.REFUSED, "code": "is_archived", "after": True},
        {"kind": Kind.RATE_LIMITED, "after": True},
        {"kind": Kind.UNKNOWN_BLOCKS, "blocks": ("table",), "after": True},
        {"kind": Kind.REFUSED},
    ],
)
def test_what_slack_never_does_cannot_be_ordered(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"stores anything|needs its code"):
        Fault(**fields)


@pytest.mark.parametrize("after", [False, True])
async def test_a_slow_answer_is_stored_though_the_client_hung_up(
    slack: Standin, clock: ManualClock, after: bool
) -> None:
    slack.trouble.add(Fault(Kind.SLOW, POST, seconds=30, after=after))
    hasty = asyncio.create_task(post(AsyncWebClient(slack.credentials.token, base_url=slack.api_url)))
    await clock.asleep(30)
    assert stored(slack) == (["x"] if after else [])
    hasty.cancel()
    await asyncio.gather(hasty, return_exceptions=True)
    clock.advance(30)
    await until(slack, lambda: stored(slack))
    assert stored(slack) == ["x"]


@pytest.mark.parametrize("after", [False, True])
async def test_a_connection_closed_without_an_answer(slack: Standin, client: AsyncWebClient, after: bool) -> None:
    slack.trouble.add(Fault(Kind.CUT, POST, after=after))
    client.retry_handlers = []  # slack_sdk's own would post once more
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await post(client)
    assert stored(slack) == (["x"] if after else [])
    await post(client, "again")
    assert stored(slack)[-1] == "again"


async def test_newer_blocks_are_refused_by_name(slack: Standin, client: AsyncWebClient, refused: Refused) -> None:
    slack.trouble.add(Fault(Kind.UNKNOWN_BLOCKS, blocks=("markdown",), times=None))
    newer = [{"type": "divider"}, {"type": "markdown", "text": "*x*"}]
    with pytest.raises(SlackApiError) as refusal:
        await post(client, blocks=newer)
    assert refusal.value.response["error"] == "invalid_blocks"
    assert refusal.value.response["errors"] == ["unsupported type: markdown [json-pointer:/blocks/1/type]"]
    await post(client, blocks=[{"type": "divider"}])
    assert len(stored(slack)) == 1
    form = {"channel": PAYMENTS, "text": "x", "blocks": '[{"type": "markdown", "text": "x"}]'}
    assert await refused(client.api_call(POST, data=form)) == "invalid_blocks"


async def test_trouble_keeps_to_its_channel_and_its_count(
    slack: Standin, client: AsyncWebClient, refused: Refused
) -> None:
    slack.trouble.add(Fault(Kind.REFUSED, POST, channel=PAYMENTS, code="is_archived", times=2))
    await client.chat_postMessage(channel="C0ORDERS", text="elsewhere")
    await client.auth_test()
    assert [await refused(post(client)) for _ in range(2)] == ["is_archived", "is_archived"]
    await post(client)
    assert [(one["met"], one["left"]) for one in slack.trouble.told()] == [(2, 0)]


async def test_an_unknown_token_is_refused_before_any_trouble(slack: Standin, refused: Refused) -> None:
    slack.trouble.add(Fault(Kind.REFUSED, code="is_archived"))
    assert await refused(post(AsyncWebClient("xoxb-other", base_url=slack.api_url))) == "invalid_auth"
    assert slack.trouble.told()[0]["met"] == 0


async def test_the_same_seed_gives_the_same_luck(slack: Standin, client: AsyncWebClient) -> None:
    async def round_of_luck() -> list[str]:
        slack.trouble.clear(seed=7)
        slack.trouble.add(Fault(Kind.OUTAGE, POST, times=None, chance=0.5))
        before = len(stored(slack))
        for number in range(20):
            with suppress(SlackApiError):
                await post(client, str(number))
        return stored(slack)[before:]

    first = await round_of_luck()
    assert 0 < len(first) < 20
    assert await round_of_luck() == first


async def test_trouble_can_be_ordered_over_http(slack: Standin, client: AsyncWebClient, refused: Refused) -> None:
    http, url = slack.transport.http, f"{slack.url}/standin/trouble"
    fault = {"kind": "refused", "method": POST, "code": "message_limit_exceeded", "times": 1}
    order = {"clear": True, "seed": 3, "faults": [fault], "detours": [{"kind": "interactive", "copies": 2}]}
    assert (await http.post(url, json=order)).json()["ok"]
    assert await refused(post(client)) == "message_limit_exceeded"
    told = (await http.get(url)).json()["trouble"]
    assert [(one["kind"], one["met"]) for one in told] == [("refused", 1), ("interactive", 0)]

    async def slip(**body: Any) -> str:
        answer: httpx.Response = await http.post(url, json=body)
        return f"{answer.status_code} {answer.json()['error']}"

    assert await slip(faults=[{"kind": "earthquake"}]) == "400 invalid_arguments"
    assert await slip(faults=[{"kind": "cut", "colour": 1}]) == "400 invalid_arguments"
    assert await slip(detours=[{"speed": 1}]) == "400 invalid_arguments"
    assert (await http.post(url, json={"clear": True})).json()["ok"]
    assert (await http.get(url)).json()["trouble"] == []
