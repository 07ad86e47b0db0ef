"""What Slack's error codes mean for another try. Knows codes, no client; what a code says to people is a template's.

Codes: docs.slack.dev/reference/methods/chat.postMessage and chat.update. Grafana OnCall's errors.py is a good
taxonomy of the same. A code in none of the tables is taken as final: Slack's new ones are about the request.
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

# The channel, the message or the token will not do, today or tomorrow.
FINAL = frozenset(
    {
        "account_inactive",
        "cant_update_message",
        "channel_not_found",
        "edit_window_closed",
        "ekm_access_denied",
        "invalid_auth",
        "is_archived",
        "is_inactive",
        "message_limit_exceeded",
        "message_not_found",
        "missing_scope",
        "msg_too_long",
        "no_permission",
        "no_text",
        "not_authed",
        "not_in_channel",
        "org_login_required",
        "restricted_action",
        "restricted_action_non_threadable_channel",
        "restricted_action_read_only_channel",
        "restricted_action_thread_locked",
        "restricted_action_thread_only_channel",
        "team_access_not_granted",
        "thread_not_found",
        "token_expired",
        "token_revoked",
    }
)


def meaning(code: str) -> OutageError:
    """The error to raise for Slack's `code`."""
    return OutageError("slack") if code in TRANSIENT else ChatRefused(code)
