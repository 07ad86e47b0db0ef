"""What still waits in mapstorm's Redis, by the names of its own rooms. All zeros: everything is said and done."""

import time

from redis import Redis

from bot.incidents.agenda import AGENDA
from bot.posting.outbox import PREFIX
from bot.queue import NAMESPACE, QUEUES
from bot.redis_client import key

ANSWER_S = 5.0


def client(url: str) -> Redis:
    return Redis.from_url(url, socket_timeout=ANSWER_S, decode_responses=True)


def left(redis: Redis, *, within_s: float | None = None) -> dict[str, int]:
    """How much of each. `within_s`: of what becomes due by itself only what is due by then, else all of it."""
    due = "+inf" if within_s is None else time.time() + within_s
    found = {f"queue {name}": _lengths(redis, name, "msgs") + _lengths(redis, name, "DQ.msgs") for name in QUEUES}
    found |= {f"dead {name}": redis.zcard(f"{NAMESPACE}:{name}.XQ") for name in QUEUES}
    found["inbox"] = sum(redis.llen(name) for name in redis.scan_iter(key("inbox", "") + "*", count=1000))
    found["inbox aside"] = redis.llen(key("inbox-aside"))
    found["outbox"] = sum(redis.zcard(name) for name in redis.scan_iter(f"{PREFIX}lane:*", count=1000))
    found["outbox entries"] = redis.hlen(f"{PREFIX}entries")
    found["outbox attempts"] = redis.hlen(f"{PREFIX}attempts")
    found["undelivered"] = redis.hlen(f"{PREFIX}undelivered")
    found["agenda"] = redis.zcount(AGENDA, "-inf", due)
    return {name: int(count) for name, count in found.items()}


def _lengths(redis: Redis, queue: str, kind: str) -> int:
    return int(redis.hlen(f"{NAMESPACE}:{queue}.{kind}"))
