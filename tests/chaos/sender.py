"""Two Alertmanagers that tell a story over HTTP, with the real one's patience: only a 5xx or a broken connection is
tried again, at first soon, then every group_interval (tests/alerting/test_alertmanager_facts.py asks the real one).

Of each group one notification after the other; the groups all at once.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable
from random import Random

import httpx

from tests.alerting.stories import Delivery, Story

FIRST_S, GROWS, SPREAD = 0.5, 1.5, 0.5
GROUP_INTERVAL_S = 10.0  # Alertmanager's least
BROKEN = 0  # in place of a status


class Sender:
    """`answers` counts tries by status, `taken` notifications that were answered 200, `alerts` those in them."""

    def __init__(self, url: str, token: str, seed: int) -> None:
        self._url = f"{url}/webhooks/alertmanager"
        self._headers = {"authorization": f"Bearer {token}"}
        self._random = Random(seed)  # noqa: S311 - patience, no secret
        self.answers: Counter[int] = Counter()
        self.taken = 0
        self.alerts = 0
        self.refused: list[str] = []

    async def tell(self, told: Story, seconds: float) -> None:
        """All of it, evenly over so many seconds; longer if it is not answered."""
        apart = seconds / max(1, len(told.deliveries))
        groups: dict[str, list[tuple[float, Delivery]]] = {}
        for number, delivery in enumerate(told.deliveries):
            groups.setdefault(delivery.group, []).append((number * apart, delivery))
        start = asyncio.get_running_loop().time()
        async with (
            httpx.AsyncClient(trust_env=False, timeout=30, headers=self._headers) as client,
            asyncio.TaskGroup() as group,
        ):
            for deliveries in groups.values():
                group.create_task(self._tell(client, start, deliveries))

    async def _tell(
        self, client: httpx.AsyncClient, start: float, deliveries: Iterable[tuple[float, Delivery]]
    ) -> None:
        for due, delivery in deliveries:
            await asyncio.sleep(start + due - asyncio.get_running_loop().time())
            status = await self._deliver(client, delivery)
            if status == httpx.codes.OK:
                self.taken += 1
                self.alerts += len(delivery.payload["alerts"])
            else:
                self.refused.append(f"{status} {delivery.group}")

    async def _deliver(self, client: httpx.AsyncClient, delivery: Delivery) -> int:
        """The status that ended it."""
        loop = asyncio.get_running_loop()
        ends, wait = loop.time() + GROUP_INTERVAL_S, FIRST_S
        while True:
            status = await self._post(client, delivery)
            self.answers[status] += 1
            if status != BROKEN and status < httpx.codes.INTERNAL_SERVER_ERROR:
                return status
            pause = wait * self._random.uniform(1 - SPREAD, 1 + SPREAD)
            wait *= GROWS
            if loop.time() + pause > ends:
                pause, wait = ends - loop.time(), FIRST_S
                ends += GROUP_INTERVAL_S
            await asyncio.sleep(pause)

    async def _post(self, client: httpx.AsyncClient, delivery: Delivery) -> int:
        try:
            return (await client.post(self._url, json=delivery.payload)).status_code
        except httpx.TransportError:
            return BROKEN
