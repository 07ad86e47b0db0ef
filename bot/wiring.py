"""Settings to Tools: the only place that picks implementations. Here the type checker proves that they fit."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from redis.asyncio import Redis
from slack_sdk.web.async_client import AsyncWebClient

from bot import render
from bot.budget import RedisBudget
from bot.chat import SlackChat, slack_client, slack_session
from bot.handoffs.export import exporting, words
from bot.handoffs.store import RedisHandoffs
from bot.heaps import HttpHeaps
from bot.incidents.agenda import RedisAgenda
from bot.incidents.inbox import RedisInbox
from bot.incidents.store import RedisIncidents
from bot.leaves import RedisLeaves
from bot.oncall.rotas import RedisRotas
from bot.people import SlackPeople
from bot.posting.entries import Lost
from bot.posting.outbox import RedisOutbox
from bot.posting.paces import Paces
from bot.posting.poster import Poster
from bot.progress import RedisProgress
from bot.queue import RedisQueue
from bot.readiness import refusal
from bot.redis_client import connect
from bot.registry import RegistryFile
from bot.registry_services import Environ
from bot.reports.easel import ApartEasel
from bot.reports.links import Links
from bot.reports.nothing import NoReports
from bot.reports.store import RedisReports
from bot.settings import VARIABLES, Settings, SettingsError
from bot.silences import HttpSilences
from bot.snapshots import RedisSnapshots
from bot.turns import RedisTurns
from bot.webhooks.secrets import Webhooks
from handlers.ports import Heaps, Registry, Silences, Tools
from handlers.rotation import Rotation
from handlers.undelivered import undelivered


@dataclass(frozen=True, slots=True)
class House:
    """The tools, what only one of the processes uses, and the two clients under them."""

    tools: Tools
    reports: RedisReports | None  # None without a public address
    links: Links | None
    webhooks: Callable[[], Webhooks]
    queue: RedisQueue
    outbox: RedisOutbox
    agenda: RedisAgenda
    poster: Poster
    redis: Redis
    redis_url: str
    slack: AsyncWebClient


@asynccontextmanager
async def wired(
    settings: Settings,
    *,
    alertmanager: Environ,
    calendars: Environ,
    services: Environ = None,
    webhooks: Environ = None,
    paces: Paces | None = None,
) -> AsyncIterator[House]:
    """Everything built inside the running event loop, to which the clients are bound; closed at the end.

    The registry names secrets: those of services, of webhooks, of Alertmanager's API, and the addresses of calendars.
    A process that asks no service, or hears no sender, is given none of them. Raises SettingsError and RegistryError.
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
        registry = RegistryFile(
            settings.config, services, webhooks=webhooks, alertmanager=alertmanager, calendars=calendars
        )
        yield furnished(
            registry,
            redis,
            settings.redis_url,
            slack,
            heaps=HttpHeaps(),
            silences=_silences(registry),
            rotations=registry.rotations,
            webhooks=registry.webhooks,
            links=Links(settings.url, settings.link_secret) if settings.url else None,
            paces=paces,
        )


def furnished(
    registry: Registry,
    redis: Redis,
    redis_url: str,
    slack: AsyncWebClient,
    *,
    heaps: Heaps,
    silences: Silences | None,
    rotations: Callable[[], tuple[Rotation, ...]] = tuple,
    webhooks: Callable[[], Webhooks] = Webhooks,
    links: Links | None = None,
    paces: Paces | None = None,
) -> House:
    """The house on these clients."""
    reports = RedisReports(redis, registry, links, time.time) if links else None
    chat, queue, agenda = SlackChat(slack), RedisQueue(redis), RedisAgenda(redis)
    outbox, people = RedisOutbox(redis, render.message, chat.permalink, paces), SlackPeople(slack)
    tools = Tools(
        registry=registry,
        heaps=heaps,
        queue=queue,
        snapshots=RedisSnapshots(redis, time.time),
        leaves=RedisLeaves(redis),
        reports=reports or NoReports(),
        easel=ApartEasel(),
        progress=RedisProgress(redis),
        turns=RedisTurns(redis),
        budget=RedisBudget(redis),
        outbox=outbox,
        inbox=RedisInbox(redis, queue),
        incidents=RedisIncidents(redis, outbox, queue, agenda),
        people=people,
        silences=silences,
        rotas=RedisRotas(redis, rotations, people),
        handoffs=RedisHandoffs(redis, outbox, words, exporting(slack)),
        now=time.time,
        pause=asyncio.sleep,
    )

    async def told(lost: Lost) -> None:
        await undelivered(
            outbox,
            registry,
            tools.incidents,
            time.time(),
            entry=lost.id,
            channel=lost.channel,
            code=lost.code,
            asker=lost.asker,
            unseen=lost.unseen,
        )

    poster = Poster(outbox, chat, render.mentioning, told)
    return House(tools, reports, links, webhooks, queue, outbox, agenda, poster, redis, redis_url, slack)


def _silences(registry: RegistryFile) -> HttpSilences | None:
    where = registry.alertmanager()
    return HttpSilences(where.url, where.auth_header) if where else None
