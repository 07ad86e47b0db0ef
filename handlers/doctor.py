"""Whether what mapstorm stands on is well: the checks as records, their order, and how they are asked all at once.

Knows no client and no sentence: who looks is `bot/doctor/`, what is said and advised is templates/doctor_report.j2.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from enum import StrEnum
from typing import NamedTuple

from handlers.errors import OutageError

# Why a check could not be made: no answer in time; mapstorm's own fault; without what `detail` names, which has a line
# of its own (slack, token, redis, registry, worker).
SLOW, BUG, WITHOUT = "slow", "bug", "without"


class Topic(StrEnum):
    """What is looked at, in the order in which it is told."""

    REGISTRY = "registry"
    TOKEN = "token"  # noqa: S105 - a topic, no token
    SCOPES = "scopes"
    CHANNELS = "channels"
    SLACK_CLOCK = "slack_clock"
    REDIS = "redis"
    DURABILITY = "durability"
    REDIS_CLOCK = "redis_clock"
    WORKERS = "workers"
    QUEUE = "queue"
    SERVICES = "services"
    ROTATIONS = "rotations"
    REPORTS = "reports"
    WEBHOOKS = "webhooks"
    UNMATCHED = "unmatched"
    WAITING = "waiting"
    UNDELIVERED = "undelivered"
    HELD = "held"
    VERSIONS = "versions"


class Item(NamedTuple):
    """One of several things that a check is about: its name, a word for what is wrong ("" where nothing is), what else
    is known of it, and seconds where it has some (an age, a skew); `times` it happened, over `span` seconds."""

    name: str
    reason: str = ""
    detail: str = ""
    seconds: float | None = None
    times: int = 0
    span: float = 0.0


class Check(NamedTuple):
    """One line of the report: facts, no sentence.

    `ok` is None where it could not be asked; `reason` is the word for why, or for what is wrong. `items` are those the
    line names, of `total` that were looked at.
    """

    topic: Topic
    ok: bool | None
    reason: str = ""
    detail: str = ""
    items: tuple[Item, ...] = ()
    total: int = 0
    seconds: float | None = None


class Probe(NamedTuple):
    """Somebody who looks at these topics, within so many seconds. What `ask` raises is told as "could not be asked"."""

    topics: tuple[Topic, ...]
    ask: Callable[[], Awaitable[tuple[Check, ...]]]
    patience_s: float


async def examine(probes: Iterable[Probe]) -> tuple[Check, ...]:
    """All at once. Raises nothing: a doctor who is ill himself says so."""
    answers = await asyncio.gather(*(_asked(probe) for probe in probes))
    return tuple(check for found in answers for check in found)


def in_order(checks: Iterable[Check]) -> tuple[Check, ...]:
    """As they are told; the first check of a topic counts."""
    found: dict[Topic, Check] = {}
    for check in checks:
        found.setdefault(check.topic, check)
    return tuple(found[topic] for topic in Topic if topic in found)


def unasked(topics: Iterable[Topic], reason: str, detail: str = "") -> tuple[Check, ...]:
    """Checks that could not be made, all for the same reason."""
    return tuple(Check(topic, None, reason, detail) for topic in topics)


async def _asked(probe: Probe) -> tuple[Check, ...]:
    try:
        async with asyncio.timeout(probe.patience_s):
            return await probe.ask()
    except TimeoutError:
        return unasked(probe.topics, SLOW)
    except OutageError as error:
        return unasked(probe.topics, WITHOUT, error.detail)
    except Exception as error:
        # Whatever it is, the other lines are worth having: somebody asks because something is wrong.
        return unasked(probe.topics, BUG, type(error).__name__)
