"""How fast mapstorm speaks, and how long it waits before it says something again. Figures, and where they are from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Paces:
    """Milliseconds between messages, after a burst: one a second and channel; chat.update is Tier 3, 50 a minute for
    the workspace; all posts together some 300 a minute (docs.slack.dev/apis/web-api/rate-limits).

    `all_kept` of the burst of all are for what changes an incident: in a storm its root does not wait for diagnoses.
    """

    channel_ms: int = 1_000
    channel_burst: int = 3
    edits_ms: int = 1_200
    edits_burst: int = 20
    all_ms: int = 200
    all_burst: int = 60
    all_kept: int = 40


@dataclass(frozen=True, slots=True)
class Delays:
    """Milliseconds. `lease` is longer than a usual look-up and a call; a dead worker's channel waits so long.

    `settle`: a message that Slack was given a moment ago may still be on its way into the history. `held`: until Slack
    is asked again whether a limit of the whole workspace is over.
    """

    lease: int = 15_000
    first: int = 1_000
    settle: int = 3_000
    longest: int = 60_000
    held: int = 3_600_000
