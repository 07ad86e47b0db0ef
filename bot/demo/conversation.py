"""A person in the stand-in's channel, from a program: types a command, reads the thread that comes of it.

Knows the stand-in's /standin endpoints and Slack's markup; not how mapstorm words things, but for the mark of a
root message that waits and of one that failed.
"""

import html
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import httpx

from bot.demo.process import DemoError

WAITING, FAILED = "⏳", "❌"
# Long enough to idle, short enough to notice a process that died.
LOOK_S = 0.5

_MENTION = re.compile(r"<([@#])(\w+)>")
_GROUP = re.compile(r"<!subteam\^(\w+)>")
_LINK = re.compile(r"<(https?://[^|>]+)(?:\|([^>]+))?>")
_DATE = re.compile(r"<!date\^[^|>]*\|([^>]*)>")
_BOLD = re.compile(r"(?<![\w*])\*([^*\n]+)\*(?![\w*])")


class Said(NamedTuple):
    """One thing to read. `deep` is 1 in a thread."""

    who: str
    text: str
    deep: int = 0


class Conversation:
    """What is said in a channel from a command, or from `listen`, on. `read` gives what was not given before; then
    `ended` or `failed` may be true."""

    def __init__(self, client: httpx.Client, standin: str, channel: str, user: str) -> None:
        self._client = client
        self._standin = standin
        self._channel = channel
        self._user = user
        self._version = 0
        self._after = 0.0
        self._shown: dict[str, str] = {}
        self.ended = False
        self.failed = False

    def type(self, command: str) -> Said:
        """Types the command and presses enter."""
        state = self._state()
        self._after = float(state["now"])
        body = {"channel": self._channel, "user": self._user, "text": command}
        answer = self._client.post(f"{self._standin}/standin/command", json=body).json()
        outcome = answer.get("delivery", {}).get("outcome", answer.get("error", "nothing"))
        if outcome != "acknowledged":
            raise DemoError(f"mapstorm did not take the command: {outcome}")
        return Said(_names(state)[self._user], command)

    def listen(self) -> None:
        """From now on."""
        self._after = float(self._state()["now"])

    def read(self) -> Iterator[Said]:
        """Waits a moment for news, and gives them."""
        state = self._state(since=self._version, wait=LOOK_S)
        self._version = int(state["version"])
        names = _names(state)
        for whisper in (whisper for whisper in state["ephemerals"] if float(whisper["ts"]) >= self._after):
            yield from self._new(whisper["ts"], names, whisper, 0, f" (only to {names[whisper['to']]})")
        for root in self._roots(state):
            yield from self._thread(root, names)

    def _thread(self, root: dict[str, Any], names: dict[str, str]) -> Iterator[Said]:
        if root["ts"] not in self._shown:
            yield from self._new(root["ts"], names, root, 0)
        for reply in root.get("thread", []):
            yield from self._new(reply["ts"], names, reply, 1)
        if root.get("thread") and not root["text"].startswith(WAITING):
            self.ended = True
            self.failed = root["text"].startswith(FAILED)
            if root["text"] != self._shown[root["ts"]]:
                self._shown[root["ts"]] = root["text"]
                yield Said(f"{names[root['user']]} (first message, edited)", plain(root["text"], names))

    def _new(
        self, ts: str, names: dict[str, str], message: dict[str, Any], deep: int, whom: str = ""
    ) -> Iterator[Said]:
        if ts not in self._shown:
            self._shown[ts] = message["text"]
            yield Said(names.get(message["user"], message["user"]) + whom, plain(message["text"], names), deep)

    def _roots(self, state: dict[str, Any]) -> list[dict[str, Any]]:
        channel = next(channel for channel in state["channels"] if channel["id"] == self._channel)
        return [m for m in channel["messages"] if float(m["ts"]) >= self._after and not m["deleted"]]

    def _state(self, **query: float) -> dict[str, Any]:
        state: dict[str, Any] = self._client.get(f"{self._standin}/standin/state", params=query).json()
        return state


def _names(state: dict[str, Any]) -> dict[str, str]:
    """What ids stand for: people, their groups, and channels."""
    people = {user["id"]: str(user["real_name"]) for user in state["users"]}
    people |= {group["id"]: str(group["handle"]) for group in state["usergroups"]}
    return people | {channel["id"]: str(channel["name"]) for channel in state["channels"]}


def plain(text: str, names: dict[str, str]) -> str:
    """Slack's markup as a terminal shows it best: without stars, with names for ids."""
    text = _MENTION.sub(lambda match: match[1] + names.get(match[2], match[2]), text)
    text = _GROUP.sub(lambda match: f"@{names.get(match[1], match[1])}", text)
    text = _DATE.sub(r"\1", text)
    text = _LINK.sub(lambda match: f"{match[2]} ({match[1]})" if match[2] else match[1], text)
    return html.unescape(_BOLD.sub(r"\1", text))
