"""What a workspace holds: channels, people, messages, modals, files, and what was sent to the bot.

Plain data that the rooms change through `Workspace`. No rules, no clock, no HTTP.
"""

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass
class Channel:
    id: str
    name: str
    topic: str = ""
    members: set[str] = field(default_factory=set)
    is_private: bool = False
    is_archived: bool = False
    is_im: bool = False

    @property
    def kind(self) -> str:
        """As conversations.list names it."""
        if self.is_im:
            return "im"
        return "private_channel" if self.is_private else "public_channel"


@dataclass
class User:
    id: str
    name: str
    real_name: str = ""
    email: str = ""
    title: str = ""
    is_bot: bool = False
    deleted: bool = False
    is_restricted: bool = False  # a guest
    is_ultra_restricted: bool = False  # a guest in one channel; such a one is_restricted too
    team_id: str = ""  # of somebody from another workspace (Slack Connect); empty: this one


@dataclass
class Usergroup:
    id: str
    handle: str
    name: str
    users: list[str] = field(default_factory=list)


@dataclass
class Content:
    """What a message says; an edit replaces it whole, as Slack does."""

    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    metadata: Json | None = None


@dataclass
class Message:
    ts: str
    channel: str
    user: str
    content: Content
    thread_ts: str | None = None
    broadcast: bool = False
    edited_at: str | None = None
    history: list[Content] = field(default_factory=list)
    reactions: dict[str, list[str]] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    deleted: bool = False


@dataclass
class Ephemeral:
    """Seen by one person only; no API method can read, edit or delete it, only its response_url can."""

    ts: str
    channel: str
    user: str
    author: str
    content: Content
    thread_ts: str | None = None


@dataclass
class Modal:
    id: str
    user: str
    view: Json
    hash: str
    root: str
    previous: str | None = None
    errors: dict[str, str] = field(default_factory=dict)


@dataclass
class File:
    id: str
    name: str
    length: int
    title: str = ""
    alt_text: str = ""
    mimetype: str = "application/octet-stream"
    data: bytes | None = None
    shared_in: list[str] = field(default_factory=list)


@dataclass
class Delivery:
    """One thing the stand-in sent to the bot, and how the bot took it."""

    id: str
    kind: str
    about: str
    via: str
    sent_at: float
    attempt: int = 1
    ack_seconds: float | None = None
    outcome: str = "pending"
