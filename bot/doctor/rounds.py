"""The rounds: which probe looks at what, and what is told of those that have nothing to look with.

Knows what can be missing; not how anything is looked at. The shell and the web process go the same rounds, but for the
services: only who has their secrets can ask them.
"""

import platform
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib.metadata import version

import structlog
from redis.asyncio import Redis
from slack_sdk.web.async_client import AsyncWebClient

from analyzers.errors import MapstormError
from bot import cli
from bot.doctor.alerts import AlertsProbe
from bot.doctor.redis import QUEUE_TOPICS, SERVER_TOPICS, RedisProbe
from bot.doctor.rotations import rotations
from bot.doctor.slack import TOKEN_TOPICS, SlackProbe
from bot.queue import RedisQueue
from bot.registry_webhooks import ABSENT
from handlers.alert import Origin
from handlers.doctor import WITHOUT, Check, Item, Probe, Topic, examine, in_order, unasked
from handlers.errors import OutageError
from handlers.notes import DoctorReport
from handlers.ports import People, Registry, Rotas

Asking = Callable[[], Awaitable[tuple[Check, ...]]]

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Reach:
    """What this process can look with: None where it was told of no token, no Redis or no registry.

    `services` looks at all services, here or through a worker; `webhooks` are those that are configured, None where
    that is not known; `rotas` need all three, `people` a token; `problems` are those of a registry that cannot be read,
    or not with all its secrets; `pages` is the address below which report pages are, "" where there are none. Patience
    is in seconds, for the services and for everything else.
    """

    slack: AsyncWebClient | None
    redis: Redis | None
    registry: Registry | None
    services: Asking
    webhooks: tuple[Origin, ...] | None
    now: Callable[[], float]
    patience_s: float
    services_patience_s: float
    rotas: Rotas | None = None
    people: People | None = None
    problems: tuple[str, ...] = ()
    pages: str = ""


async def rounds(reach: Reach) -> DoctorReport:
    """Everything at once, each within its patience. Raises nothing."""
    probes = [*_of_slack(reach), *_of_redis(reach), *_of_both(reach), *_of_rotas(reach)]
    found = await examine(probe._replace(ask=_logged(probe.ask)) for probe in probes)
    return DoctorReport(in_order((*_missing(reach), *found, _registry(reach), _reports(reach), _versions())))


def _of_slack(reach: Reach) -> list[Probe]:
    if reach.slack is None:
        return []
    return [Probe(TOKEN_TOPICS, SlackProbe(reach.slack, reach.now).token, reach.patience_s)]


def _of_redis(reach: Reach) -> list[Probe]:
    if reach.redis is None:
        return []
    probe = RedisProbe(reach.redis, RedisQueue(reach.redis), reach.now)
    noted = AlertsProbe(reach.redis, reach.now)
    services = reach.registry.all() if reach.registry else ()
    return [
        Probe(SERVER_TOPICS, probe.server, reach.patience_s),
        Probe(QUEUE_TOPICS, probe.queue, reach.patience_s),
        Probe((Topic.WEBHOOKS,), lambda: noted.webhooks(reach.webhooks or ()), reach.patience_s),
        Probe((Topic.UNMATCHED,), lambda: noted.unmatched(services), reach.patience_s),
        Probe((Topic.WAITING,), noted.waiting, reach.patience_s),
        Probe((Topic.UNDELIVERED, Topic.HELD), noted.outbox, reach.patience_s),
    ]


def _of_both(reach: Reach) -> list[Probe]:
    """What the registry has to be known for."""
    if reach.registry is None:
        return []
    probes = [Probe((Topic.SERVICES,), reach.services, reach.services_patience_s)]
    if reach.slack is not None:
        probe, registry = SlackProbe(reach.slack, reach.now), reach.registry

        async def channels() -> tuple[Check, ...]:
            named = [service.channel for service in registry.all()]
            named += [rotation.channel for rotation in reach.rotas.all()] if reach.rotas else []
            fallback = registry.fallback()
            return await probe.channels([*named, *([fallback] if fallback else [])], await _ids(reach))

        probes.append(Probe((Topic.CHANNELS,), channels, reach.patience_s))
    return probes


def _of_rotas(reach: Reach) -> list[Probe]:
    rotas = reach.rotas
    if rotas is None:
        return []
    return [Probe((Topic.ROTATIONS,), lambda: rotations(rotas, reach.now(), reach.people), reach.patience_s)]


async def _ids(reach: Reach) -> dict[str, str]:
    try:
        return await AlertsProbe(reach.redis, reach.now).channel_ids() if reach.redis else {}
    except OutageError:
        return {}


def _missing(reach: Reach) -> tuple[Check, ...]:
    """What has nothing to be looked at with, and what is to be done about that."""
    checks: list[Check] = []
    if reach.registry is None:
        checks += unasked((Topic.CHANNELS, Topic.SERVICES, Topic.WEBHOOKS), WITHOUT, "registry")
    elif reach.webhooks is None:
        checks += unasked((Topic.WEBHOOKS,), WITHOUT, "secret")
    if reach.slack is None:
        checks.append(Check(Topic.TOKEN, False, "missing"))
        checks += unasked((Topic.SCOPES, Topic.CHANNELS, Topic.SLACK_CLOCK), WITHOUT, "token")
    if reach.redis is None:
        checks.append(Check(Topic.REDIS, False, "missing"))
        needing = (Topic.DURABILITY, Topic.REDIS_CLOCK, *QUEUE_TOPICS, Topic.WEBHOOKS, Topic.UNMATCHED)
        checks += unasked((*needing, Topic.WAITING, Topic.UNDELIVERED, Topic.HELD), WITHOUT, "redis")
    if reach.rotas is None:
        lacking = "registry" if reach.registry is None else "token" if reach.slack is None else "redis"
        checks += unasked((Topic.ROTATIONS,), WITHOUT, lacking)
    return tuple(checks)


def _registry(reach: Reach) -> Check:
    if reach.registry is not None and not reach.problems:
        return Check(Topic.REGISTRY, True, total=len(reach.registry.all()))
    problems = tuple(Item(problem) for problem in reach.problems)
    unset = problems and all(ABSENT in problem for problem in reach.problems)
    return Check(Topic.REGISTRY, False, "unset" if unset else "broken" if problems else "missing", items=problems)


def _reports(reach: Reach) -> Check:
    """Nobody needs them; but who misses their links looks here."""
    return Check(Topic.REPORTS, True, detail=reach.pages)


def _versions() -> Check:
    named = {"mapstorm": cli.VERSION, "Python": platform.python_version(), "slack-bolt": version("slack-bolt")}
    return Check(Topic.VERSIONS, True, items=tuple(Item(name, detail=number) for name, number in named.items()))


def _logged(ask: Asking) -> Asking:
    """The report names a bug in one word; the log has its traceback."""

    async def asked() -> tuple[Check, ...]:
        try:
            return await ask()
        except MapstormError:
            raise
        except Exception:
            log.exception("bug in the doctor")
            raise

    return asked
