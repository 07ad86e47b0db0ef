"""What Slack's error codes mean for another try, as a table. Knows codes, no client; what a code says to people is a
template's.

Codes: docs.slack.dev/reference/methods/chat.postMessage, chat.update, conversations.replies. Grafana OnCall's
errors.py is a good taxonomy of the same. A code in no table is permanent: it is about the channel, the message or
the token.
"""

from enum import Enum


class Fate(Enum):
    """What became of a call that did not end well."""

    UNSENT = "unsent"  # Slack surely has not stored it; later it may
    UNKNOWN = "unknown"  # Slack may have stored it
    HELD = "held"  # not today: another try within the hour would only add to it
    BLOCKS = "blocks"  # the blocks are refused, not the message
    GONE = "gone"  # the message or thread it is about was deleted
    PERMANENT = "permanent"


FATES = {
    # Slack's own trouble, or too much at once.
    "accesslimited": Fate.UNSENT,
    "ratelimited": Fate.UNSENT,
    "rate_limited": Fate.UNSENT,
    "service_unavailable": Fate.UNSENT,
    "team_added_to_org": Fate.UNSENT,
    "external_channel_migrating": Fate.UNSENT,
    # Answers after which the message was seen to be there nevertheless.
    "fatal_error": Fate.UNKNOWN,
    "internal_error": Fate.UNKNOWN,
    "request_timeout": Fate.UNKNOWN,
    # HTTP 200 and no Retry-After (grafana/oncall#5204).
    "message_limit_exceeded": Fate.HELD,
    "invalid_blocks": Fate.BLOCKS,
    "invalid_blocks_format": Fate.BLOCKS,
    "msg_blocks_too_long": Fate.BLOCKS,
    "message_not_found": Fate.GONE,
    "thread_not_found": Fate.GONE,
}
TRANSIENT = frozenset(code for code, fate in FATES.items() if fate in (Fate.UNSENT, Fate.UNKNOWN))


class SlackRefused(Exception):
    """`code` is Slack's word, or `http_<status>`, `timeout`, `connection`, or `no_time_left` where Slack was not asked;
    `wait_s` what its Retry-After asks for."""

    def __init__(self, code: str, fate: Fate, wait_s: float | None = None) -> None:
        super().__init__(f"{code} ({fate.value})")
        self.code = code
        self.fate = fate
        self.wait_s = wait_s


def meaning(code: str) -> Fate:
    """What Slack's `code` means for another try."""
    return FATES.get(code, Fate.PERMANENT)
