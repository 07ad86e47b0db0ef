"""From an alert to its thread: answers of the webhook, time to the root message, what an incident costs in Redis and
what a worker costs that has nothing to do. Every part is real but Slack; its paces are the usual ones."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, redirect_stdout
from io import StringIO
from pathlib import Path

import aiohttp
import orjson
from redis import Redis

from tests.alerting.payload import Payload
from tests.bench import costs
from tests.bench.load import Load, quantile
from tests.bench.street import bare_route, payload, running, town
from tests.bot.town import Town, process, web
from tests.chaos.durable import DurableRedis
from tests.chaos.left import client, left
from tests.chaos.plan import PODS, Plan, channel_of

A_SECOND, PACED_S, FLAT_OUT_S = 50, 20.0, 6.0
TARGET_MS = 100
ALONE, ALONE_S, STORM = 15, 2.0, 39
INCIDENTS = 10
PLAN = Plan(incidents=STORM + 1)


def rows(folder: Path) -> Iterator[str]:
    """Lines of a table."""
    with redirect_stdout(StringIO()):  # the processes' logs are for tests that fail
        found = asyncio.run(_measured(folder))
    yield from found


async def _measured(folder: Path) -> list[str]:
    redis = DurableRedis(folder)
    try:
        await redis.start()
        lines = await _webhook(redis.url, folder)
        lines += await _roots(redis.url, folder)
        for alerts in (1, 5):
            lines.append(await _bytes(redis.url, folder, alerts))
        return [*lines, await _idle(redis.url, folder)]
    finally:
        redis.close()


async def _webhook(redis_url: str, folder: Path) -> list[str]:
    bodies = [orjson.dumps(delivery.payload) for delivery in Plan(alerts=600, incidents=50).story().deliveries]
    async with AsyncExitStack() as stack:
        here, headers = await stack.enter_async_context(town(redis_url, folder, PLAN))
        url = await stack.enter_async_context(web(here))
        bare = await stack.enter_async_context(bare_route(redis_url))
        session = await stack.enter_async_context(aiohttp.ClientSession(headers=headers))
        ours, theirs = Load(session, url, bodies), Load(session, bare, bodies)
        for one in (ours, theirs):
            await one.flat_out(0.5)  # connections and first imports
        paced, refused = await ours.paced(A_SECOND, PACED_S), ours.refused
        most, least = await ours.flat_out(FLAT_OUT_S), await theirs.flat_out(FLAT_OUT_S)
    p95 = paced.quantile(0.95) * 1000
    met = "met" if p95 < TARGET_MS else "MISSED"
    return [
        f"webhook at {A_SECOND} notifications a second: median {paced.quantile(0.5) * 1000:.1f} ms,"
        f" 95th percentile {p95:.1f} ms, target < {TARGET_MS} ms {met}, not answered 200: {refused}",
        f"webhook flat out: {most.a_second:,.0f} a second, 95th percentile {most.quantile(0.95) * 1000:.0f} ms",
        f"  of a bare route with one RPUSH ({least.a_second:,.0f} a second): {most.a_second / least.a_second:.2f}",
    ]


async def _roots(redis_url: str, folder: Path) -> list[str]:
    """Seconds until the root stands in Slack, by the stand-in's clock: alone, and in a storm."""
    lines = []
    for said, services, apart_s in (
        (f"alone, one every {ALONE_S:.0f} s", PLAN.services[: ALONE + 1], ALONE_S),
        (f"{STORM} in {STORM} channels at once", PLAN.services[: STORM + 1], 0.0),
    ):
        took = (await _roots_of(redis_url, folder, services, apart_s))[1:]  # the first one starts everything up
        lines.append(
            f"webhook to root message, {said}: median {quantile(took, 0.5) * 1000:.0f} ms,"
            f" 95th percentile {quantile(took, 0.95) * 1000:.0f} ms"
        )
    return lines


async def _roots_of(redis_url: str, folder: Path, services: Sequence[str], apart_s: float) -> list[float]:
    async with (
        running(redis_url, folder, PLAN) as (here, url, headers, redis),
        aiohttp.ClientSession(headers=headers) as session,
    ):

        async def root_of(service: str) -> float:
            began = time.time()
            await _post(session, url, payload(service, PODS[:1]))
            return await _first(here, channel_of(service)) - began

        took = [await root_of(services[0])]
        await _done(redis)
        waited = []
        for service in services[1:]:
            waited.append(asyncio.create_task(root_of(service)))
            await asyncio.sleep(apart_s)
        return took + list(await asyncio.gather(*waited))


async def _bytes(redis_url: str, folder: Path, alerts: int) -> str:
    async with running(redis_url, folder, PLAN) as (_, url, headers, redis):
        before = costs.memory(redis)
        async with aiohttp.ClientSession(headers=headers) as session:
            names = [f"pod-{number}" for number in range(alerts)]
            found = {}
            for ended in (False, True):
                for service in PLAN.services[:INCIDENTS]:
                    await _post(session, url, payload(service, names, ended=ended))
                await _done(redis)
                after = costs.memory(redis)
                found[ended] = {kind: (after[kind] - before[kind]) / INCIDENTS for kind in after}
    opened, over = found[False], found[True]
    return (
        f"Redis for one incident with {alerts} alert{'s' * (alerts > 1)}: {sum(opened.values()):,.0f} bytes open,"
        f" {sum(over.values()):,.0f} resolved; of these {opened['captures']:,.0f} and {over['captures']:,.0f} for what"
        " its captures found"
    )


async def _idle(redis_url: str, folder: Path) -> str:
    async with town(redis_url, folder, PLAN) as (here, _), process(here, "worker") as worker:
        assert worker.stderr is not None
        await worker.stderr.readline()  # "working"
        with client(redis_url) as redis:
            return await costs.idle(redis, worker.pid)


async def _post(session: aiohttp.ClientSession, url: str, payload: Payload) -> None:
    async with session.post(f"{url}/webhooks/alertmanager", json=payload) as answer:
        answer.raise_for_status()


async def _first(here: Town, channel: str) -> float:
    """When the first message of a channel was stored, seconds since 1970."""
    async with asyncio.timeout(30):
        while not here.slack.ws.messages[channel]:
            await here.slack.ws.changes.beyond(here.slack.ws.changes.version, 1.0)
    return float(here.slack.ws.messages[channel][0].ts)


async def _done(redis: Redis) -> None:
    async with asyncio.timeout(60):
        while True:
            if not any(left(redis, within_s=0).values()):
                return
            await asyncio.sleep(0.2)
