"""`@mapstorm ...` in a thread: the same words as after the slash, answered there to who asked, and nothing lost."""

import asyncio

import pytest
from redis.asyncio import Redis

from bot.mentions import typed
from bot.redis_client import connect
from bot.redis_server import free_port
from handlers.errors import OutageError
from handlers.incident import Event, State
from handlers.ports import Standing
from tests.bot import slack as signed
from tests.bot.house import FakeHeaps, Spoken, house, with_tools
from tests.bot.office import ANA, CHANNEL, office
from tests.fakes import FakePeople


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("<@U0MAPSTORM> ack", "ack"),
        ("hey <@U0MAPSTORM|mapstorm> snooze 30m", "hey   snooze 30m"),
        ("<@U0MAPSTORM> history <http://svc.orders.io|svc.orders.io>", "history svc.orders.io"),
        ("<@U0MAPSTORM> capture <https://svc>", "capture https://svc"),
        ("<@U0MAPSTORM> history <#C0ORDERS|orders>", "history orders"),
        ("<@U0MAPSTORM> explain B &gt;= 15 &amp;&amp; m &lt; n", "explain B >= 15 && m < n"),
        ("<@U0MAPSTORM>", ""),
        ("", ""),
    ],
)
def test_what_was_typed_is_taken_out_of_slacks_markup(text: str, meant: str) -> None:
    assert typed(text) == meant


@pytest.mark.redis
async def test_in_a_thread_no_id_is_needed(redis: Redis, redis_url: str) -> None:
    async with office(redis, redis_url) as here:
        await here.slack.people.message(CHANNEL, ANA, "<@U0MAPSTORM> ack", here.root)
        stands = await here.stands()
        assert (stands.state, stands.owner) == (State.ACKNOWLEDGED, ANA)
        assert "Acknowledged" in await here.whisper()
        told = here.slack.ws.ephemerals[0]
        assert (told.user, told.channel, told.thread_ts) == (ANA, CHANNEL, here.root)


@pytest.mark.redis
@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("capture", "Captured again"),
        ("snooze 10x", "no span of time"),
        ("snooze 8d", "at most 7d"),
        ("silence 2h", "a button, and no command"),
    ],
)
async def test_in_a_thread_it_is_told_what_becomes_of_it(redis: Redis, redis_url: str, typed: str, told: str) -> None:
    async with office(redis, redis_url) as here:
        await here.slack.people.message(CHANNEL, ANA, f"<@U0MAPSTORM> {typed}", here.root)
        assert told in await here.whisper()
        assert ((await here.stands()).timeline[-1].event is Event.CAPTURED) is (typed == "capture")


@pytest.mark.redis
async def test_what_is_no_command_is_answered_to_who_said_it_alone(redis: Redis, redis_url: str) -> None:
    async with office(redis, redis_url) as here:
        before = len(here.slack.ws.messages[CHANNEL])
        await here.slack.people.message(CHANNEL, ANA, "thank you <@U0MAPSTORM>")
        assert "does not know this word" in await here.whisper()
        assert len(here.slack.ws.messages[CHANNEL]) == before + 1, "only what Ana typed"


@pytest.mark.redis
@pytest.mark.parametrize("odd", [{"bot_id": "B0OTHER"}, {"edited": {"ts": "1.2"}}, {"user": None}, {"channel": ""}])
async def test_bots_and_corrections_are_not_heard(redis: Redis, redis_url: str, odd: dict[str, object]) -> None:
    here = house(redis, redis_url, Spoken(), FakeHeaps())
    async with signed.client(signed.app(here)) as client:
        answer = await signed.send(client, signed.mention("capture svc-orders", **odd))
    assert answer.status_code == 200
    assert (await here.queue.depth())["requests"] == 0


@pytest.mark.redis
async def test_an_event_is_repeated_until_it_is_done(redis: Redis, redis_url: str) -> None:
    url = f"redis://127.0.0.1:{free_port()}/0"
    async with connect(url) as away, signed.client(signed.app(house(away, url, Spoken(), FakeHeaps()))) as client:
        assert (await signed.send(client, signed.mention("capture svc-orders"))).status_code == 500
    here = house(redis, redis_url, Spoken(), FakeHeaps())
    async with signed.client(signed.app(here)) as client:
        assert (await signed.send(client, signed.mention("capture svc-orders"), copy=1)).status_code == 200
    assert (await here.queue.depth())["requests"] == 1


@pytest.mark.redis
async def test_a_repetition_within_the_same_second_is_no_replay(redis: Redis, redis_url: str) -> None:
    """Slack repeats at once what was not done, and then it signs the same again; what was done comes in vain."""
    people = FakePeople(fails=OutageError("slack"))
    here = with_tools(house(redis, redis_url, Spoken(), FakeHeaps()), people=people)
    body = signed.mention("capture svc-orders")
    headers = signed.signed(body, kind="application/json")
    async with signed.client(signed.app(here)) as client:
        assert (await client.post("/slack/events", content=body, headers=headers)).status_code == 500
        people.fails = None
        assert (await client.post("/slack/events", content=body, headers=headers)).status_code == 200
        assert (await client.post("/slack/events", content=body, headers=headers)).status_code == 401
    assert (await here.queue.depth())["requests"] == 1


class Doorkeeper(FakePeople):
    """Lets nobody wait unnoticed."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.gate = asyncio.Event(), asyncio.Event()

    async def standing(self, user: str, team: str) -> Standing:
        self.asked.set()
        await self.gate.wait()
        return await super().standing(user, team)


@pytest.mark.redis
async def test_a_copy_is_confirmed_only_when_the_first_is_done(redis: Redis, redis_url: str) -> None:
    people = Doorkeeper()
    here = with_tools(house(redis, redis_url, Spoken(), FakeHeaps()), people=people)
    body = signed.mention("capture svc-orders")
    async with signed.client(signed.app(here)) as client:
        first = asyncio.create_task(signed.send(client, body))
        await people.asked.wait()
        assert (await signed.send(client, body, copy=1)).status_code == 500
        people.gate.set()
        assert (await first).status_code == 200
        assert (await signed.send(client, body, copy=2)).status_code == 200
    assert (await here.queue.depth())["requests"] == 1
