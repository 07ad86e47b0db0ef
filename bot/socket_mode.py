"""Socket Mode: Slack's requests over a connection mapstorm opens, for hosts Slack cannot reach. Knows no command."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import structlog
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackClientError

from bot.chat import slack_client

FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 30.0

log = structlog.get_logger()


@asynccontextmanager
async def connected(app: AsyncApp, app_token: str, api_url: str) -> AsyncIterator[None]:
    """Connects in the background while the block runs; HTTP must answer probes even when Slack is away."""
    # A client of its own: apps.connections.open takes the app's token, everything else the bot's.
    handler = AsyncSocketModeHandler(app, app_token, web_client=slack_client(api_url, app_token))
    handler.client.proxy = None  # slack_sdk would take it from the environment
    connecting = asyncio.create_task(_connect(handler))
    try:
        yield
    finally:
        connecting.cancel()
        await asyncio.wait({connecting})
        await handler.close_async()  # type: ignore[no-untyped-call]


async def _connect(handler: AsyncSocketModeHandler) -> None:
    """Until the first connection stands; slack_sdk renews it from then on."""
    pause = FIRST_PAUSE_S
    while True:
        try:
            await handler.connect_async()  # type: ignore[no-untyped-call]
            log.info("socket mode connected")
            return
        except (SlackClientError, aiohttp.ClientError, OSError) as error:
            log.warning("socket mode not connected", why=str(error), again_in=pause)
        await asyncio.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE_S)
