"""Requests to the bot that come twice, late or out of order, as the detours say."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response

from bot.standin.app import Standin
from bot.standin.clock import ManualClock
from bot.standin.fault import Detour
from bot.standin.trouble import Trouble

from .conftest import Bolt, until

PAYMENTS = "C0PAYMENTS"


async def test_deliveries_come_twice_late_and_out_of_order(slack: Standin, clock: ManualClock, serve_bot: Bolt) -> None:
    heard: list[str] = []

    async def bot(request: Request) -> Response:
        async with request.form() as form:
            heard.append(str(form["text"]))
        return Response()

    await serve_bot(bot)
    kind = "slash_commands"
    slack.trouble.add(Detour(kind, copies=2), Detour(kind, late=20), Detour("events_api", copies=5))
    await slack.people.command(PAYMENTS, "U0ANA", "/mapstorm one")
    assert heard == ["one", "one"]
    late = asyncio.create_task(slack.people.command(PAYMENTS, "U0ANA", "/mapstorm two"))
    await clock.asleep(20)
    await slack.people.command(PAYMENTS, "U0ANA", "/mapstorm three")
    clock.advance(20)
    await late
    assert heard == ["one", "one", "three", "two"]


async def test_late_copies_are_the_same_event(slack: Standin, clock: ManualClock, serve_bot: Bolt) -> None:
    seen: list[tuple[str, str | None]] = []

    async def bot(request: Request) -> Response:
        seen.append(((await request.json())["event_id"], request.headers.get("x-slack-retry-num")))
        return Response()

    await serve_bot(bot)
    slack.trouble.add(Detour("events_api", copies=3, late=5))
    asking = asyncio.create_task(slack.people.message(PAYMENTS, "U0ANA", "@mapstorm incidents"))
    await clock.asleep(5)
    clock.advance(5)
    await asking
    await until(slack, lambda: [one.outcome for one in slack.ws.deliveries] == ["acknowledged"] * 3)
    assert len(seen) == 3
    assert len({event_id for event_id, _ in seen}) == 1


def test_copies_that_spread_come_out_of_order(clock: ManualClock) -> None:
    trouble = Trouble(clock, seed=1)
    trouble.add(Detour(copies=20, late=5, spread=10))
    times = trouble.route("interactive")
    assert len(times) == 20
    assert times != sorted(times)
    assert all(5 <= seconds <= 15 for seconds in times)
    assert trouble.route("interactive") == [0.0]
