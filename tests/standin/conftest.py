"""A stand-in on a free port with a clock that tests move, a real Slack client, and a real Bolt app to talk to."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.standin.app import Standin
from bot.standin.clock import ManualClock
from bot.standin.credentials import Credentials
from bot.standin.rate import UNLIMITED
from bot.standin.serve import Server
from bot.standin.workspace import Workspace

Endpoint = Callable[[Request], Awaitable[Response]]
Bolt = Callable[[AsyncApp | Endpoint], Awaitable[None]]
Refused = Callable[[Awaitable[object]], Awaitable[str]]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def slack(clock: ManualClock) -> AsyncIterator[Standin]:
    async with Standin(Workspace(clock=clock), pace=UNLIMITED) as standin:
        yield standin


@pytest.fixture
def client(slack: Standin) -> AsyncWebClient:
    return AsyncWebClient(token=slack.credentials.token, base_url=slack.api_url)


@pytest.fixture
def app(slack: Standin, client: AsyncWebClient) -> AsyncApp:
    return AsyncApp(client=client, signing_secret=Credentials().signing_secret)


def bot_endpoint(app: AsyncApp) -> Endpoint:
    handler = AsyncSlackRequestHandler(app)

    async def endpoint(request: Request) -> Response:
        return await handler.handle(request)

    return endpoint


@pytest.fixture
async def serve_bot(slack: Standin) -> AsyncIterator[Bolt]:
    """Serve a Bolt app, or a bare endpoint, over HTTP and point the stand-in at it."""
    servers: list[Server] = []

    async def serve(bot: AsyncApp | Endpoint) -> None:
        endpoint = bot_endpoint(bot) if isinstance(bot, AsyncApp) else bot
        routes = [Route("/slack/events", endpoint, methods=["POST"])]
        server = Server(Starlette(routes=routes), 0, lambda: None)
        servers.append(server)
        slack.transport.bot_url = f"{await server.start()}/slack/events"

    yield serve
    for server in servers:
        await server.stop()


@pytest.fixture
def refused() -> Refused:
    """Slack's error code for a call that must be refused."""

    async def code(call: Awaitable[object]) -> str:
        with pytest.raises(SlackApiError) as refusal:
            await call
        return str(refusal.value.response["error"])

    return code


async def until(slack: Standin, happened: Callable[[], object]) -> None:
    """Wait for something to be true of the workspace, without sleeping."""
    async with asyncio.timeout(10):
        while not happened():
            await slack.ws.changes.beyond(slack.ws.changes.version, 5)
