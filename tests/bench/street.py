"""What the bench of alerts runs: Slack, Redis, services, mapstorm's own processes, and what a sender says to them."""

import asyncio
import hashlib
import os
import secrets
import sys
import time
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from redis import Redis

from bot.standin.app import Standin
from bot.standin.rate import UNLIMITED
from bot.standin.workspace import Workspace
from tests.alerting.payload import NEVER, AlertBody, Payload
from tests.bot.pprof_server import pprof_server
from tests.bot.town import Town, process, surroundings, web
from tests.chaos import stage
from tests.chaos.left import client
from tests.chaos.plan import Plan


@asynccontextmanager
async def town(redis_url: str, folder: Path, plan: Plan) -> AsyncIterator[tuple[Town, dict[str, str]]]:
    """Slack and services, an empty Redis, and what a sender has to show."""
    token = secrets.token_hex(16)
    with client(redis_url) as redis:
        redis.flushall()
    async with Standin(Workspace(stage.seed(plan)), pace=UNLIMITED) as slack, pprof_server() as pprof:
        stage.record(plan, pprof)
        registry = stage.registry(plan, f"http://127.0.0.1:{pprof.port}")
        environ = surroundings(slack, redis_url, registry, folder) | {stage.TOKEN: token}
        yield Town(slack, environ), {"authorization": f"Bearer {token}"}


@asynccontextmanager
async def running(redis_url: str, folder: Path, plan: Plan) -> AsyncIterator[tuple[Town, str, dict[str, str], Redis]]:
    """Web and worker as well: Slack, the address of the web process, what a sender has to show, and Redis."""
    async with town(redis_url, folder, plan) as (here, headers), web(here) as url, process(here, "worker"):
        with client(redis_url) as redis:
            yield here, url, headers, redis


@asynccontextmanager
async def bare_route(redis_url: str) -> AsyncIterator[str]:
    """The address of what our webhook is compared with."""
    command = (sys.executable, "-m", "tests.bench.bare", redis_url)
    started = await asyncio.create_subprocess_exec(*command, stdout=PIPE, env=dict(os.environ))
    try:
        assert started.stdout is not None
        yield (await started.stdout.readline()).decode().split()[2]
    finally:
        started.terminate()
        await started.wait()


def payload(service: str, pods: Sequence[str], *, ended: bool = False) -> Payload:
    """One notification of a service's only group: an alert for each pod."""
    labels = {"alertname": "HeapGrows", "service": service}
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    alerts = [
        AlertBody(
            status="resolved" if ended else "firing",
            labels=labels | {"instance": pod},
            annotations={"summary": f"the heap of {pod} grows"},
            startsAt="2026-01-01T00:00:00Z",
            endsAt=at if ended else NEVER,
            generatorURL="http://prometheus:9090/graph",
            fingerprint=hashlib.sha256(f"{service} {pod}".encode()).hexdigest()[:16],
        )
        for pod in pods
    ]
    return Payload(
        version="4",
        groupKey=f'{{}}:{{service="{service}"}}',
        truncatedAlerts=0,
        status=alerts[0]["status"],
        receiver="mapstorm",
        groupLabels=labels,
        commonLabels=labels,
        commonAnnotations={},
        externalURL="http://alertmanager:9093",
        alerts=alerts,
    )
