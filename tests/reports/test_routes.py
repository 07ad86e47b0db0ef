"""Who gets what below `/reports/`: headers of every answer, one 404 for whatever is wrong, downloads to the byte."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import cache

import httpx
import pytest
import zstandard
from starlette.applications import Starlette
from starlette.types import ASGIApp, Message

from analyzers.flame import Flame
from bot.reports import assets, flame_codec
from bot.reports.answers import HEADERS
from bot.reports.downloads import LOOK_EVERY, PIECE_BYTES
from bot.reports.links import Links
from bot.reports.routes import MOST_DOWNLOADS, MOST_PAGES, PIECE_S, routes
from handlers.errors import OutageError
from handlers.records import Capture, Request
from handlers.report import Raw, Report
from tests.analyzers.recordings import EPOCH
from tests.fakes import ORDERS, FakeReports, Fakes
from tests.reports import flames
from tests.reports.served import SWISS, family
from tests.scenes.stage import Story

NOW = EPOCH + 3600
LINKS = Links("https://mapstorm.example.com", "0123456789abcdef" * 2)
ALWAYS = {name.decode(): value.decode() for name, value in HEADERS}


@dataclass
class Counting(FakeReports):
    """Notes each look-up, in order."""

    asked: list[str] = field(default_factory=list)

    async def get(self, capture_id: str) -> Report | None:
        self.asked.append("get")
        return await super().get(capture_id)

    async def raw(self, capture_id: str) -> Raw | None:
        self.asked.append("raw")
        return await super().raw(capture_id)


@dataclass
class Desk:
    """The routes over fakes, with one capture kept whole."""

    fakes: Fakes
    reports: Counting
    app: ASGIApp
    client: httpx.AsyncClient
    told: Story
    id: str

    @property
    def token(self) -> str:
        return LINKS.token(self.id, NOW + 60)

    async def get(self, path: str, method: str = "GET", **headers: str) -> httpx.Response:
        return await self.client.request(method, f"/reports/{path}", headers={"accept-encoding": "identity", **headers})


@cache
def captured() -> Story:
    return family(SWISS)[0]


@asynccontextmanager
async def desk(instance: str = "orders-0", piece_s: float = PIECE_S) -> AsyncIterator[Desk]:
    told, fakes, reports = captured(), Fakes(), Counting()
    tools = replace(fakes.tools, reports=reports)
    asked = Request("r1", ORDERS.name, (instance,), told.diagnosis.captured_at - 9, "U1")
    capture = Capture("r1.orders-0", asked, instance)
    await reports.put(ORDERS, Report(capture, told.diagnosis), told.raw)

    async def flame_json(capture_id: str) -> bytes | None:
        found = await reports.flame(capture_id)
        return flame_codec.encode(found) if found else None

    app = Starlette(routes=routes(tools, lambda token: LINKS.capture_of(token, NOW), flame_json, piece_s=piece_s))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="https://mapstorm.example.com") as client:
        yield Desk(fakes, reports, app, client, told, capture.id)


def wrong(here: Desk) -> dict[str, str]:
    """Tokens that lead nowhere, each for a reason of its own."""
    good, stranger = here.token, Links("https://mapstorm.example.com", "f" * 32)
    return {
        "expired": LINKS.token(here.id, NOW),
        "forged": stranger.token(here.id, NOW + 60),
        "truncated": good[:-1],
        "changed": ("B" if good[0] != "B" else "C") + good[1:],
        "revoked": LINKS.token("r1.orders-9", NOW + 60),
        "garbage": "%00%ff..%0d%0aetc",
        "long": "a" * 5000,
        "empty": "",
        "the id itself": here.id,
    }


async def test_whatever_is_wrong_with_a_link_the_answer_is_the_same_after_one_look_up() -> None:
    async with desk() as here:
        answers = {}
        for why, token in wrong(here).items():
            here.reports.asked.clear()
            answer = await here.get(token)
            answers[why] = (answer.status_code, answer.content, answer.headers.multi_items())
            assert here.reports.asked == ["get"], why
        assert len({repr(answer) for answer in answers.values()}) == 1
        status, body, headers = answers["expired"]
        assert (status, dict(headers)["cache-control"]) == (404, "private, no-store")
        assert b"This link leads nowhere" in body


@pytest.mark.parametrize("name", ["heap.txt", "restored.pb.gz", "flame.json", "diagnosis.json", "nothing.txt", ""])
async def test_the_same_holds_for_all_that_belongs_to_a_link(name: str) -> None:
    async with desk() as here:
        answers = set()
        for why, token in wrong(here).items():
            if why != "empty":
                here.reports.asked.clear()
                answer = await here.get(f"{token}/{name}")
                answers.add((answer.status_code, answer.content, repr(answer.headers.multi_items())))
                assert here.reports.asked == ["get"], why
        assert len(answers) == 1
        assert answers.pop()[0] == 404


async def test_a_forgotten_capture_takes_its_link_along() -> None:
    async with desk() as here:
        assert (await here.get(here.token)).status_code == 200
        never = await here.get("never-a-token")
        await here.reports.forget(here.id)
        gone = await here.get(here.token)
        assert (gone.status_code, gone.content) == (404, never.content)


@pytest.mark.parametrize(
    "path",
    [
        *("{t}", "{t}/flame.json", "{t}/heap.txt", "{t}/symbols.txt", "{t}/heap.pb.gz", "{t}/restored.pb.gz"),
        *("{t}/diagnosis.json", "x", "x/heap.txt", "assets/{css}", "assets/nothing.css", "", "{t}/", "a/b/c%0ad"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE", "OPTIONS"])
async def test_every_answer_has_every_header(path: str, method: str) -> None:
    async with desk() as here:
        await here.reports.draw(here.id, flames.story())
        answer = await here.get(path.format(t=here.token, css=assets.style().name), method)
        for name, value in ALWAYS.items():
            assert answer.headers.get_list(name) == [value]
        assert "set-cookie" not in answer.headers
        allowed = method in ("GET", "HEAD")
        assert (answer.status_code == 405) is not allowed
        assert answer.headers.get("allow") == (None if allowed else "GET, HEAD")
        assert method != "HEAD" or not answer.content
        lasting = allowed and path == "assets/{css}"
        kept = "public, max-age=31536000, immutable" if lasting else "private, no-store"
        assert answer.headers["cache-control"] == kept


async def test_head_says_what_get_says() -> None:
    async with desk() as here:
        for path in (here.token, f"{here.token}/heap.txt", f"{here.token}/heap.pb.gz", "nowhere"):
            get, head = await here.get(path), await here.get(path, "HEAD")
            assert (head.status_code, head.headers) == (get.status_code, get.headers)


async def test_a_page_and_what_it_names() -> None:
    async with desk() as here:
        await here.reports.draw(here.id, flames.story())
        answer = await here.get(here.token)
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        for name in (f"./assets/{assets.style().name}", f"./assets/{assets.script().name}", "/flame.json"):
            assert name in answer.text
        for name in ("heap.txt", "symbols.txt", "heap.pb.gz", "restored.pb.gz", "diagnosis.json"):
            assert f'href="./{here.token}/{name}"' in answer.text
            assert (await here.get(f"{here.token}/{name}")).status_code == 200
        style = await here.get(f"assets/{assets.style().name}")
        assert (style.content, style.headers["content-type"]) == (assets.style().body, "text/css; charset=utf-8")


async def test_downloads_are_what_the_service_sent() -> None:
    async with desk("orders/0\r\nx: y; ../é") as here:
        text = await here.get(f"{here.token}/heap.txt")
        assert text.content.startswith(b"heap profile: ")
        assert text.headers["content-disposition"].endswith('Z-heap.txt"')
        assert 'filename="orders-0-x-y-2023' in text.headers["content-disposition"]
        assert (await here.get(f"{here.token}/symbols.txt")).content == here.told.raw.symbols
        assert (await here.get(f"{here.token}/heap.pb.gz")).content == here.told.raw.proto
        restored = gzip.decompress((await here.get(f"{here.token}/restored.pb.gz")).content)
        assert b"hashGrow" in restored or b"rehash" in restored
        told = json.loads((await here.get(f"{here.token}/diagnosis.json")).content)
        assert (told["schema"], told["verdict"]) == (1, here.told.diagnosis.verdict)


async def sent(here: Desk, name: str, after: Callable[[int], Awaitable[None]]) -> list[Message]:
    """What a server is given to send of a download, in order; `after` so many parts something happens."""
    parts: list[Message] = []

    async def receive() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: Message) -> None:
        if message["type"] == "http.response.body":
            parts.append(message)
            await after(len(parts))

    path = f"/reports/{here.token}/{name}"
    scope = {"type": "http", "method": "GET", "path": path, "headers": [], "query_string": b"", "root_path": ""}
    await here.app(scope, receive, send)
    return parts


@pytest.mark.parametrize("name", ["heap.txt", "symbols.txt", "heap.pb.gz"])
async def test_a_download_waits_for_its_reader_piece_by_piece(name: str) -> None:
    """A part that is given to the server waits there, and no bound of ours holds for it any more."""

    async def goes_on(_: int) -> None:
        return

    async with desk() as here:
        large = bytes(9_000_000)
        here.reports.bytes[here.id] = Raw(zstandard.compress(large), symbols=large, proto=large)
        parts = await sent(here, name, goes_on)
        assert b"".join(part["body"] for part in parts) == large
        assert max(len(part["body"]) for part in parts) <= PIECE_BYTES
        assert not parts[-1].get("more_body")
        assert here.reports.asked.count("raw") == 1 + len(large) // PIECE_BYTES // LOOK_EVERY


@pytest.mark.parametrize("name", ["heap.txt", "heap.pb.gz"])
@pytest.mark.parametrize("why", ["forgotten", "away"])
async def test_what_is_forgotten_while_it_is_read_ends_there(name: str, why: str) -> None:
    async with desk() as here:
        large = bytes(20_000_000)
        here.reports.bytes[here.id] = Raw(zstandard.compress(large), proto=large)

        async def and_then(parts: int) -> None:
            if parts == 1 and why == "forgotten":
                await here.reports.forget(here.id)
            elif parts == 1:
                here.reports.fails = OutageError("redis")

        parts = await sent(here, name, and_then)
        assert sum(len(part["body"]) for part in parts) < 5_000_000
        assert parts[-1]["more_body"]


async def test_who_does_not_read_keeps_nobody_from_reading() -> None:
    async def stands_still(_: int) -> None:
        await asyncio.Event().wait()

    async with desk(piece_s=0.05) as here:
        still = (sent(here, "heap.txt", stands_still) for _ in range(2 * MOST_DOWNLOADS))
        assert [len(parts) for parts in await asyncio.gather(*still)] == [1] * 2 * MOST_DOWNLOADS
        assert (await here.get(f"{here.token}/heap.pb.gz")).content == here.told.raw.proto


async def test_a_text_that_breaks_off_ends_there_without_a_traceback() -> None:
    async with desk() as here:

        async def goes_on(_: int) -> None:
            return

        whole = zstandard.compress(b"".join(b"%d\n" % number for number in range(200_000)))
        here.reports.bytes[here.id] = Raw(whole[: len(whole) // 2] + bytes(len(whole) // 2))
        parts = await sent(here, "heap.txt", goes_on)
        assert parts[-1]["more_body"]


async def test_what_is_not_kept_cannot_be_had() -> None:
    async with desk() as here:
        here.reports.bytes[here.id] = Raw(proto=b"p")
        assert (await here.get(f"{here.token}/heap.pb.gz")).content == b"p"
        for name in ("heap.txt", "symbols.txt", "restored.pb.gz", "flame.json"):
            assert (await here.get(f"{here.token}/{name}")).status_code == 404
        del here.reports.bytes[here.id]
        assert (await here.get(f"{here.token}/heap.pb.gz")).status_code == 404
        assert (await here.get(f"{here.token}/diagnosis.json")).status_code == 200


async def test_what_cannot_be_restored_is_no_fault_of_the_page() -> None:
    async with desk() as here:
        here.reports.bytes[here.id] = Raw(text=b"no zstd", symbols=b"s")
        assert (await here.get(f"{here.token}/restored.pb.gz")).status_code == 404


async def test_whoever_takes_gzip_gets_it() -> None:
    async with desk() as here:
        await here.reports.draw(here.id, flames.large(20_000))
        for path in (
            here.token,
            f"{here.token}/flame.json",
            f"assets/{assets.script().name}",
            f"{here.token}/heap.txt",
        ):
            plain, packed = await here.get(path), await here.get(path, **{"accept-encoding": "gzip"})
            assert packed.headers["content-encoding"] == "gzip"
            assert packed.content == plain.content
            assert packed.num_bytes_downloaded < len(plain.content) / 2
        for path in (f"{here.token}/heap.pb.gz", f"{here.token}/restored.pb.gz"):
            assert "content-encoding" not in (await here.get(path, **{"accept-encoding": "gzip"})).headers


async def test_so_many_pages_at_once_and_no_more() -> None:
    """The others wait for their turn, and get their page."""
    async with desk() as here:
        gate, at_once, most = asyncio.Event(), 0, 0
        flame = here.reports.flame

        async def slow(capture_id: str) -> Flame | None:
            nonlocal at_once, most
            at_once += 1
            most = max(most, at_once)
            if at_once == MOST_PAGES:
                gate.set()
            await gate.wait()
            await asyncio.sleep(0)
            at_once -= 1
            return await flame(capture_id)

        here.reports.flame = slow  # type: ignore[method-assign]
        answers = await asyncio.gather(*(here.get(here.token) for _ in range(3 * MOST_PAGES)))
        assert {answer.status_code for answer in answers} == {200}
        assert most == MOST_PAGES


async def test_redis_away_is_told_calmly() -> None:
    async with desk() as here:
        here.reports.fails = OutageError("redis")
        for path in (here.token, "nowhere", f"{here.token}/heap.txt", f"{here.token}/flame.json"):
            answer = await here.get(path)
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
            assert "cannot be read just now" in answer.text


async def test_a_bug_is_logged_and_tells_nothing() -> None:
    async with desk() as here:
        here.reports.kept[here.id] = Report(None, here.told.diagnosis)  # type: ignore[arg-type]
        answer = await here.get(here.token)
        assert answer.status_code == 500
        assert "Traceback" not in answer.text
