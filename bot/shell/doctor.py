"""`mapstorm doctor`: the rounds from an operator's shell, which has the services' secrets and asks them itself.

Needs nothing: what is missing is a line of the report. Another composition root.
"""

import argparse
import asyncio
import os
import sys
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from functools import partial

from bot import log as logs
from bot import render
from bot.chat import slack_client, slack_session
from bot.doctor.alerts import configured
from bot.doctor.rounds import Reach, rounds
from bot.doctor.services import services
from bot.heaps import HttpHeaps
from bot.oncall.rotas import RedisRotas
from bot.people import SlackPeople
from bot.posting.outbox import RedisOutbox
from bot.redis_client import connect
from bot.registry import RegistryFile
from bot.registry_services import RegistryError
from bot.settings import Settings, SettingsError, for_doctor
from bot.shell import output
from handlers.errors import OutageError
from handlers.notes import DoctorReport
from handlers.records import Thread

# Whoever typed the command waits for it, and asks because something is slow.
PATIENCE_S = 10.0
# A visit gives up by itself a little before, which names the instance instead of the line.
VISIT_S = 8.0


def main(arguments: list[str]) -> int:
    """Prints the report. Exit 0 all green, 1 something to do, 2 wrong usage."""
    parser = argparse.ArgumentParser(prog="mapstorm doctor", description="Look at all that mapstorm stands on.")
    parser.add_argument(
        "--retry-undelivered", action="store_true", help="first put back what Slack would not take, to be said again"
    )
    output.add_color(parser)
    options = parser.parse_args(arguments)
    try:
        settings = for_doctor(os.environ)
        logs.configure(settings.log_level if "LOG_LEVEL" in os.environ else "error")
        if options.retry_undelivered:
            asyncio.run(_retry(settings))
    except SettingsError as error:
        sys.stderr.write(f"mapstorm doctor: {error}\n")
        return output.WRONG_USAGE
    except OutageError as error:
        sys.stderr.write(f"mapstorm doctor: nothing put back: {error.detail} is away\n")
        return output.FAILED
    report = asyncio.run(_examine(settings, os.environ))
    output.write_note(report, options.color, sys.stdout)
    return output.ANSWERED if all(check.ok for check in report.checks) else output.FAILED


async def _examine(settings: Settings, environ: Mapping[str, str]) -> DoctorReport:
    registry, problems = _registry(settings, environ)
    async with AsyncExitStack() as stack:
        slack = redis = None
        if settings.slack_bot_token:
            session = await stack.enter_async_context(slack_session())
            slack = slack_client(settings.slack_api_url, settings.slack_bot_token, session)
        if settings.redis_url:
            redis = await stack.enter_async_context(connect(settings.redis_url))
        known = registry.all() if registry else ()
        rotas, people = None, SlackPeople(slack) if slack else None
        if registry and people and redis:
            rotas = RedisRotas(redis, registry.rotations, people, patience_s=VISIT_S)
        reach = Reach(
            slack=slack,
            redis=redis,
            registry=registry,
            services=partial(services, HttpHeaps(), known, VISIT_S),
            webhooks=configured(registry.webhooks()) if registry and not problems else None,
            now=time.time,
            patience_s=PATIENCE_S,
            services_patience_s=PATIENCE_S,
            rotas=rotas,
            people=people,
            problems=problems,
            pages=settings.url,
        )
        return await rounds(reach)


def _registry(settings: Settings, environ: Mapping[str, str]) -> tuple[RegistryFile | None, tuple[str, ...]]:
    """The registry, without webhooks and Alertmanager where it cannot be read with them; and every problem."""
    if settings.config is None:
        return None, ()
    try:
        known = RegistryFile(settings.config, environ, webhooks=environ, alertmanager=environ, calendars=environ)
        return known, ()
    except RegistryError as error:
        problems = error.problems
    try:  # the shell of an operator may lack what only web and worker need: all else can be looked at
        return RegistryFile(settings.config, environ, calendars=environ), problems
    except RegistryError:
        return None, problems


async def _retry(settings: Settings) -> None:
    """Raises SettingsError without Redis, OutageError where it is away."""
    if not settings.redis_url:
        raise SettingsError(("REDIS_URL is missing: what was not delivered is kept there",))

    async def unlinked(_: Thread) -> None:
        return None

    async with connect(settings.redis_url) as redis:
        count = await RedisOutbox(redis, render.message, unlinked).retry_undelivered()
    sys.stderr.write(f"mapstorm doctor: {count} messages put back\n")
