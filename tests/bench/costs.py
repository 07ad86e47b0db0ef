"""What mapstorm takes of a Redis and of a machine: bytes by kind of key, commands and processor time while idle."""

import asyncio
import os
import time
from collections import Counter
from pathlib import Path

from redis import Redis

from bot.redis_client import key

IDLE_S = 10.0
SETTLE_S = 2.0
# Keys of what captures found and how they ended; the rest is the incident, its thread and what was said in it.
OF_CAPTURES = tuple(key(kind, "") for kind in ("snapshot", "snapshots", "history", "diagnosis", "outcomes", "leaves"))


def memory(redis: Redis) -> Counter[str]:
    """Bytes of all keys, by `captures` and `rest`."""
    found: Counter[str] = Counter(captures=0, rest=0)
    for name in redis.scan_iter(count=1000):
        kind = "captures" if name.startswith(OF_CAPTURES) else "rest"
        found[kind] += redis.memory_usage(name, samples=0) or 0
    return found


async def idle(redis: Redis, pid: int) -> str:
    """Of one worker that has nothing to do."""
    await asyncio.sleep(SETTLE_S)
    commands, busy, start = _commands(redis), _busy(pid), time.perf_counter()
    await asyncio.sleep(IDLE_S)
    seconds = time.perf_counter() - start
    rate = (_commands(redis) - commands - 1) / seconds
    return f"idle worker: {rate:.0f} commands a second to Redis, {(_busy(pid) - busy) / seconds:.1%} of one core"


def _commands(redis: Redis) -> int:
    return int(redis.info("stats")["total_commands_processed"])


def _busy(pid: int) -> float:
    """Seconds of processor time so far, user and system; Linux only."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
