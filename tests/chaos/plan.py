"""How large a chaos run is, and what is told in it. Knows no process."""

import time
from dataclasses import dataclass

from tests.alerting.stories import Story, story

PODS = tuple(f"pod-{number}" for number in range(4))
MOST_SERVICES = 40
ALERTS_OF_A_CHANGE = 2.8  # about; a few more are told than asked for, never fewer
CHANGE_S = 20.0  # no change of a story takes longer


@dataclass(frozen=True)
class Plan:
    """`minutes` is how long the trouble lasts, `workers` how many there are of them. `to_the_end`: also what becomes
    due by itself, a minute later, is waited for."""

    alerts: int = 10_000
    incidents: int = 200
    seed: int = 1
    minutes: float = 10.0
    workers: int = 3
    to_the_end: bool = True

    @property
    def services(self) -> tuple[str, ...]:
        """Each with a channel of its own, so that none is a bottleneck."""
        return tuple(f"svc-{number:02}" for number in range(min(MOST_SERVICES, self.incidents)))

    def story(self) -> Story:
        """At least so many alerts, of exactly so many groups; all of it is in the past when it is told."""
        changes = max(1, round(self.alerts / self.incidents / ALERTS_OF_A_CHANGE))
        while (told := self._story(changes)).alerts < self.alerts:
            changes += 1 + changes // 20
        return told

    def _story(self, changes: int) -> Story:
        start = time.time() - CHANGE_S * (changes + 10)
        return story(self.seed, self.incidents, start=start, changes=changes, services=self.services, instances=PODS)


def channel_of(service: str) -> str:
    """The id of its channel."""
    return f"C0{service.upper().replace('-', '')}"
