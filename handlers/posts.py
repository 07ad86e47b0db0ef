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
    posted and never when it is edited; `asker` is told directly where it cannot be posted.
    """

    conversation: str
    channel: str
    note: Note
    version: int
    urgency: Urgency = Urgency.STATE
    mention: tuple[str, ...] = ()
    asker: str = ""


class Reply(NamedTuple):
    """One message of the thread, said once for each `event`, however often it is put."""

    conversation: str
    event: str
    note: Note
    urgency: Urgency = Urgency.DIAGNOSIS
    broadcast: bool = False


Post = Root | Reply
