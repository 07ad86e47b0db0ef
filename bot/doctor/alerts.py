"""What became of alerts and of what was to be said: webhooks, unmatched alerts, the outbox. Reads only."""

from collections.abc import Callable, Iterable
from typing import Any

import orjson
from redis.asyncio import Redis

from bot.doctor.heard import Heard
from bot.posting.outbox import PREFIX
from bot.redis_client import key, redis_errors, text
from bot.webhooks.secrets import Webhooks
from handlers.alert import Origin
from handlers.doctor import Check, Item, Topic
from handlers.records import Service
from handlers.sources.nearest import Near, nearest, written

# Of those that will never be delivered, so many are looked at for where and why; the count has all.
LOOKED_AT = 100
FORGOTTEN_S = 24 * 3600
# The word for a webhook whose sender has not the registry's secret.
REFUSED = "refused"
# And for what the nearest service's matcher finds in an alert that means none.
ABSENT, DIFFERS = "absent", "differs"
# What waits for its turn is well; what was tried so often, or could have been taken for so long, is stuck.
TRIED, UNTAKEN_S = 5, 60.0
# What the outbox puts before a channel's name, to tell its lane from that of all edits.
LANE = "in:"


class AlertsProbe:
    """`now` is this machine's clock, seconds since 1970."""

    def __init__(self, redis: Redis, now: Callable[[], float]) -> None:
        self._redis = redis
        self._heard = Heard(redis)
        self._now = now

    async def webhooks(self, configured: Iterable[Origin]) -> tuple[Check, ...]:
        """Which there are, and how long ago each was heard; never is no fault, but to have refused somebody since is.
        Raises OutageError."""
        last = await self._heard.last()
        items = tuple([await self._webhook(origin, last.get(origin.value)) for origin in configured])
        refused = any(item.reason for item in items)
        return (Check(Topic.WEBHOOKS, not refused, REFUSED if refused else "", items=items, total=len(items)),)

    async def _webhook(self, origin: Origin, last: float | None) -> Item:
        """With how long ago it was heard, or refused somebody and nobody was let in since."""
        refused = await self._heard.refusals(origin)
        if refused is None:
            return Item(origin.value, seconds=None if last is None else max(0.0, self._now() - last))
        ago = max(0.0, self._now() - refused.last)
        span = max(0.0, refused.last - refused.since)
        return Item(origin.value, REFUSED, seconds=ago, times=refused.times, span=span)

    async def unmatched(self, services: Iterable[Service] = ()) -> tuple[Check, ...]:
        """Alerts that mean no service, with the newest one's labels as items; before them, with a reason, the service
        that comes nearest and its matcher that does not hold. Raises OutageError.

        What was mended is green again: as soon as those that are remembered mean one of `services`, or a day after the
        last. Alerts that still come are repeated sooner.
        """
        with redis_errors():
            count = int(await self._redis.get(key("unmatched")) or 0)
            examples: list[Any] = await self._redis.lrange(key("unmatched-examples"), 0, -1)
        known = tuple(services)
        for example in examples if count else ():
            moment, _, labels = orjson.loads(example)
            age = max(0.0, self._now() - float(moment))
            near = nearest(known, labels)
            if age <= FORGOTTEN_S and not (near and near.failing is None):
                return (Check(Topic.UNMATCHED, False, "some", items=_told(labels, near), total=count, seconds=age),)
        return (Check(Topic.UNMATCHED, True),)

    async def waiting(self) -> tuple[Check, ...]:
        """How many messages wait, and whether they get anywhere. Raises OutageError."""
        with redis_errors():
            now, _ = await self._redis.time()
            lanes: list[Any] = await self._redis.zrange(f"{PREFIX}lanes", 0, -1, withscores=True)
            async with self._redis.pipeline(transaction=False) as pipe:
                for lane, _ in lanes:
                    pipe.zcard(f"{PREFIX}lane:{text(lane)}")
                depths = await pipe.execute()
            tried = max(map(int, await self._redis.hvals(f"{PREFIX}failures")), default=0)
        late = max((now - due / 1000 for (_, due), depth in zip(lanes, depths, strict=True) if depth), default=0.0)
        reason = "failing" if tried >= TRIED else "untaken" if late > UNTAKEN_S else ""
        return (Check(Topic.WAITING, not reason, reason, str(tried), total=sum(depths), seconds=max(0.0, late)),)

    async def outbox(self) -> tuple[Check, ...]:
        """What Slack will never take, by channel and Slack's code; lanes that it wants to rest. Raises OutageError."""
        with redis_errors():
            count = int(await self._redis.hlen(key("outbox", "undelivered")))
            places: dict[Item, None] = {}
            looked = 0
            async for _, record in self._redis.hscan_iter(key("outbox", "undelivered"), count=LOOKED_AT):
                places[_place(record)] = None
                looked += 1
                if looked == LOOKED_AT:
                    break
            held = await self._redis.hgetall(key("outbox", "held"))
        lanes = tuple(Item(text(lane).removeprefix(LANE), reason=text(code)) for lane, code in held.items())
        return (
            Check(Topic.UNDELIVERED, not count, "some" if count else "", items=tuple(places), total=count),
            Check(Topic.HELD, not held, "some" if held else "", items=lanes, total=len(held)),
        )

    async def channel_ids(self) -> dict[str, str]:
        """The ids of #names that something was posted to: Slack says them with each post. Raises OutageError."""
        with redis_errors():
            found = await self._redis.hgetall(key("outbox", "channels"))
        return {text(name): text(identity) for name, identity in found.items()}


def configured(webhooks: Webhooks) -> tuple[Origin, ...]:
    """The origins that have an endpoint."""
    found = {
        Origin.ALERTMANAGER: webhooks.alertmanager,
        Origin.GRAFANA: webhooks.grafana,
        Origin.GENERIC: webhooks.generic,
    }
    return tuple(origin for origin, webhook in found.items() if webhook is not None)


def _told(labels: dict[str, str], near: Near | None) -> tuple[Item, ...]:
    """The label that the nearest service wants otherwise goes first: of many not all are shown."""
    if near is None or near.failing is None:
        return tuple(Item(name, detail=value) for name, value in labels.items())
    wanted = near.failing.label
    rest = sorted(labels.items(), key=lambda label: label[0] != wanted)
    lacking = Item(near.service, ABSENT if near.absent else DIFFERS, written(near.failing))
    return (lacking, *(Item(name, detail=value) for name, value in rest))


def _place(record: bytes | str) -> Item:
    given: dict[str, Any] = orjson.loads(record)
    return Item(str(given["channel"]), reason=str(given["code"]))
