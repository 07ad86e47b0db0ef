"""What waits in the outbox, to JSON and back. A message is rendered when it is put: its words do not change later.

Knows one entry; not where it is kept, nor Slack.
"""

from typing import Any, NamedTuple

import orjson

from bot.captioned import Captioned
from bot.render import Message

ROOT = "root:"


class Entry(NamedTuple):
    """One root as it stands, or one reply. `id` is the event it tells of and goes into the message's metadata.

    With a `file` it is that text, to be uploaded into the thread, and has no message. A message with a picture and
    without blocks is that picture, uploaded as well. `sought` is a post's (handlers/posts.py).
    """

    id: str
    conversation: str
    message: Message
    event_type: str
    mention: tuple[str, ...] = ()
    asker: str = ""
    broadcast: bool = False
    file: str = ""
    sought: float = 0.0

    @property
    def is_root(self) -> bool:
        """Whether it opens its conversation."""
        return self.id.startswith(ROOT)

    @property
    def is_upload(self) -> bool:
        """Whether it goes into the thread as a file."""
        return bool(self.file or (self.message.picture and not self.message.blocks))

    @property
    def uploaded(self) -> "Entry":
        """The same as a picture alone: for a workspace that takes no charts."""
        return self._replace(message=self.message._replace(blocks=[]))

    @property
    def in_words(self) -> "Entry":
        """The same as nothing but its text: for a workspace that takes no picture at all."""
        return self._replace(message=Message(self.message.text, []))


class Claim(NamedTuple):
    """One entry that is this worker's to deliver, and what is known of its conversation.

    `lease` is until when (ms, by Redis' clock); after it the lane may be another's. `to` is where the root goes,
    `channel` and `ts` where it is (empty before), `version` the root's. `attempted` is when (ms) the entry was first
    given to Slack without its answer having been noted, 0 if never.
    """

    lane: str
    lease: str
    entry: Entry
    attempted: int
    version: int
    to: str
    channel: str
    ts: str
    lost: str


class Lost(NamedTuple):
    """What Slack will never take: `channel` as the registry names it, `code` Slack's word for why, `asker` who is to be
    told, `unseen` whether it would have been the first message of its thread."""

    id: str
    channel: str
    code: str
    asker: str
    unseen: bool = False


def encode(entry: Entry) -> bytes:
    """As JSON; Lua reads `conversation` from it."""
    return orjson.dumps(
        {
            "id": entry.id,
            "conversation": entry.conversation,
            "text": entry.message.text,
            "blocks": entry.message.blocks,
            "event_type": entry.event_type,
            "mention": entry.mention,
            "asker": entry.asker,
            "broadcast": entry.broadcast,
            "file": entry.file,
            "sought": entry.sought,
            "picture": entry.message.picture._asdict() if entry.message.picture else None,
        }
    )


def decode(data: bytes | str) -> Entry:
    """Raises ValueError, KeyError, TypeError."""
    given: dict[str, Any] = orjson.loads(data)
    picture = given.get("picture")  # entries of earlier releases have none
    return Entry(
        given["id"],
        given["conversation"],
        Message(given["text"], given["blocks"], picture=Captioned(**picture) if picture else None),
        given["event_type"],
        tuple(given["mention"]),
        given["asker"],
        given["broadcast"],
        given.get("file", ""),  # entries of the release before have neither
        given.get("sought", 0.0),
    )
