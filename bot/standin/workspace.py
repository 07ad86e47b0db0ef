"""The state of the workspace, in memory, and the few ways it changes. Mints ids and timestamps.

Knows who may see and change a message; not HTTP, not Block Kit, not the bot's address.
"""

import itertools
from collections.abc import Iterator
from dataclasses import replace

from bot.standin.changes import Changes
from bot.standin.clock import Clock, SystemClock
from bot.standin.errors import Refusal
from bot.standin.records import Channel, Content, Delivery, Ephemeral, File, Message, Modal, User
from bot.standin.seed import Seed, default_seed


class Workspace:
    def __init__(self, seed: Seed | None = None, clock: Clock | None = None) -> None:
        self.seed = seed or default_seed()
        self.app = self.seed.app
        # Where it is served, known once a port is taken; links into the workspace begin with it.
        self.address = ""
        self.clock = clock or SystemClock()
        self.changes = Changes()
        # Copies: two workspaces made from one seed must not share members.
        self.channels = {c.id: replace(c, members=set(c.members)) for c in self.seed.channels}
        self.users = {user.id: user for user in self.seed.users}
        self.usergroups = {group.id: group for group in self.seed.usergroups}
        self.messages: dict[str, list[Message]] = {channel: [] for channel in self.channels}
        self.ephemerals: list[Ephemeral] = []
        self.modals: list[Modal] = []
        self.homes: dict[str, Modal] = {}
        self.files: dict[str, File] = {}
        self.deliveries: list[Delivery] = []
        # The same messages by channel and ts, and the replies by their parent's: a long chaos run reads them often.
        self._known: dict[tuple[str, str], Message] = {}
        self._threads: dict[tuple[str, str], list[Message]] = {}
        self._numbers = itertools.count(1)
        self._last_ts = 0

    def new_ts(self) -> str:
        """Strictly increasing, even when many are asked for in one microsecond or the clock stands still."""
        self._last_ts = max(self._last_ts + 1, int(self.clock.now() * 1_000_000))
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def new_id(self, prefix: str) -> str:
        return f"{prefix}{next(self._numbers):08d}"

    # -- who and where

    def channel(self, reference: str) -> Channel:
        """By id, or by name with or without `#`."""
        found = self.channels.get(reference)
        if found is None:
            name = reference.removeprefix("#").lower()
            found = next((c for c in self.channels.values() if c.name == name and not c.is_im), None)
        if found is None:
            raise Refusal("channel_not_found")
        return found

    def user(self, reference: str) -> User:
        found = self.users.get(reference)
        if found is None:
            name = reference.removeprefix("@").lower()
            found = next((user for user in self.users.values() if user.name == name), None)
        if found is None:
            raise Refusal("user_not_found")
        return found

    def admit(self, person: User, *channels: str) -> User:
        """Somebody new, or somebody who changed, as a member of these channels."""
        self.users[person.id] = person
        for channel in channels:
            self.channels[channel].members.add(person.id)
        self.changes.mark()
        return person

    def team_of(self, user: str) -> str:
        """The workspace somebody belongs to: another one than this for people who come through Slack Connect."""
        person = self.users.get(user)
        return (person.team_id if person else "") or self.seed.team_id

    def teams_of(self, channel: str) -> list[str]:
        """Every workspace with a member in the channel."""
        found = self.channels.get(channel)
        return sorted({self.team_of(user) for user in found.members}) if found else [self.seed.team_id]

    def direct(self, user: str) -> Channel:
        """The conversation of the app with one person, opened when first needed."""
        members = {user, self.app.user_id}
        for channel in self.channels.values():
            if channel.is_im and channel.members == members:
                return channel
        opened = Channel(self.new_id("D"), self.users[user].name, members=members, is_im=True)
        self.channels[opened.id] = opened
        self.messages[opened.id] = []
        self.changes.mark()
        return opened

    # -- messages

    def find(self, channel: str, ts: str) -> Message | None:
        found = self._known.get((channel, ts))
        return None if found is None or found.deleted else found

    def thread(self, channel: str, ts: str) -> list[Message]:
        """The parent and its replies, oldest first; empty if there is no such parent."""
        parent = self.find(channel, ts)
        return [] if parent is None else [parent, *self.replies(channel, ts)]

    def replies(self, channel: str, ts: str) -> Iterator[Message]:
        return (m for m in self._threads.get((channel, ts), ()) if not m.deleted)

    def post(self, channel: str, user: str, content: Content, thread_ts: str | None = None) -> Message:
        message = Message(self.new_ts(), channel, user, content, thread_ts)
        self.messages[channel].append(message)
        self._known[channel, message.ts] = message
        if thread_ts:
            self._threads.setdefault((channel, thread_ts), []).append(message)
        self.changes.mark()
        return message

    def edit(self, message: Message, content: Content) -> None:
        message.history.append(message.content)
        message.content = content
        message.edited_at = self.new_ts()
        self.changes.mark()

    def delete(self, message: Message) -> None:
        message.deleted = True
        self.changes.mark()

    def whisper(
        self, channel: str, user: str, author: str, content: Content, thread_ts: str | None = None
    ) -> Ephemeral:
        """Say something to one person only."""
        ephemeral = Ephemeral(self.new_ts(), channel, user, author, content, thread_ts)
        self.ephemerals.append(ephemeral)
        self.changes.mark()
        return ephemeral
