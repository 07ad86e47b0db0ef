"""The web process: Slack's requests and alerts in, health and metrics out. A composition root; it captures nothing."""

import argparse
import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, contextmanager
from functools import partial
from json import JSONDecodeError

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, Histogram
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot import log as logs
from bot import render
from bot.doctor.from_slack import examine
from bot.doctor.heard import Heard, Refusing, noting
from bot.metrics import Figures, Metrics
from bot.once import Once
from bot.readiness import Readiness
from bot.registry_services import RegistryError
from bot.reports.routes import routes as report_routes
from bot.settings import Settings, SettingsError, for_web
from bot.signature import Signed
from bot.slash import bolt_app
from bot.socket_mode import connected
from bot.webhooks.backlog import Backlog
from bot.webhooks.door import Behind
from bot.webhooks.routes import routes
from bot.wiring import House, wired
from handlers.incidents import receive

GRACE_S = 5


def create_app(house: House, bolt: AsyncApp, metrics: Metrics, signing_secret: str) -> Starlette:
    """All routes. Without a signing secret (Socket Mode) nobody can be trusted, so Slack's route is not there."""
    signed = Signed(SlackEvents(bolt), signing_secret, house.redis, house.tools.now)
    slack = Route("/slack/events", Timed(signed, metrics.acknowledged), methods=["POST"])
    readiness = Readiness(house.redis, house.slack, time.monotonic)
    figures = Figures(house.redis)
    heard = Heard(house.redis)
    taking = noting(partial(receive.take, house.tools), heard, house.tools.now)
    refusing = Refusing(heard, house.tools.now)
    alerts = Behind(taking, Backlog(house.queue.depth).full, metrics.webhook, house.tools.now, refusing.note)

    async def healthz(_: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def readyz(_: Request) -> Response:
        states = await readiness.states()
        return JSONResponse(states, 503 if "away" in states.values() else 200)

    async def shown(_: Request) -> Response:
        return Response(await metrics.page(figures, house.queue), media_type=CONTENT_TYPE_LATEST)

    return Starlette(
        routes=[
            *([slack] if signing_secret else []),
            *routes(house.webhooks, alerts),
            *_reports(house),
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            Route("/metrics", shown),
        ]
    )


def _reports(house: House) -> list[BaseRoute]:
    """Pages of captures, where mapstorm has a public address to link to."""
    if house.reports is None or house.links is None:
        return []
    links, now = house.links, house.tools.now
    return report_routes(house.tools, lambda token: links.capture_of(token, now()), house.reports.flame_json)


class SlackEvents:
    """Bolt as an ASGI app."""

    def __init__(self, bolt: AsyncApp) -> None:
        self._handler = AsyncSlackRequestHandler(bolt)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            response = await self._handler.handle(Request(scope, receive))
        except JSONDecodeError:
            response = PlainTextResponse("", 400)
        await response(scope, receive, send)


class Timed:
    """Observes how long acknowledgements took, and nothing else's answers."""

    def __init__(self, app: ASGIApp, seconds: Histogram) -> None:
        self._app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = time.perf_counter()

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200:
                self._seconds.observe(time.perf_counter() - began)
            await send(message)

        await self._app(scope, receive, watched)


async def serve(settings: Settings, environ: Mapping[str, str]) -> None:
    """Serves until SIGTERM or SIGINT; what is being answered then is still answered."""
    logs.configure(settings.log_level)
    async with AsyncExitStack() as stack:
        house = await stack.enter_async_context(
            wired(settings, alertmanager=environ, calendars=environ, webhooks=environ)
        )
        metrics = Metrics()
        looking = partial(examine, house)
        bolt = bolt_app(house.tools, render.message, house.slack, Once(house.redis), metrics.count, looking)
        if settings.slack_app_token:
            await stack.enter_async_context(connected(bolt, settings.slack_app_token, settings.slack_api_url))
        app = create_app(house, bolt, metrics, settings.slack_signing_secret)
        listener = _listen(settings.host, settings.port)
        server = _Server(
            uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=GRACE_S)
        )
        for name in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(name, server.stop)
        host, port = listener.getsockname()[:2]
        print(f"listening on http://{f'[{host}]' if ':' in host else host}:{port}", flush=True)
        await server.serve([listener])


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Not uvicorn's way, which ends the process by the signal before the clients are closed."""
        yield

    def stop(self) -> None:
        self.should_exit = True


def _listen(host: str, port: int) -> socket.socket:
    """Not socket.create_server: it leaves the protocol open, asyncio then does not set TCP_NODELAY, and each
    acknowledgement takes 40 ms longer."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()  # before the address is printed: who reads it may call at once
    except OSError as error:
        listener.close()
        raise SettingsError((f"PORT: cannot listen on {host}, port {port}: {error.strerror}",)) from error
    return listener


def main(arguments: Sequence[str]) -> int:
    """`mapstorm web`; everything it needs to know is in the environment."""
    argparse.ArgumentParser(prog="mapstorm web", description="Serve Slack's requests.").parse_args(arguments)
    try:
        asyncio.run(serve(for_web(os.environ), os.environ))
    except (SettingsError, RegistryError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0
