"""What Prometheus is told. The web process counts its own acknowledgements; captures are counted in Redis by the
workers, which serve no port, and told by whichever web process is asked. Knows names of metrics and nothing of notes.
"""

from collections.abc import Callable, Iterator
from itertools import accumulate

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from redis import RedisError
from redis.asyncio import Redis

from analyzers.finding import Diagnosis
from bot.queue import RedisQueue
from bot.redis_client import key, redis_errors, text
from handlers.errors import OutageError
from handlers.ports import Progress
from handlers.records import Capture, Outcome, Request

ACK_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0)
WEBHOOK_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
CAPTURE_BUCKETS_S = (1, 2, 5, 10, 15, 20, 30, 60, 120, 300)

log = structlog.get_logger()


class Figures:
    """Counts of captures, in a hash that all workers add to."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def captured(self, outcome: str, seconds: float) -> None:
        """Adds one capture. A count that is lost while Redis is away is no reason to fail a capture."""
        bucket = next((str(edge) for edge in CAPTURE_BUCKETS_S if seconds <= edge), "+Inf")
        try:
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.hincrby(key("captures"), outcome, 1)
                pipe.hincrby(key("capture-seconds"), bucket, 1)
                pipe.hincrbyfloat(key("capture-seconds"), "sum", seconds)
                await pipe.execute()
        except (RedisError, OSError):
            log.warning("capture not counted", outcome=outcome)

    async def families(self) -> list[Metric]:
        """Raises OutageError."""
        with redis_errors():
            outcomes = await self._redis.hgetall(key("captures"))
            seconds = await self._redis.hgetall(key("capture-seconds"))
        captures = CounterMetricFamily("mapstorm_captures", "Captures by how they ended.", labels=["outcome"])
        for outcome, count in outcomes.items():
            captures.add_metric([text(outcome)], float(count))
        filled = {text(name): float(value) for name, value in seconds.items()}
        edges = [*(str(edge) for edge in CAPTURE_BUCKETS_S), "+Inf"]
        heights = accumulate(filled.get(edge, 0.0) for edge in edges)
        lasted = HistogramMetricFamily("mapstorm_capture_seconds", "From the request to the answer in the thread.")
        lasted.add_metric([], list(zip(edges, heights, strict=True)), filled.get("sum", 0.0))
        return [captures, lasted]


class ReportedProgress:
    """The port Progress, which also writes the one log line of a capture and counts it."""

    def __init__(self, progress: Progress, figures: Figures, now: Callable[[], float]) -> None:
        self._progress = progress
        self._figures = figures
        self._now = now

    async def outcomes(self, request: Request) -> tuple[Outcome, ...]:
        return await self._progress.outcomes(request)

    async def has_ended(self, capture: Capture) -> bool:
        return await self._progress.has_ended(capture)

    async def diagnosis(self, capture: Capture) -> Diagnosis | None:
        return await self._progress.diagnosis(capture)

    async def diagnosed(self, capture: Capture, diagnosis: Diagnosis) -> None:
        await self._progress.diagnosed(capture, diagnosis)

    async def ended(self, capture: Capture, outcome: Outcome) -> None:
        repeated = await self._progress.has_ended(capture)
        await self._progress.ended(capture, outcome)
        if not repeated:
            await self._report(capture, outcome)

    async def _report(self, capture: Capture, outcome: Outcome) -> None:
        seconds = self._now() - capture.request.requested_at
        log.info(
            "capture",
            id=capture.id,
            service=capture.request.service,
            instance=capture.instance,
            verdict=outcome.verdict,
            failed=outcome.failed,
            seconds=round(seconds, 3),
        )
        await self._figures.captured(outcome.verdict or outcome.failed or "", seconds)


class Metrics:
    """What one web process counts, and the page that shows it with what Redis knows."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._commands = Counter(
            "mapstorm_commands", "Commands by name and answer.", ["command", "answer"], registry=self._registry
        )
        self.acknowledged = Histogram(
            "mapstorm_ack_seconds",
            "From Slack's request to its acknowledgement.",
            buckets=ACK_BUCKETS_S,
            registry=self._registry,
        )

        self._webhooks = Counter(
            "mapstorm_webhooks", "Webhooks by origin and answer.", ["origin", "answer"], registry=self._registry
        )
        self._webhook_seconds = Histogram(
            "mapstorm_webhook_seconds",
            "From an alert's webhook to its answer, whatever it was.",
            buckets=WEBHOOK_BUCKETS_S,
            registry=self._registry,
        )

    def count(self, command: str, answer: str) -> None:
        """One command was answered."""
        self._commands.labels(command, answer).inc()

    def webhook(self, origin: str, answer: str, seconds: float) -> None:
        """One webhook was answered."""
        self._webhooks.labels(origin, answer).inc()
        self._webhook_seconds.observe(seconds)

    async def page(self, figures: Figures, queue: RedisQueue) -> bytes:
        """The whole exposition. Without Redis it says so and shows what this process knows by itself."""
        up = GaugeMetricFamily("mapstorm_redis_up", "Whether Redis answered this scrape.")
        waiting = GaugeMetricFamily("mapstorm_queue_depth", "Messages not yet answered.", labels=["queue"])
        shown: list[Metric] = [up, waiting]
        try:
            for name, depth in (await queue.depth()).items():
                waiting.add_metric([name], depth)
            shown += await figures.families()
            up.add_metric([], 1)
        except OutageError:
            up.add_metric([], 0)
        shared = CollectorRegistry()
        shared.register(_Shown(shown))
        return generate_latest(self._registry) + generate_latest(shared)


class _Shown(Collector):
    def __init__(self, families: list[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterator[Metric]:
        yield from self._families
