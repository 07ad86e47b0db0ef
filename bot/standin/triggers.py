"""Short-lived tickets Slack hands out: trigger_ids (3 s, once) and response_urls (30 min, 5 uses).

Knows their age and use; what is done with them happens in `methods/views.py` and `responses.py`.
"""

import secrets
from dataclasses import dataclass, field

from bot.standin.clock import Clock
from bot.standin.errors import Refusal

TRIGGER_SECONDS = 3.0
RESPONSE_SECONDS = 30 * 60.0
RESPONSE_USES = 5


@dataclass
class Trigger:
    user: str
    expires: float
    view: str | None = None
    used: bool = False


@dataclass
class ResponseUrl:
    """`original` is the ts of the message or ephemeral that `replace_original` means."""

    channel: str
    user: str
    expires: float
    thread_ts: str | None = None
    original: str | None = None
    uses: int = 0


@dataclass
class Tickets:
    clock: Clock
    triggers: dict[str, Trigger] = field(default_factory=dict)
    responses: dict[str, ResponseUrl] = field(default_factory=dict)

    def trigger(self, user: str, view: str | None = None) -> str:
        trigger_id = f"{secrets.randbelow(10**13)}.{secrets.randbelow(10**11)}.{secrets.token_hex(16)}"
        self.triggers[trigger_id] = Trigger(user, self.clock.now() + TRIGGER_SECONDS, view)
        return trigger_id

    def spend_trigger(self, trigger_id: str) -> Trigger:
        found = self.triggers.get(trigger_id)
        if found is None:
            raise Refusal("invalid_trigger_id")
        if found.used:
            raise Refusal("exchanged_trigger_id")
        if self.clock.now() > found.expires:
            raise Refusal("expired_trigger_id")
        found.used = True
        return found

    def response(self, channel: str, user: str, thread_ts: str | None = None, original: str | None = None) -> str:
        key = secrets.token_urlsafe(18)
        expires = self.clock.now() + RESPONSE_SECONDS
        self.responses[key] = ResponseUrl(channel, user, expires, thread_ts, original)
        return key

    def spend_response(self, key: str) -> ResponseUrl:
        found = self.responses.get(key)
        if found is None:
            raise Refusal("invalid_url", status=404)
        if self.clock.now() > found.expires:
            raise Refusal("expired_url", status=404)
        if found.uses >= RESPONSE_USES:
            raise Refusal("used_url", status=404)
        found.uses += 1
        return found
