"""What Slack's error codes mean for another try. Knows codes, no client; what a code says to people is a template's.

Codes: docs.slack.dev/reference/methods/chat.postMessage and chat.update. Grafana OnCall's errors.py is a good
taxonomy of the same. A code in neither table is final: it is about the channel, the message or the token.
"""

from handlers.errors import ChatRefused, OutageError

# Slack's own trouble, or too much at once. The same request may well do later.
TRANSIENT = frozenset(
    {
        "accesslimited",
        "fatal_error",
        "internal_error",
        "ratelimited",
        "rate_limited",
        "request_timeout",
        "service_unavailable",
        "team_added_to_org",
        "external_channel_migrating",
    }
)

# The blocks, not the message: the text alone will do.
BLOCKS = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"})


def meaning(code: str) -> OutageError:
    """The error to raise for Slack's `code`."""
    return OutageError("slack") if code in TRANSIENT else ChatRefused(code)
