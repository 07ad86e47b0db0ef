"""One change of an incident, or of a handoff, and everything that follows from it: kept in one step, or not at all."""

from enum import StrEnum
from typing import NamedTuple

from handlers.handoff import Handoff
from handlers.incident import Incident
from handlers.posts import Post
from handlers.records import Request


class Reason(StrEnum):
    """Why an incident is looked at again by itself."""

    FOLLOW_UP = "follow_up"  # a minute after its first capture
    LIMIT = "limit"  # nine tenths of the memory limit are about to be used
    SNOOZE_OVER = "snooze_over"


class Wake(NamedTuple):
    """Look at an incident again at `at` (seconds since 1970). One for each incident and reason: the last one counts."""

    incident: str
    reason: Reason
    at: float


class Step(NamedTuple):
    """From `before` (None: it is new) to `after`. `read` is the token of the inbox item this answers."""

    before: Incident | None
    after: Incident
    posts: tuple[Post, ...] = ()
    requests: tuple[Request, ...] = ()
    wakes: tuple[Wake, ...] = ()
    read: str | None = None


class HandoffStep(NamedTuple):
    """From `before` (None: it is new) to `after`, and what is said of it."""

    before: Handoff | None
    after: Handoff
    posts: tuple[Post, ...] = ()
