"""The worker process: dramatiq's threads take messages, the event loop runs them. One composition root.

Why no AsyncIO middleware: it makes an event loop of its own, and the tools would have to be built inside dramatiq's
start, which swallows exceptions. Here the loop is the process's own: a worker without its tools does not start.
"""

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

import dramatiq
import redis
import structlog
from dramatiq.broker import Consumer, MessageProxy
from dramatiq.brokers.redis import RedisBroker
from dramatiq.middleware import CurrentMessage
from redis.backoff import NoBackoff
from redis.retry import Retry

from bot import log as logs
from bot.handoffs.watch import tending
from bot.incidents.agenda import watching
from bot.jobs import Dead, Jobs, Pauses
from bot.metrics import Figures, ReportedProgress
from bot.posting.paces import Paces
from bot.posting.poster import posting
from bot.queue import CAPTURES, NAMESPACE, QUEUES, Work, message
from bot.registry_services import RegistryError
from bot.settings import Settings, SettingsError, for_worker
from bot.wiring import House, wired

# The defaults let 108 s pass until the work of a killed process is taken over; these, about 15. Less would take the
# work of a process that only stands still for a moment, and is then surprised by a second copy of it.
HEARTBEAT_TIMEOUT_MS = 15_000
# One look in twenty, of a million: an idle worker looks a hundred times a second, and a dead one is found soon enough.
MAINTENANCE = 50_000
# How long an idle consumer sleeps at most.
IDLE_MS = 100
# Threads that captures can never take: a thread is opened at once, however many captures are under way. As many for
# requests, alerts and wakes each: of a storm of alerts none waits for another's Redis.
OTHER_THREADS = 4

GRACE_S = 8.0
STOP_MS = 10_000
REDIS_AWAY_PAUSE_S = 2.0

log = structlog.get_logger()


class Broker(RedisBroker):
    """Dramatiq's, but a process takes no more captures than it runs: what waits here, another could have begun."""

    def __init__(self, redis_url: str, captures_at_once: int) -> None:
        client = redis.Redis.from_url(
            redis_url, socket_connect_timeout=2, socket_timeout=5, retry=Retry(NoBackoff(), 1)
        )
        super().__init__(  # type: ignore[no-untyped-call]
            client=client,
            middleware=[KeepDead(), CurrentMessage()],
            namespace=NAMESPACE,
            heartbeat_timeout=HEARTBEAT_TIMEOUT_MS,
            maintenance_chance=MAINTENANCE,
        )
        self._at_once = {name: captures_at_once if name == CAPTURES else OTHER_THREADS for name in QUEUES}

    def consume(self, queue_name: str, prefetch: int = 1, timeout: int = 5000) -> Consumer:
        return super().consume(queue_name, self._at_once.get(queue_name, prefetch), timeout)


class KeepDead(dramatiq.Middleware):
    """What a job raises is the end of its message, which then is kept for whoever looks into it."""

    @property
    def actor_options(self) -> set[str]:
        return {"throws"}  # what a job has logged already is not logged again with a traceback of threads

    def after_process_message(
        self,
        broker: dramatiq.Broker,
        message: MessageProxy,
        *,
        result: object = None,
        exception: BaseException | None = None,
    ) -> None:
        if exception is not None:
            message.fail()


@asynccontextmanager
async def working(
    house: House, *, concurrency: int, grace_s: float = GRACE_S, pauses: Pauses | None = None
) -> AsyncIterator[Jobs]:
    """Takes messages and speaks while the block runs; then lets running jobs finish, or hands them back."""
    loop = asyncio.get_running_loop()
    broker = Broker(house.redis_url, concurrency)
    jobs = Jobs(house.tools, house.redis, lambda work, delay_s: _enqueue_again(broker, work, delay_s), pauses)
    for queue in QUEUES:
        dramatiq.actor(broker=broker, actor_name=queue, queue_name=queue, throws=Dead)(_on_loop(loop, jobs.run, queue))
    worker = dramatiq.Worker(
        broker, worker_timeout=IDLE_MS, worker_threads=concurrency + OTHER_THREADS * (len(QUEUES) - 1)
    )
    worker.start()
    # What jobs have to say at their end is still said: the poster stops after them.
    async with posting(house.poster), watching(house.agenda), tending(house.tools):
        try:
            yield jobs
        finally:
            stopping = asyncio.create_task(asyncio.to_thread(worker.stop, STOP_MS))
            await asyncio.wait({stopping}, timeout=grace_s)
            if not stopping.done():
                jobs.hand_back()
            await stopping
            broker.client.close()


async def serve(settings: Settings, environ: Mapping[str, str], paces: Paces | None = None) -> None:
    """Works until SIGTERM or SIGINT. `paces` are Slack's own unless a rehearsal says otherwise."""
    logs.configure(settings.log_level)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    async with wired(settings, alertmanager=environ, calendars=environ, services=environ, paces=paces) as house:
        progress = ReportedProgress(house.tools.progress, Figures(house.redis), house.tools.now)
        house = replace(house, tools=replace(house.tools, progress=progress))
        async with working(house, concurrency=settings.concurrency):
            log.info("working", concurrency=settings.concurrency)
            await stop.wait()
            log.info("stopping")


def _on_loop(
    loop: asyncio.AbstractEventLoop, run: Callable[[Work], Coroutine[None, None, None]], queue: str
) -> Callable[[str, int, int], None]:
    def actor(body: str, tries: int, waits: int) -> None:
        taken = CurrentMessage.get_current_message()
        work = Work(queue, body, tries, waits, taken.message_id if taken else "")
        asyncio.run_coroutine_threadsafe(run(work), loop).result()

    return actor


async def _enqueue_again(broker: Broker, work: Work, delay_s: float) -> None:
    """Does not return before it has succeeded: until then the message at hand is the only trace of the work."""
    delay = int(delay_s * 1000) or None
    while True:
        try:
            await asyncio.to_thread(broker.enqueue, message(work), delay=delay)
            return
        except redis.RedisError as error:
            log.warning("not put back yet", queue=work.queue, why=str(error))
            await asyncio.sleep(REDIS_AWAY_PAUSE_S)


def main(arguments: Sequence[str]) -> int:
    """`mapstorm worker`; everything it needs to know is in the environment."""
    argparse.ArgumentParser(prog="mapstorm worker", description="Take captures from the queue.").parse_args(arguments)
    try:
        asyncio.run(serve(for_worker(os.environ), os.environ))
    except (SettingsError, RegistryError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0
