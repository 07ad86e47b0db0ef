"""What Slack says of the token, its scopes, the channels and the time. Posts nothing and reads no message.

Why conversations.history tells whether the bot is in a channel: conversations.info would need channels:read, and
chat.* would have to say something. History is asked anyway, for posts whose answer was lost, and says
`not_in_channel` (docs.slack.dev/reference/methods/conversations.history); up to a moment before the first message
there ever was, it has none to give.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from email.utils import parsedate_to_datetime

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.chat_errors import TRANSIENT
from bot.manifest import SCOPES
from handlers.doctor import WITHOUT, Check, Item, Topic, unasked
from handlers.errors import OutageError

# Slack refuses requests that are five minutes old or ahead; a minute off is on the way there.
MOST_SKEW_S = 60.0
AT_ONCE = 8
BEFORE_ANY_MESSAGE = "1"
# Slack's words for a token it does not take, and ours for a channel of which nothing could be learned. A #name is no
# fault: messages go there, but only an id can be asked about.
NOT_TAKEN = frozenset({"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"})
CANNOT_TELL = frozenset({"by_name", "missing_scope", "no_answer"})

TOKEN_TOPICS = (Topic.TOKEN, Topic.SCOPES, Topic.SLACK_CLOCK)


class SlackProbe:
    """`channels` are those of the registry, ids or #names; `now` is this machine's clock."""

    def __init__(self, client: AsyncWebClient, now: Callable[[], float], scopes: Iterable[str] = SCOPES) -> None:
        self._client = client
        self._now = now
        self._scopes = tuple(scopes)

    async def token(self) -> tuple[Check, ...]:
        """Three lines of one call."""
        began = self._now()
        try:
            answer, headers = await self._call("auth.test", {})
        except OutageError:
            return Check(Topic.TOKEN, False, "away"), *unasked((Topic.SCOPES, Topic.SLACK_CLOCK), WITHOUT, "slack")
        clock = _clock(headers, (began + self._now()) / 2)
        code = str(answer.get("error", ""))
        if code:
            return Check(Topic.TOKEN, False, "refused", code), *unasked((Topic.SCOPES,), WITHOUT, "token"), clock
        taken = Check(Topic.TOKEN, True, detail=str(answer.get("team", "")))
        return taken, self._granted(headers), clock

    async def channels(self, channels: Iterable[str], ids: Mapping[str, str]) -> tuple[Check, ...]:
        """Whether the bot is in each of them. `ids` are those of #names, as far as they are known."""
        wanted = tuple(dict.fromkeys(channels))
        turn = asyncio.Semaphore(AT_ONCE)

        async def look(channel: str) -> Item:
            async with turn:
                return await self._channel(channel, ids.get(channel, channel))

        told = tuple(item for item in await asyncio.gather(*map(look, wanted)) if item.reason)
        if any(item.reason == "token" for item in told):
            return unasked((Topic.CHANNELS,), WITHOUT, "token")
        if told and all(item.reason in CANNOT_TELL for item in told):
            return (Check(Topic.CHANNELS, None, told[0].reason, items=told, total=len(wanted)),)
        return (Check(Topic.CHANNELS, not told, items=told, total=len(wanted)),)

    async def _channel(self, name: str, identity: str) -> Item:
        if identity.startswith("#"):
            return Item(name, "by_name")
        try:
            asked = {"channel": identity, "latest": BEFORE_ANY_MESSAGE, "limit": "1"}
            answer, _ = await self._call("conversations.history", asked)
        except OutageError:
            return Item(name, "no_answer")
        code = str(answer.get("error", ""))
        if code in NOT_TAKEN:
            return Item(name, "token")
        known = code in ("", "not_in_channel", "channel_not_found", "missing_scope")
        return Item(name, code if known else "other", "" if known else code)

    def _granted(self, headers: dict[str, str]) -> Check:
        if "x-oauth-scopes" not in headers:
            return Check(Topic.SCOPES, None, "not_told")
        granted = {scope.strip() for scope in headers["x-oauth-scopes"].split(",")}
        missing = tuple(Item(scope) for scope in self._scopes if scope not in granted)
        return Check(Topic.SCOPES, not missing, "missing" if missing else "", items=missing, total=len(self._scopes))

    async def _call(self, method: str, asked: dict[str, str]) -> tuple[dict[str, object], dict[str, str]]:
        """The answer, refusals too, and the headers by lower-case name. Raises OutageError."""
        try:
            response = await self._client.api_call(method, data=asked)
        except SlackApiError as error:
            response = error.response
        except (SlackClientError, aiohttp.ClientError, OSError, ValueError) as error:
            raise OutageError("slack") from error
        answer = getattr(response, "data", None)
        if not isinstance(answer, dict) or ("ok" not in answer) or str(answer.get("error", "")) in TRANSIENT:
            raise OutageError("slack")
        headers = {name.lower(): str(value) for name, value in getattr(response, "headers", {}).items()}
        return answer, headers


def _clock(headers: dict[str, str], ours: float) -> Check:
    """How far this machine's clock is ahead of Slack's. The Date header has whole seconds."""
    try:
        skew = ours - parsedate_to_datetime(headers["date"]).timestamp()
    except (KeyError, ValueError):
        return Check(Topic.SLACK_CLOCK, None, "not_told")
    return skewed(Topic.SLACK_CLOCK, skew)


def skewed(topic: Topic, skew: float) -> Check:
    """`skew` in seconds, positive where this machine is ahead."""
    well = abs(skew) <= MOST_SKEW_S
    return Check(topic, well, "" if well else "ahead" if skew > 0 else "behind", seconds=abs(skew))
