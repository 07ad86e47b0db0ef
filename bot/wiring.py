"""Settings to Tools: the only place that picks implementations. Here the type checker proves that they fit."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from redis.asyncio import Redis
from slack_sdk.web.async_client import AsyncWebClient

from bot import render
from bot.chat import SlackChat, slack_client, slack_session
from bot.heaps import HttpHeaps
from bot.leaves import RedisLeaves
from bot.pace import Pace
from bot.progress import RedisProgress
from bot.queue import RedisQueue
from bot.readiness import refusal
from bot.redis_client import connect
from bot.registry import RegistryFile
from bot.settings import VARIABLES, Settings, SettingsError
from bot.snapshots import RedisSnapshots
from bot.turns import RedisTurns
from handlers.ports import Tools


@dataclass(frozen=True, slots=True)
class House:
    """The tools, and the two clients under them for who must ask whether they are there."""

    tools: Tools
    queue: RedisQueue
    redis: Redis
    redis_url: str
    slack: AsyncWebClient


@asynccontextmanager
async def wired(settings: Settings, environ: Mapping[str, str] | None) -> AsyncIterator[House]:
    """Everything built inside the running event loop, to which the clients are bound; closed at the end.

    `environ` holds the services' own secrets, which the registry names; None in a process that asks no service.
    Raises SettingsError and RegistryError.
    """
    if settings.config is None:
        raise SettingsError(("MAPSTORM_CONFIG is missing",))
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(slack_session())
        redis = await stack.enter_async_context(connect(settings.redis_url))
        slack = slack_client(settings.slack_api_url, settings.slack_bot_token, session)
        if refused := await refusal(slack):
            raise SettingsError(
                (f"SLACK_BOT_TOKEN is refused by Slack ({refused}): {VARIABLES['SLACK_BOT_TOKEN'].how}",)
            )
        queue = RedisQueue(redis)
        tools = Tools(
            registry=RegistryFile(settings.config, environ),
            heaps=HttpHeaps(),
            queue=queue,
            snapshots=RedisSnapshots(redis, time.time),
            leaves=RedisLeaves(redis),
            progress=RedisProgress(redis),
            turns=RedisTurns(redis),
            chat=SlackChat(slack, Pace(redis), render.message),
            now=time.time,
            pause=asyncio.sleep,
        )
        yield House(tools, queue, redis, settings.redis_url, slack)
