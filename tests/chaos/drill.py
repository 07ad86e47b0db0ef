"""One run from its beginning to its count: the story is told while havoc rages, then everything drains, then it is
asked what came of it. Knows the order, and what fails a run."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from redis import RedisError

from bot.registry import RegistryFile
from tests.chaos.count import Account, account
from tests.chaos.havoc import Havoc
from tests.chaos.kept import kept
from tests.chaos.left import client, left
from tests.chaos.plan import Plan
from tests.chaos.said import said
from tests.chaos.sender import Sender
from tests.chaos.stage import Stage, staged

# The work of a killed worker is taken over after 15 s, its channel as well; three times that without any progress is
# a standstill.
STANDSTILL_S = 60.0
LOOK_S = 0.5
# What dramatiq says of a Redis that is away, which it is.
EXPECTED = "Consumer encountered a connection error"
SOON_S = 8.0
# All is told a little before the trouble ends: what is told last meets it too.
TOLD_SHARE = 0.9

Say = Callable[[str], None]


class Verdict(NamedTuple):
    """What is to be read, and what fails the run. `bugs` are lines that mapstorm logged of faults of its own."""

    figures: dict[str, int]
    acts: dict[str, int]
    left: dict[str, int]
    lost: list[str]
    doubled: list[str]
    wrong: list[str]
    bugs: list[str]

    @property
    def fine(self) -> bool:
        return not (self.lost or self.doubled or self.wrong or self.bugs or any(self.left.values()))


async def drill(plan: Plan, folder: Path, say: Say) -> Verdict:
    """Raises TimeoutError where something does not even start."""
    told = plan.story()
    say(f"{told.alerts} alerts in {len(told.deliveries)} notifications of {plan.incidents} groups, seed {plan.seed}")
    async with staged(plan, folder) as stage:
        sender, havoc = Sender(stage.web, stage.token, plan.seed), Havoc(stage, plan.seed, stills=plan.to_the_end)
        began = time.monotonic()
        async with havoc.raging():
            await sender.tell(told, plan.minutes * 60 * TOLD_SHARE)
            say(f"all told after {time.monotonic() - began:.0f} s")
            await asyncio.sleep(began + plan.minutes * 60 - time.monotonic())
        say(f"the trouble is over after {time.monotonic() - began:.0f} s")
        over = time.monotonic()
        await _drained(plan, stage, say)
        drained = time.monotonic() - over
        await asyncio.to_thread(stage.stop)
        with client(stage.redis.url) as redis:
            remaining = left(redis, within_s=None if plan.to_the_end else 0.0)
            known = kept(redis)
        found = account(told.endings, known, said(stage.slack.ws), RegistryFile(stage.config, {}), time.time())
        figures = _sent(sender) | found.figures | {"seconds until all was done": round(drained)}
        return _verdict(found, figures, havoc, stage, sender, remaining)


def _verdict(
    found: Account, figures: dict[str, int], havoc: Havoc, stage: Stage, sender: Sender, remaining: dict[str, int]
) -> Verdict:
    bugs = [f"{name} ended by itself" for name in stage.ended] + _errors(stage)
    lost = [f"notification answered {one}" for one in sender.refused] + found.lost
    return Verdict(figures, dict(havoc.done), remaining, lost, found.doubled, found.wrong, bugs)


async def _drained(plan: Plan, stage: Stage, say: Say) -> None:
    """Returns when nothing waits any more, or when nothing has moved for long."""
    within_s = None if plan.to_the_end else SOON_S
    before: dict[str, int] = {}
    waiting, moved = before, time.monotonic()
    with client(stage.redis.url) as redis:
        while time.monotonic() - moved < STANDSTILL_S:
            stage.look()
            try:
                now = await asyncio.to_thread(left, redis, within_s=within_s)
            except RedisError:
                now = before
            waiting = {name: count for name, count in now.items() if count and not name.startswith(("dead", "und"))}
            if now and not waiting:
                return
            if now != before:
                before, moved = now, time.monotonic()
            await asyncio.sleep(LOOK_S)
    say(f"nothing moves any more: {waiting}")


def _sent(sender: Sender) -> dict[str, int]:
    tries = {f"tries answered {status or 'by nobody'}": count for status, count in sorted(sender.answers.items())}
    return {"alerts sent": sender.alerts, "notifications answered 200": sender.taken, **tries}


def _errors(stage: Stage) -> list[str]:
    """Lines above a warning, by what they say."""
    errors: Counter[str] = Counter()
    for lines in stage.logged().values():
        for line in lines:
            said = str(line.get("event")).partition("\n")[0]
            if line.get("level") not in (None, "debug", "info", "warning") and not said.startswith(EXPECTED):
                errors[said] += 1
    return [f"logged {count} x {event}" for event, count in errors.items()]
