"""Whether what mapstorm stands on is there: Redis and Slack. Probes ask often, so an answer is kept for seconds."""

import asyncio
from collections.abc import Awaitable, Callable

import aiohttp
from redis import RedisError
from redis.asyncio import Redis
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.chat_errors import TRANSIENT

KEPT_S = 5.0
PATIENCE_S = 2.0


class Readiness:
    """Asks both at once, one probe at a time."""

    def __init__(self, redis: Redis, slack: AsyncWebClient, monotonic: Callable[[], float]) -> None:
        self._redis = redis
        self._slack = slack
        self._monotonic = monotonic
        self._asking = asyncio.Lock()
        self._asked_at: float | None = None
        self._states: dict[str, str] = {}

    async def states(self) -> dict[str, str]:
        """`redis` and `slack`, each `ok` or `away`."""
        async with self._asking:
            if self._asked_at is None or self._monotonic() - self._asked_at > KEPT_S:
                redis, slack = await asyncio.gather(_state(self._redis.ping()), _state(self._slack.auth_test()))
                self._states = {"redis": redis, "slack": slack}
                self._asked_at = self._monotonic()
            return self._states


async def refusal(slack: AsyncWebClient) -> str | None:
    """Slack's word for a token it will never take (invalid_auth, account_inactive), None if it takes it or is away."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            await slack.auth_test()
    except SlackApiError as error:
        said = error.response.data  # no JSON where it is the page of a proxy
        code = str(said.get("error", "")) if isinstance(said, dict) else ""
        return None if code in TRANSIENT else code or None
    except (SlackClientError, aiohttp.ClientError, OSError):
        return None
    return None


async def _state(question: Awaitable[object]) -> str:
    try:
        async with asyncio.timeout(PATIENCE_S):
            await question
    except (RedisError, SlackClientError, aiohttp.ClientError, OSError):
        return "away"
    return "ok"
