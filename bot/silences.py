"""The port Silences: Alertmanager's API v2. Knows its address and its bodies; not whose silence it is, and no retries.

Why a silence is looked for before it is made: Alertmanager has no name of ours for it, and a click whose answer was
lost is clicked again. Of two silences a thread could end only one, and the alerts would stay unheard. So for the same
matchers and the same comment, which links to the thread, there is one, and the newest takes the place of the others.
"""

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated, Literal
from urllib.parse import quote

import httpx
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from handlers.errors import OutageError, SilenceRefused

TIMEOUT_S = 2.0  # for all that one click asks
ANSWER_BYTES = 1024 * 1024
OVERLOADED = (408, 429)
# What Alertmanager before 0.26 answers with 500: there is nothing to end.
OVER = (b"not found", b"already expired")

Matchers = tuple[tuple[str, str], ...]


class HttpSilences:
    """The port Silences. `url` is Alertmanager's as registered, `auth_header` the header's value.

    A `transport` stands in for the network.
    """

    def __init__(
        self, url: str, auth_header: str | None = None, *, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._api = f"{url.rstrip('/')}/api/v2"
        self._headers = {"Accept-Encoding": "identity", "User-Agent": "mapstorm"}
        if auth_header is not None:
            self._headers["Authorization"] = auth_header
        # Reading the system's store takes 20 ms; an address without TLS never uses what is built here.
        self._tls = (
            ssl.create_default_context() if url.startswith("https:") else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        )
        self._transport = transport

    async def create(self, matchers: Matchers, until: float, comment: str, by: str, now: float) -> str:
        wanted: dict[str, object] = {
            "matchers": [{"name": name, "value": value, "isRegex": False, "isEqual": True} for name, value in matchers],
            "startsAt": _rfc3339(now),
            "endsAt": _rfc3339(until),
            "createdBy": by,
            "comment": comment,
        }
        with _explained():
            async with asyncio.timeout(TIMEOUT_S), self._client() as client:
                if standing := await _standing(client, matchers, comment):
                    wanted["id"] = standing.id  # in one step Alertmanager ends it and makes another
                answer = await _ask(client, "POST", "/silences", wanted)
                return _Created.model_validate_json(answer).id

    async def end(self, identity: str) -> None:
        with _explained():
            async with asyncio.timeout(TIMEOUT_S), self._client() as client:
                await _ask(client, "DELETE", f"/silence/{quote(identity, safe='')}")

    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            base_url=self._api,
            headers=self._headers,
            transport=self._transport,
            verify=self._tls,
            timeout=TIMEOUT_S,
            follow_redirects=False,
            trust_env=False,
        )


class _Created(BaseModel):
    id: Annotated[str, Field(alias="silenceID", min_length=1, max_length=100)]


class _Status(BaseModel):
    state: str


class _Matcher(BaseModel):
    name: str
    value: str
    regex: Annotated[bool, Field(alias="isRegex")]
    equal: Annotated[bool, Field(alias="isEqual")] = True  # Alertmanager before 0.22 knew no other


class _Standing(BaseModel):
    id: str
    comment: str
    status: _Status
    matchers: list[_Matcher]

    def is_for(self, matchers: Matchers, comment: str) -> bool:
        mine = sorted((each.name, each.value) for each in self.matchers if each.equal and not each.regex)
        return (
            self.status.state == "active"
            and self.comment == comment
            and len(mine) == len(self.matchers)
            and mine == sorted(matchers)
        )


_LIST = TypeAdapter(list[_Standing])


async def _standing(client: httpx.AsyncClient, matchers: Matchers, comment: str) -> _Standing | None:
    filters = httpx.QueryParams([("filter", f'{name}="{_escaped(value)}"') for name, value in matchers])
    answer = await _ask(client, "GET", "/silences", params=filters)
    return next((each for each in _LIST.validate_json(answer) if each.is_for(matchers, comment)), None)


async def _ask(
    client: httpx.AsyncClient,
    method: Literal["GET", "POST", "DELETE"],
    path: str,
    body: dict[str, object] | None = None,
    params: httpx.QueryParams | None = None,
) -> bytes:
    """The body of a good answer. Raises OutageError, SilenceRefused."""
    async with client.stream(method, path, json=body, params=params) as response:
        answer = b""
        async for chunk in response.aiter_raw():
            answer += chunk
            if len(answer) > ANSWER_BYTES:
                raise SilenceRefused("answer")
    status = response.status_code
    if status == 200 or (method == "DELETE" and _is_over(status, answer)):
        return answer
    if status >= 500 or status in OVERLOADED:
        raise OutageError("alertmanager")
    raise SilenceRefused(str(status))


def _is_over(status: int, answer: bytes) -> bool:
    return status == 404 or (status == 500 and any(words in answer for words in OVER))


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _rfc3339(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat()


@contextmanager
def _explained() -> Iterator[None]:
    """Gives others' failures their name in our tree. Details name no address: they may reach a thread."""
    try:
        yield
    except (TimeoutError, httpx.RequestError, httpx.InvalidURL, OSError) as error:
        raise OutageError("alertmanager") from error
    except ValidationError as error:
        raise SilenceRefused("answer") from error
