"""A webhook receiver in the test's own process: remembers every delivery, answers as it is told.

Knows HTTP and nothing of mapstorm. It is also a target for Prometheus: `gauges` are what it measures at /metrics.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import cast

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.standin.serve import Server
from tests.alerting.payload import Payload

PATIENCE_S = 30.0
POLL_S = 0.02


@dataclass(frozen=True)
class Delivery:
    """One request. `at` is seconds of a clock that only goes forward; `raw` the body as it came."""

    path: str
    headers: dict[str, str]
    raw: bytes
    at: float

    @property
    def payload(self) -> Payload:
        return cast(Payload, json.loads(self.raw))

    @property
    def status(self) -> str:
        return self.payload["status"]


# The status to answer a delivery with; what it waits for before is the receiver's slowness.
Answer = Callable[[Delivery], Awaitable[int]]


@dataclass
class Receiver:
    """`seen` is every delivery in the order of coming, `answers` what a path is answered with, else 200 at once."""

    url: str = ""
    seen: list[Delivery] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)
    gauges: dict[str, float] = field(default_factory=dict)

    def at(self, path: str) -> list[Delivery]:
        """The deliveries to one path."""
        return [delivery for delivery in self.seen if delivery.path == path]

    async def take(self, request: Request) -> Response:
        at = time.monotonic()
        delivery = Delivery(request.url.path, dict(request.headers), await request.body(), at)
        self.seen.append(delivery)
        answer = self.answers.get(delivery.path)
        return Response(status_code=await answer(delivery) if answer else 200)

    async def measure(self, _: Request) -> Response:
        return PlainTextResponse("".join(f"{name} {value}\n" for name, value in self.gauges.items()))


@asynccontextmanager
async def receiver(port: int = 0) -> AsyncIterator[Receiver]:
    """One that listens on loopback while the block runs; 0 takes any port that is free."""
    running = Receiver()
    routes = [Route("/metrics", running.measure), Route("/{path:path}", running.take, methods=["POST"])]
    server = Server(Starlette(routes=routes), port, lambda: None)
    running.url = await server.start()
    try:
        yield running
    finally:
        await server.stop()


async def eventually(condition: Callable[[], bool | Awaitable[bool]], what: str, seconds: float = PATIENCE_S) -> None:
    """Waits for what other processes bring about. Raises TimeoutError with `what` did not come."""
    deadline = time.monotonic() + seconds
    while True:
        held = condition()
        if held if isinstance(held, bool) else await held:
            return
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds:.0f} s: {what}")
        await asyncio.sleep(POLL_S)
