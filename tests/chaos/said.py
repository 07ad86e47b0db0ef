"""What stands in Slack in the end, by the id in each message's metadata. Knows the stand-in, nothing of Redis."""

from collections import Counter
from typing import NamedTuple

from bot.posting.entries import ROOT
from bot.standin.records import Message
from bot.standin.workspace import Workspace


class Said(NamedTuple):
    """Roots by conversation, replies by the ts of their parent and by their id; `nameless` have no id."""

    roots: dict[str, list[Message]]
    replies: dict[str, list[Message]]
    nameless: tuple[Message, ...]

    @property
    def edits(self) -> int:
        return sum(len(root.history) for roots in self.roots.values() for root in roots)

    def doubled_roots(self) -> list[str]:
        return [name for name, roots in self.roots.items() if len(roots) > 1]

    def doubled_replies(self) -> list[str]:
        return [name for name, replies in self.replies.items() if len(replies) > 1]

    def misplaced(self) -> list[str]:
        """Replies outside the thread of their incident: their id begins with that of its conversation."""
        threads = {root.ts: name for name, roots in self.roots.items() for root in roots}
        return [
            name
            for name, replies in self.replies.items()
            for reply in replies
            if not name.startswith(threads.get(reply.thread_ts or "", "no thread"))
        ]

    def events(self, incident: str) -> Counter[str]:
        """Changes of state that are told in its thread, by event."""
        told = (name.split(".") for name in self.replies if name.startswith(f"{incident}."))
        return Counter(parts[2] for parts in told if len(parts) == 3 and parts[1].isdigit())


def said(workspace: Workspace) -> Said:
    """All messages of the app that were not deleted."""
    found = Said({}, {}, ())
    nameless = []
    for message in (message for channel in workspace.messages.values() for message in channel):
        if message.user != workspace.app.user_id or message.deleted:
            continue
        identity = str(((message.content.metadata or {}).get("event_payload") or {}).get("id", ""))
        if not identity:
            nameless.append(message)
        elif identity.startswith(ROOT):
            found.roots.setdefault(identity.removeprefix(ROOT), []).append(message)
        else:
            found.replies.setdefault(identity, []).append(message)
    return found._replace(nameless=tuple(nameless))
