"""The web process takes alerts: its registry says from whom, its Redis keeps them, its metrics count them."""

from dataclasses import replace

import pytest
from redis.asyncio import Redis

from bot.doctor.heard import Heard
from bot.redis_client import connect
from bot.redis_server import free_port
from bot.webhooks.secrets import Webhooks
from bot.wiring import House
from handlers.alert import Origin
from tests.bot import slack
from tests.bot.house import FakeHeaps, Spoken, house
from tests.bot.webhooks.street import BEARER, bearer
from tests.bot.webhooks.test_webhooks_kept import BODY, GROUP, ORDERS
from tests.fakes import FakeRegistry


def with_webhooks(redis: Redis, url: str) -> House:
    here = house(redis, url, Spoken(), FakeHeaps(), FakeRegistry(ORDERS))
    return replace(here, webhooks=lambda: Webhooks(generic=BEARER))


@pytest.mark.redis
async def test_an_alert_is_kept_and_counted(redis: Redis, redis_url: str) -> None:
    here = with_webhooks(redis, redis_url)
    async with slack.client(slack.app(here)) as client:
        assert (await client.post("/webhooks/generic", content=BODY, headers=bearer())).status_code == 200
        assert (await client.post("/webhooks/generic", content=b"{", headers=bearer())).status_code == 400
        assert (await client.post("/webhooks/generic", content=BODY)).status_code == 401
        assert (await client.post("/webhooks/grafana", content=BODY, headers=bearer())).status_code == 404
        page = (await client.get("/metrics")).text
    assert await here.tools.inbox.head(GROUP)
    for answer, count in (("taken", 1.0), ("bad", 1.0), ("refused", 1.0)):
        assert f'mapstorm_webhooks_total{{answer="{answer}",origin="generic"}} {count}' in page
    assert 'mapstorm_webhooks_total{answer="absent",origin="grafana"} 1.0' in page
    assert "mapstorm_webhook_seconds_count 4.0" in page
    assert "mapstorm_ack_seconds_count 0.0" in page
    refused = await Heard(redis).refusals(Origin.GENERIC)
    assert refused, "for the doctor: nobody was let in since"
    assert refused.times == 1


async def test_with_redis_away_an_alert_is_503_and_counted() -> None:
    url = f"redis://127.0.0.1:{free_port()}/0"
    async with connect(url) as away, slack.client(slack.app(with_webhooks(away, url))) as client:
        assert (await client.post("/webhooks/generic", content=BODY, headers=bearer())).status_code == 503
        page = (await client.get("/metrics")).text
    assert 'mapstorm_webhooks_total{answer="away",origin="generic"} 1.0' in page
