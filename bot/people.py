"""The port People: who somebody is, asked of Slack and remembered for minutes. Knows users, their e-mail addresses and
user groups; no act.

An answer is waited for shortly, because a click waits for it; where none comes nobody is let in.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Generic, TypeVar

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from handlers.errors import MissingScope, OutageError
from handlers.ports import Standing

# Who somebody is and which groups they are in must both be known within Slack's three seconds.
ANSWER_S = 1.2
KEPT_S = 300.0
# In one process. Who clicks is few; a workspace has many.
REMEMBERED = 2_000

T = TypeVar("T")

# There is no such user or group, or none that this app may see.
UNKNOWN = frozenset({"user_not_found", "user_not_visible", "users_not_found", "no_such_subteam", "subteam_not_found"})


class SlackPeople:
    """Asks users.info, users.lookupByEmail and usergroups.users.list, each for the same thing once in five minutes."""

    def __init__(
        self, client: AsyncWebClient, monotonic: Callable[[], float] = time.monotonic, answer_s: float = ANSWER_S
    ) -> None:
        self._client = client
        self._answer_s = answer_s
        self._team = ""
        self._standings: Kept[Standing] = Kept(monotonic)
        self._members: Kept[frozenset[str]] = Kept(monotonic)
        self._emails: Kept[str] = Kept(monotonic)

    async def standing(self, user: str, team: str) -> Standing:
        """Raises OutageError, and MissingScope with the scope that the app needs."""
        async with self._in_time():
            # Nothing else tells apart the users of two workspaces: in a shared channel both are users.info's.
            ours = await self._own_team()
            if team and team != ours:
                return Standing.STRANGER
            known = self._standings.get(user)
            if known is None:
                answer = await self._ask(self._client.users_info(user=user))
                known = self._standings.put(user, _standing(answer.get("user"), ours))
            return known

    async def in_groups(self, user: str, groups: tuple[str, ...]) -> bool:
        """Raises OutageError, and MissingScope with the scope that the app needs."""
        async with self._in_time():
            for group in groups:
                if user in await self._members_of(group):
                    return True
        return False

    async def members(self, group: str) -> tuple[str, ...]:
        """Who is in a user group now, by id and in order of it. Raises as in_groups does."""
        async with self._in_time():
            return tuple(sorted(await self._members_of(group)))

    async def by_email(self, email: str) -> str:
        """The id of the member with this address, "" where there is none. Raises as in_groups does."""
        async with self._in_time():
            known = self._emails.get(email)
            if known is None:
                answer = await self._ask(self._client.users_lookupByEmail(email=email))
                known = self._emails.put(email, _id_of_person(answer.get("user")))
            return known

    async def _members_of(self, group: str) -> frozenset[str]:
        members = self._members.get(group)
        if members is None:
            answer = await self._ask(self._client.usergroups_users_list(usergroup=group))
            members = self._members.put(group, frozenset(map(str, answer.get("users") or ())))
        return members

    async def _own_team(self) -> str:
        """The workspace of our token; it stays the same as long as the token does."""
        if not self._team:
            self._team = str((await self._ask(self._client.auth_test())).get("team_id") or "")
        return self._team

    @asynccontextmanager
    async def _in_time(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._answer_s):
                yield
        except TimeoutError as error:
            raise OutageError("slack") from error

    async def _ask(self, question: Awaitable[Any]) -> dict[str, Any]:
        """Slack's answer; empty where it knows none."""
        try:
            answer = await question
        except SlackApiError as error:
            said = error.response.data if isinstance(error.response.data, dict) else {}
            if said.get("error") == "missing_scope":
                raise MissingScope(str(said.get("needed", ""))) from error
            if said.get("error") in UNKNOWN:
                return {}
            raise OutageError("slack") from error
        except (SlackClientError, aiohttp.ClientError, ConnectionError) as error:
            raise OutageError("slack") from error
        return dict(answer.data) if isinstance(answer.data, dict) else {}


class Kept(Generic[T]):
    """Answers by id, each for five minutes; beyond the bound the oldest goes."""

    def __init__(self, monotonic: Callable[[], float], bound: int = REMEMBERED) -> None:
        self._bound = bound
        self._monotonic = monotonic
        self._answers: dict[str, tuple[T, float]] = {}

    def get(self, identity: str) -> T | None:
        answer, until = self._answers.get(identity, (None, 0.0))
        return answer if self._monotonic() < until else None

    def put(self, identity: str, answer: T) -> T:
        self._answers.pop(identity, None)
        if len(self._answers) >= self._bound:
            self._answers.pop(next(iter(self._answers)))
        self._answers[identity] = (answer, self._monotonic() + KEPT_S)
        return answer


def _id_of_person(user: object) -> str:
    if not isinstance(user, dict) or user.get("deleted") or user.get("is_bot"):
        return ""
    return str(user.get("id") or "")


def _standing(user: object, team: str) -> Standing:
    """Whoever is not surely one of us is a stranger: deleted, a bot, of another workspace, or unknown."""
    if not isinstance(user, dict) or user.get("deleted") or user.get("is_bot") or user.get("is_stranger"):
        return Standing.STRANGER
    organisation = user.get("enterprise_user")
    teams = organisation.get("teams") if isinstance(organisation, dict) else None
    if user.get("team_id") != team and team not in (teams or ()):
        return Standing.STRANGER
    guest = user.get("is_restricted") or user.get("is_ultra_restricted")
    return Standing.GUEST if guest else Standing.MEMBER
