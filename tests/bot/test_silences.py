"""The port Silences against a real Alertmanager, asked by amtool what there is; and every way an answer can be bad."""

import json
import time
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.redis_server import free_port
from bot.silences import ANSWER_BYTES, HttpSilences
from handlers.errors import OutageError, SilenceRefused
from handlers.ports import Silences
from tests.alerting.alertmanager import Alertmanager, alertmanagers

PORT: Silences = HttpSilences("http://127.0.0.1:1")  # the type checker's proof that the adapter fits
MATCHERS = (("alertname", "HeapGrows"), ("path", 'C:\\heap "a"\nb{}, =~'))
COMMENT = "https://acme.slack.com/archives/C1/p1 <!channel> *&*"
NOW, HOUR = 1_700_000_000.0, 3600.0
ID = "60a4e5f4-1629-4d81-8539-4e23820ced1a"

real = pytest.mark.alertmanager


@pytest.fixture
async def alertmanager(tmp_path: Path) -> AsyncIterator[Alertmanager]:
    async with alertmanagers(tmp_path) as (peer,):
        yield peer


async def standing(peer: Alertmanager, *which: str) -> list[dict[str, Any]]:
    return list(json.loads(await peer.amtool("--output=json", "silence", "query", *which)))


def seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


@real
async def test_a_silence_is_made_as_wanted_and_ended(alertmanager: Alertmanager) -> None:
    silences, now = HttpSilences(alertmanager.url), time.time()
    identity = await silences.create(MATCHERS, now + HOUR, COMMENT, "U1", now)
    (found,) = await standing(alertmanager)
    assert found["id"] == identity
    assert {(each["name"], each["value"]) for each in found["matchers"]} == set(MATCHERS)
    assert all(each["isEqual"] and not each["isRegex"] for each in found["matchers"])
    assert (found["comment"], found["createdBy"]) == (COMMENT, "U1")
    assert seconds(found["endsAt"]) == pytest.approx(now + HOUR, abs=0.01)
    assert seconds(found["startsAt"]) >= now - 0.01
    await silences.end(identity)
    assert await standing(alertmanager) == []
    assert [each["id"] for each in await standing(alertmanager, "--expired")] == [identity]
    await silences.end(identity)  # over already


@real
async def test_the_same_silence_asked_for_again_replaces_the_first(alertmanager: Alertmanager) -> None:
    silences, now = HttpSilences(f"{alertmanager.url}/"), time.time()
    first = await silences.create(MATCHERS, now + HOUR, COMMENT, "U1", now)
    again = await silences.create(MATCHERS[::-1], now + 2 * HOUR, COMMENT, "U2", now + 1)
    (found,) = await standing(alertmanager)
    assert (found["id"], found["createdBy"]) == (again, "U2")
    assert seconds(found["endsAt"]) == pytest.approx(now + 2 * HOUR, abs=0.01)
    await silences.end(first)
    assert [each["id"] for each in await standing(alertmanager)] == [again]
    await silences.end(again)
    after = await silences.create(MATCHERS, now + HOUR, COMMENT, "U1", now)
    assert [each["id"] for each in await standing(alertmanager)] == [after]


@real
async def test_silences_of_others_are_left_alone(alertmanager: Alertmanager) -> None:
    silences, now = HttpSilences(alertmanager.url), time.time()
    mine = await silences.create(MATCHERS, now + HOUR, COMMENT, "U1", now)
    theirs = await silences.create(MATCHERS, now + HOUR, "maintenance", "U1", now)
    fewer = await silences.create(MATCHERS[:1], now + HOUR, COMMENT, "U1", now)
    await silences.end(mine)
    assert {each["id"] for each in await standing(alertmanager)} == {theirs, fewer}


@real
@pytest.mark.parametrize(
    ("matchers", "until"),
    [((("alert name", "x"),), HOUR), ((("alertname", ""),), HOUR), ((), HOUR), (MATCHERS, -HOUR)],
    ids=["name", "empty", "none", "past"],
)
async def test_what_alertmanager_refuses(
    alertmanager: Alertmanager, matchers: tuple[tuple[str, str], ...], until: float
) -> None:
    now = time.time()
    with pytest.raises(SilenceRefused) as raised:
        await HttpSilences(alertmanager.url).create(matchers, now + until, COMMENT, "U1", now)
    assert not raised.value.retryable
    assert raised.value.detail in ("400", "422")
    assert await standing(alertmanager) == []


@real
async def test_ending_what_never_was(alertmanager: Alertmanager) -> None:
    silences = HttpSilences(alertmanager.url)
    await silences.end(ID)
    with pytest.raises(SilenceRefused):
        await silences.end("../silences")


async def test_away() -> None:
    silences = HttpSilences(f"http://127.0.0.1:{free_port()}", "Bearer s3cret")
    with pytest.raises(OutageError, match="alertmanager") as raised:
        await silences.create(MATCHERS, NOW + HOUR, COMMENT, "U1", NOW)
    assert raised.value.retryable
    assert "127.0.0.1" not in str(raised.value)
    with pytest.raises(OutageError):
        await silences.end(ID)


# Answers that Alertmanager does not give of its own accord

Handler = Callable[[httpx.Request], httpx.Response]


def whole(status: int = 200, body: bytes = b"", **headers: str) -> httpx.Response:
    """Unread, as it comes from a socket."""
    return httpx.Response(status, stream=httpx.ByteStream(body), headers=headers)


def answering(handler: Handler) -> HttpSilences:
    return HttpSilences("http://am:9093/prefix", "Bearer s3cret", transport=httpx.MockTransport(handler))


async def test_the_registered_prefix_and_header_are_used() -> None:
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return whole(body=b"[]" if request.method == "GET" else b'{"silenceID": "%b"}' % ID.encode())

    assert await answering(handler).create(MATCHERS, NOW + HOUR, COMMENT, "U1", NOW) == ID
    assert {(each.method, each.url.path) for each in seen} == {
        ("GET", "/prefix/api/v2/silences"),
        ("POST", "/prefix/api/v2/silences"),
    }
    assert {each.headers["authorization"] for each in seen} == {"Bearer s3cret"}
    assert json.loads(seen[-1].content)["endsAt"] == "2023-11-14T23:13:20+00:00"


@pytest.mark.parametrize("status", [500, 502, 503, 429, 408])
async def test_an_overloaded_alertmanager_is_away(status: int) -> None:
    silences = answering(lambda _: whole(status, b"oops"))
    with pytest.raises(OutageError):
        await silences.create(MATCHERS, NOW + HOUR, COMMENT, "U1", NOW)
    with pytest.raises(OutageError):
        await silences.end(ID)


@pytest.mark.parametrize("status", [302, 401, 403, 405])
async def test_a_wrong_address_or_header_is_a_refusal(status: int) -> None:
    silences = answering(lambda _: whole(status, location="http://169.254.169.254/"))
    with pytest.raises(SilenceRefused, match=str(status)):
        await silences.create(MATCHERS, NOW + HOUR, COMMENT, "U1", NOW)
    with pytest.raises(SilenceRefused, match=str(status)):
        await silences.end(ID)


@pytest.mark.parametrize(
    "body",
    [b"<html>log in</html>", b"", b"[1]", b'[{"id": 1}]', b"[" * 100_000, b" " * (ANSWER_BYTES + 1)],
    ids=["html", "empty", "numbers", "fields", "depth", "large"],
)
async def test_an_answer_that_is_not_alertmanagers(body: bytes) -> None:
    with pytest.raises(SilenceRefused, match="answer"):
        await answering(lambda _: whole(body=body)).create(MATCHERS, NOW + HOUR, COMMENT, "U1", NOW)


@pytest.mark.parametrize("answer", [(404, b""), (500, b'"silence not found"'), (500, b'"silence x already expired"')])
async def test_nothing_to_end_is_no_error(answer: tuple[int, bytes]) -> None:
    await answering(lambda _: whole(*answer)).end(ID)


@pytest.mark.parametrize("error", [httpx.ReadTimeout, httpx.ConnectError, httpx.RemoteProtocolError, OSError])
async def test_a_broken_connection_is_away(error: type[Exception]) -> None:
    def handler(_: httpx.Request) -> httpx.Response:
        raise error("http://am:9093 Bearer s3cret")

    with pytest.raises(OutageError) as raised:
        await answering(handler).end(ID)
    assert "am:9093" not in str(raised.value)
    assert "s3cret" not in str(raised.value)
