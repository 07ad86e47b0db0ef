"""Reports through the web process and a real Redis: who guesses a link costs one command, whatever the guess."""

import httpx
import pytest
from redis.asyncio import Redis

from bot.chat import slack_client
from bot.reports import flame_codec
from bot.reports.links import Links
from bot.wiring import House, furnished
from handlers.records import Capture, Request
from handlers.report import Report
from tests.bot import slack
from tests.bot.house import NOBODY, FakeHeaps, FakeRegistry, Spoken, house
from tests.reports import flames
from tests.reports.served import SWISS, family

pytestmark = pytest.mark.redis

LINKS = Links("https://mapstorm.example.com", "0123456789abcdef" * 2)


@pytest.fixture
async def here(redis: Redis, redis_url: str) -> House:
    """A house with a public address."""
    slack_api = slack_client(NOBODY, "xoxb-standin")
    return furnished(FakeRegistry(), redis, redis_url, slack_api, heaps=FakeHeaps(), silences=None, links=LINKS)


async def kept(here: House) -> Capture:
    told, _ = family(SWISS)
    now = here.tools.now()
    capture = Capture("r1.orders-0", Request("r1", "svc-orders", ("orders-0",), now - 9, "U1"), "orders-0")
    found = told.diagnosis._replace(captured_at=now)
    await here.tools.reports.put(here.tools.registry.get("svc-orders"), Report(capture, found), told.raw)
    await here.tools.reports.draw(capture.id, flames.story())
    return capture


async def commands(redis: Redis, client: httpx.AsyncClient, path: str) -> tuple[httpx.Response, list[str]]:
    """The answer, and which commands Redis was sent for it."""
    async with redis.monitor() as watched:
        answer = await client.get(path)
        await redis.echo("enough")
        seen: list[str] = []
        async for told in watched.listen():
            seen.append(str(told["command"]))
            if seen[-1].startswith("ECHO enough"):
                return answer, seen[:-1]
    raise AssertionError("Redis went away")


async def test_one_command_for_every_guess_and_a_page_for_the_link(here: House, redis: Redis) -> None:
    capture = await kept(here)
    now = here.tools.now()
    link = here.tools.reports.link(capture)
    assert link is not None
    path = link.removeprefix("https://mapstorm.example.com")
    async with slack.client(slack.app(here)) as client:
        page, _ = await commands(redis, client, path)
        assert page.status_code == 200
        assert "tables made by growth" in page.text
        assert (await client.get(f"{path}/flame.json")).json()["version"] == flame_codec.VERSION
        assert (await client.get(f"{path}/heap.pb.gz")).content == family(SWISS)[0].raw.proto
        guesses = [
            LINKS.token(capture.id, now - 1),
            path[9:-1],
            LINKS.token("r1.orders-7", now + 60),
            "x",
            "%00",
            capture.id,
        ]
        for what in ("", "/heap.txt", "/flame.json"):
            answers = [await commands(redis, client, f"/reports/{guess}{what}") for guess in guesses]
            assert {answer.status_code for answer, _ in answers} == {404}
            assert len({answer.content for answer, _ in answers}) == 1
            assert all(len(seen) == 1 and seen[0].startswith("HGET ") for _, seen in answers), answers


async def test_forgotten_means_gone(here: House) -> None:
    capture = await kept(here)
    path = (here.tools.reports.link(capture) or "").removeprefix("https://mapstorm.example.com")
    async with slack.client(slack.app(here)) as client:
        assert (await client.get(path)).status_code == 200
        assert await here.tools.reports.forget(capture.id)
        assert (await client.get(path)).status_code == 404


async def test_without_a_public_address_there_is_no_such_route(redis: Redis, redis_url: str) -> None:
    async with slack.client(slack.app(house(redis, redis_url, Spoken(), FakeHeaps()))) as client:
        answer = await client.get("/reports/x")
    assert (answer.status_code, "content-security-policy" in answer.headers) == (404, False)
