"""What is to be said in Slack, and how urgently. Who says it, and when, is the outbox's.

A conversation is a root message and its thread, known by a name that stands before Slack has given it a ts: the id of
an incident, or of a request.
"""

from enum import IntEnum
from typing import NamedTuple

from handlers.notes import Note


class Urgency(IntEnum):
    """What goes first when a channel has more to say than a message a second."""

    STATE = 0  # roots, and what changed an incident
    DIAGNOSIS = 1
    PROGRESS = 2


class Root(NamedTuple):
    """The root message of a conversation as it shall stand: posted if it is not there, edited if it is.

    Of two the one with the higher `version` stands. `mention` are ids of users and user groups, mentioned when it is
    posted and never when it is edited; `asker` is told directly where it cannot be posted. With `sought` (seconds since
    1970) it is looked for among what was said since then before it is posted: for what is decided by the clock alone,
    and is decided again if Redis loses its last second.
    """

    conversation: str
    channel: str
    note: Note
    version: int
    urgency: Urgency = Urgency.STATE
    mention: tuple[str, ...] = ()
    asker: str = ""
    sought: float = 0.0


class Reply(NamedTuple):
    """One message of the thread, said once for each `event`, however often it is put. In a thread that is older than
    `sought` it is looked for before."""

    conversation: str
    event: str
    note: Note
    urgency: Urgency = Urgency.DIAGNOSIS
    broadcast: bool = False
    sought: float = 0.0


Post = Root | Reply
