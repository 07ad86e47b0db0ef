"""Carries to the bot what people do, times its acknowledgement and repeats events that got none.

Knows the 3 seconds and the retries of events; not how bytes travel (`transport.py`) or look (`payloads.py`).
"""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from bot.standin.faults import Faults
from bot.standin.records import Delivery, Json
from bot.standin.transport import EVENT, Transport, Unreachable
from bot.standin.trouble import Trouble
from bot.standin.workspace import Workspace

ACK_SECONDS = 3.0
# Slack repeats an event at once, after a minute and after five: docs.slack.dev/apis/events-api
RETRY_AFTER = (0.0, 60.0, 300.0)


@dataclass(frozen=True)
class Outcome:
    delivery: Delivery
    body: Any = None
    no_retry: bool = False

    @property
    def acknowledged(self) -> bool:
        return self.delivery.outcome == "acknowledged"


@dataclass
class Courier:
    ws: Workspace
    transport: Transport
    faults: Faults
    trouble: Trouble
    _running: set[asyncio.Task[Any]] = field(default_factory=set)

    async def deliver(self, kind: str, about: str, payload: Json) -> Outcome:
        """Send it, as often and as late as the faults say; the first copy's fate is the answer."""
        first, *others = self.trouble.route(kind) + [0.0] * (self.faults.copies(kind) - 1)
        at_once = [self._once(kind, about, payload) for late in others if not late]
        for late in others:
            if late:
                self._in_background(self._later(late, kind, about, payload))
        outcome, *_ = await asyncio.gather(self._later(first, kind, about, payload), *at_once)
        return outcome

    async def event(self, about: str, payload: Json) -> Outcome:
        first = await self.deliver(EVENT, about, payload)
        if not first.acknowledged and not first.no_retry:
            self._in_background(self._repeat(about, payload, first))
        return first

    async def close(self) -> None:
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        await self.transport.close()

    async def _repeat(self, about: str, payload: Json, last: Outcome) -> None:
        for attempt, seconds in enumerate(RETRY_AFTER, start=1):
            if seconds:
                await self.ws.clock.sleep(seconds)
            reason = "http_timeout" if last.delivery.outcome == "operation_timeout" else "http_error"
            last = await self._once(EVENT, about, payload, attempt, reason)
            if last.acknowledged or last.no_retry:
                return

    async def _later(self, seconds: float, kind: str, about: str, payload: Json) -> Outcome:
        if seconds:
            await self.ws.clock.sleep(seconds)
        return await self._once(kind, about, payload)

    async def _once(self, kind: str, about: str, payload: Json, retry: int = 0, reason: str = "") -> Outcome:
        clock = self.ws.clock
        delivery = Delivery(self.ws.new_id("L"), kind, about, self.transport.via, clock.now(), attempt=retry + 1)
        self.ws.deliveries.append(delivery)
        answer = asyncio.create_task(self.transport.send(kind, payload, retry, reason))
        limit = asyncio.create_task(clock.sleep(ACK_SECONDS))
        try:
            await asyncio.wait({answer, limit}, return_when=asyncio.FIRST_COMPLETED)
            outcome = self._judge(delivery, answer)
        finally:
            # Slack hangs up after three seconds; the bot's work may go on.
            answer.cancel()
            limit.cancel()
        self.ws.changes.mark()
        return outcome

    def _judge(self, delivery: Delivery, answer: asyncio.Task[Any]) -> Outcome:
        if not answer.done():
            delivery.outcome = "operation_timeout"
            return Outcome(delivery)
        delivery.ack_seconds = self.ws.clock.now() - delivery.sent_at
        failure = answer.exception()
        if failure is None:
            delivery.outcome = "acknowledged"
            return Outcome(delivery, answer.result())
        delivery.outcome = "dispatch_failed"
        return Outcome(delivery, no_retry=isinstance(failure, Unreachable) and failure.no_retry)

    def _in_background(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
