"""Slack's speed limits: one message a second and channel with small bursts, and tiers for the rest.

Knows counts and seconds; `api.py` turns a wait into HTTP 429 with Retry-After.
"""

import math
from dataclasses import dataclass, field

from bot.standin.clock import Clock


@dataclass(frozen=True)
class Allowance:
    per_second: float
    burst: int


# docs.slack.dev/apis/web-api/rate-limits: tiers are "20+", "50+", "100+" a minute, bursts tolerated.
TIER_2 = Allowance(20 / 60, 20)
TIER_3 = Allowance(50 / 60, 50)
TIER_4 = Allowance(100 / 60, 100)
TIERS = {
    "chat.update": TIER_3,
    "chat.delete": TIER_3,
    "chat.postEphemeral": TIER_4,
    "conversations.list": TIER_2,
    "conversations.info": TIER_3,
    "conversations.open": TIER_3,
    "conversations.replies": TIER_3,
    "conversations.history": TIER_3,
    "files.getUploadURLExternal": TIER_4,
    "files.completeUploadExternal": TIER_4,
    "reactions.add": TIER_3,
    "usergroups.list": TIER_2,
    "usergroups.users.list": TIER_2,
    "users.info": TIER_4,
    "users.list": TIER_2,
    "users.lookupByEmail": TIER_3,
    "views.open": TIER_4,
    "views.push": TIER_4,
    "views.update": TIER_4,
    "views.publish": TIER_4,
}


@dataclass(frozen=True)
class Pace:
    """What a workspace allows. `messages` holds for each channel; None anywhere means no limit."""

    messages: Allowance | None = Allowance(1.0, 4)
    tiers: bool = True

    def allowance(self, method: str) -> Allowance | None:
        if method == "chat.postMessage":
            return self.messages
        return TIERS.get(method) if self.tiers else None


UNLIMITED = Pace(None, False)


@dataclass
class Rates:
    clock: Clock
    pace: Pace
    _buckets: dict[tuple[str, str], tuple[float, float]] = field(default_factory=dict)

    def take(self, method: str, channel: str = "") -> int:
        """0 if the call may go on, else the whole seconds to wait."""
        allowance = self.pace.allowance(method)
        if allowance is None:
            return 0
        key = (method, channel if method == "chat.postMessage" else "")
        now = self.clock.now()
        level, at = self._buckets.get(key, (float(allowance.burst), now))
        level = min(float(allowance.burst), level + (now - at) * allowance.per_second)
        if level >= 1 - 1e-9:
            self._buckets[key] = (level - 1, now)
            return 0
        self._buckets[key] = (level, now)
        return max(1, math.ceil((1 - level) / allowance.per_second))
