"""Notifications posted to a webhook, at a pace or as fast as they are answered. Knows no mapstorm."""

import asyncio
import itertools
import statistics
import time
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import aiohttp

AT_ONCE = 16


class Answers(NamedTuple):
    """Seconds of each answer, and of all of it."""

    each: list[float]
    seconds: float

    @property
    def a_second(self) -> float:
        return len(self.each) / self.seconds

    def quantile(self, share: float) -> float:
        """Seconds in which that share was answered."""
        return quantile(self.each, share)


def quantile(values: Iterable[float], share: float) -> float:
    return statistics.quantiles(values, n=1000, method="inclusive")[round(share * 1000) - 1]


class Load:
    """`refused` counts what was not answered 200, whose seconds count as well: a busy disk makes Redis slow."""

    def __init__(self, client: aiohttp.ClientSession, url: str, bodies: Sequence[bytes]) -> None:
        self._client = client
        self._url = f"{url}/webhooks/alertmanager"
        self._bodies = itertools.cycle(bodies)
        self.refused = 0

    async def paced(self, a_second: float, seconds: float) -> Answers:
        """Each at its moment, whether those before it are answered or not."""
        count, start = round(a_second * seconds), time.perf_counter()

        async def at(moment: float) -> float:
            await asyncio.sleep(moment - time.perf_counter())
            return await self._post()

        each = await asyncio.gather(*(at(start + number / a_second) for number in range(count)))
        return Answers(each, time.perf_counter() - start)

    async def flat_out(self, seconds: float) -> Answers:
        """So many senders, each with its next one as soon as it is answered."""
        start = time.perf_counter()

        async def sender() -> list[float]:
            found = []
            while time.perf_counter() - start < seconds:
                found.append(await self._post())
            return found

        each = itertools.chain(*await asyncio.gather(*(sender() for _ in range(AT_ONCE))))
        return Answers(list(each), time.perf_counter() - start)

    async def _post(self) -> float:
        began = time.perf_counter()
        async with self._client.post(self._url, data=next(self._bodies)) as answer:
            await answer.read()
            self.refused += answer.status != 200
        return time.perf_counter() - began
