"""The street before the doors: senders with and without their secrets, and a fake of what is behind."""

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import httpx
from starlette.applications import Starlette

from bot.webhooks.door import Answer, Behind
from bot.webhooks.routes import routes
from bot.webhooks.secrets import Authorization, Signing, Webhook, Webhooks
from handlers.alert import Notification, Origin

NOW = 1_795_375_567.25
TOKEN = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"  # noqa: S105
SIGNATURE = "x-grafana-alerting-signature"
TIMESTAMP = "x-grafana-alerting-time"
BEARER = Webhook(Authorization.bearer(TOKEN))
BASIC = Webhook(Authorization.basic("prometheus", TOKEN))
HMAC = Webhook(None, Signing(TOKEN.encode(), SIGNATURE.encode(), None))
TIMED = Webhook(None, Signing(TOKEN.encode(), SIGNATURE.encode(), TIMESTAMP.encode()))
BOTH = Webhook(Authorization.bearer(TOKEN), Signing(TOKEN.encode(), SIGNATURE.encode(), None))


@dataclass
class Inside:
    """Keeps what was taken, of which `unmatched` mean no service. `trouble` is raised instead; while `gate` is unset,
    taking waits."""

    taken: list[Notification] = field(default_factory=list)
    trouble: Exception | None = None
    gate: asyncio.Event | None = None
    arrived: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))
    crowded: bool = False
    unmatched: int = 0
    answers: list[tuple[Origin, Answer]] = field(default_factory=list)

    async def take(self, said: Notification) -> int:
        if self.gate:
            self.arrived.release()
            await self.gate.wait()
        if self.trouble:
            raise self.trouble
        self.taken.append(said)
        return self.unmatched

    async def arrivals(self, number: int) -> None:
        """Waits until so many more wait at the gate."""
        for _ in range(number):
            await self.arrived.acquire()

    async def full(self) -> bool:
        return self.crowded

    def count(self, origin: Origin, answer: Answer, seconds: float) -> None:
        self.answers.append((origin, answer))

    @property
    def behind(self) -> Behind:
        return Behind(self.take, self.full, self.count, lambda: NOW)


@asynccontextmanager
async def street(inside: Inside, webhooks: Webhooks, **changes: float) -> AsyncIterator[httpx.AsyncClient]:
    """All doors, with deadlines changed as said."""
    app = Starlette(routes=routes(lambda: webhooks, replace(inside.behind, **changes)))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://mapstorm.test") as client:
        yield client


def bearer(token: str = TOKEN) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def signature(body: bytes, *, at: float | None = None, key: str = TOKEN) -> dict[str, str]:
    """Grafana's, with the time as well where `at` says so."""
    if at is None:
        return {SIGNATURE: hmac.new(key.encode(), body, hashlib.sha256).hexdigest()}
    timed = b"%d:%s" % (at, body)
    return {SIGNATURE: hmac.new(key.encode(), timed, hashlib.sha256).hexdigest(), TIMESTAMP: str(int(at))}
