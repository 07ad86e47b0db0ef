"""Where one test of the whole chain takes place: a service with its channel, and the gate that its alerts go through.

Knows what passed and what was said; not who said it, nor what should be said.
"""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import httpx

from bot.standin.app import Standin
from bot.standin.records import Message
from tests.alerting.payload import Payload
from tests.alerting.receiver import Delivery, eventually

HOOK = "/webhooks/alertmanager"
ALERT = "HeapGrows"


class Passed(NamedTuple):
    """A notification that went through the gate. `answered_at` is when mapstorm had answered, seconds since 1970;
    502 stands for no answer."""

    payload: Payload
    came_at: float
    answered_at: float
    status: int

    @property
    def service(self) -> str:
        return self.payload["groupLabels"]["service"]


@dataclass
class Gate:
    """Where Alertmanager sends to: passes on to `target`. `held` keeps back the answers to a service's alerts."""

    client: httpx.AsyncClient
    target: str = ""
    passed: list[Passed] = field(default_factory=list)
    held: dict[str, Callable[[], Awaitable[None]]] = field(default_factory=dict)

    async def let_through(self, delivery: Delivery) -> int:
        came_at = time.time()
        status = await self._status(delivery)
        passed = Passed(delivery.payload, came_at, time.time(), status)
        self.passed.append(passed)
        if hold := self.held.get(passed.service):
            await hold()
        return status

    async def _status(self, delivery: Delivery) -> int:
        headers = {name: delivery.headers[name] for name in ("authorization", "content-type")}
        try:
            return (await self.client.post(self.target + HOOK, content=delivery.raw, headers=headers)).status_code
        except httpx.TransportError:
            return 502


@dataclass
class Place:
    """One service with two instances, and what is said in its channel."""

    name: str
    slack: Standin
    gate: Gate

    @property
    def channel(self) -> str:
        return channel(self.name)

    def labels(self, instance: int = 0, alert: str = ALERT) -> dict[str, str]:
        """Those of an alert about one of the instances."""
        return {"alertname": alert, "service": self.name, "instance": f"{self.name}-{instance}"}

    def heard(self, status: str = "") -> list[Passed]:
        """What came for it and was answered, of one status if it is given."""
        mine = (each for each in self.gate.passed if each.service == self.name)
        return [each for each in mine if status in ("", each.payload["status"])]

    def said(self) -> list[Message]:
        ours = self.slack.ws.app.user_id
        return [each for each in self.slack.ws.messages[self.channel] if each.user == ours and not each.deleted]

    def roots(self) -> list[Message]:
        return [each for each in self.said() if not each.thread_ts]

    @property
    def root(self) -> str:
        """How the only root stands."""
        (root,) = self.roots()
        return root.content.text

    def replies(self, kind: str = "") -> list[str]:
        """The texts of the thread, of one kind of note if it is given."""
        found = (each for each in self.said() if each.thread_ts)
        return [each.content.text for each in found if kind in ("", kind_of(each))]

    async def opened(self) -> Message:
        """The root, once it is there."""
        await eventually(lambda: bool(self.roots()), "a root message")
        return self.roots()[0]

    async def diagnosed(self, captures: int = 2) -> None:
        """Waits until so many captures are told."""
        await eventually(lambda: len(self.replies("summary")) >= captures, f"{captures} diagnoses")

    async def stands(self, words: str) -> None:
        """Waits until the root says so."""
        await eventually(lambda: bool(self.roots()) and words in self.root, f"the root says {words}")

    async def told(self, words: str, times: int = 1) -> None:
        """Waits until the thread has it."""
        await eventually(lambda: sum(words in text for text in self.replies()) >= times, f"the thread says {words}")


def kind_of(message: Message) -> str:
    """The note that a message tells, by its metadata."""
    return str((message.content.metadata or {}).get("event_type", "")).removeprefix("mapstorm_")


def channel(name: str) -> str:
    """The id of a service's channel."""
    return f"C0{name.upper().replace('-', '')}"
