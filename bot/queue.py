"""The port Queue: dramatiq's messages, put into Redis by mapstorm itself. Knows no handler and runs nothing.

Why not dramatiq's own enqueue: it is blocking, and an id must be marked and its message queued in one step. Marked
first, a crash in between loses the capture; queued first, it runs twice. The layout (a list of ids, a hash of
messages) is dramatiq's RedisBroker's; tests/bot/test_queue.py holds the two together.
"""

from dataclasses import dataclass
from uuid import uuid4

from dramatiq import Message
from redis.asyncio import Redis
from redis.asyncio.client import Pipeline

from bot import codec
from bot.redis_client import key, redis_errors
from handlers.records import Capture, Request

# Not the prefix of the stores: dramatiq names its keys after the queue and nothing else.
NAMESPACE = "mapstorm-queue"
REQUESTS, CAPTURES, ALERTS, WAKES, DOCTOR = QUEUES = "requests", "captures", "alerts", "wakes", "doctor"

# Slack's ids never come again; a day is longer than any delivery is repeated.
ONCE_MS = 24 * 3600 * 1000

ENQUEUE_ONCE = """
if not redis.call('set', KEYS[1], '', 'NX', 'PX', ARGV[1]) then return 0 end
redis.call('hset', KEYS[3], ARGV[2], ARGV[3])
redis.call('rpush', KEYS[2], ARGV[2])
return 1
"""


@dataclass(frozen=True, slots=True)
class Work:
    """One message. `tries` is how often it has failed before, `waits` how often its instance was busy. `id` is that of
    a message that was taken from the queue; a new one gets its own."""

    queue: str
    body: str
    tries: int = 0
    waits: int = 0
    id: str = ""


class RedisQueue:
    """Puts work on the queue, once for each id."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._enqueue = redis.register_script(ENQUEUE_ONCE)

    async def request(self, request: Request) -> None:
        await self._once(request.id, Work(REQUESTS, codec.encode_request(request).decode()))

    async def capture(self, capture: Capture) -> None:
        await self._once(capture.id, Work(CAPTURES, codec.encode_capture(capture).decode()))

    async def depth(self) -> dict[str, int]:
        """Messages not yet answered for each queue, waiting for another try included."""
        with redis_errors():
            async with self._redis.pipeline(transaction=False) as pipe:
                for name in QUEUES:
                    pipe.hlen(f"{NAMESPACE}:{name}.msgs")
                    pipe.hlen(f"{NAMESPACE}:{name}.DQ.msgs")
                found = await pipe.execute()
        return dict(zip(QUEUES, map(sum, zip(found[::2], found[1::2], strict=True)), strict=True))

    def add(self, pipe: Pipeline, work: Work) -> None:
        """Puts it as part of a step that `pipe` will execute, however often there is one like it."""
        sent = message(work)
        identity, waiting = sent.options["redis_message_id"], f"{NAMESPACE}:{work.queue}"
        pipe.hset(f"{waiting}.msgs", identity, sent.encode())
        pipe.rpush(waiting, identity)

    async def _once(self, identity: str, work: Work) -> None:
        waiting = f"{NAMESPACE}:{work.queue}"
        keys = [key("queued", work.queue, identity), waiting, f"{waiting}.msgs"]
        sent = message(work)
        with redis_errors():
            await self._enqueue(keys=keys, args=[ONCE_MS, sent.options["redis_message_id"], sent.encode()])


def message(work: Work) -> Message[None]:
    """As dramatiq's RedisBroker reads it: the actor has the name of the queue, the arguments are the rest."""
    return Message(
        queue_name=work.queue,
        actor_name=work.queue,
        args=(work.body, work.tries, work.waits),
        kwargs={},
        options={"redis_message_id": str(uuid4())},
    )
