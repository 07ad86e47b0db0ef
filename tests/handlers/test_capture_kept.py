"""What is kept of a capture and shown of it: its bytes, its page's address, its picture, its flame graph."""

import asyncio
import gzip
from dataclasses import replace
from typing import Any

import pytest
import zstandard

from analyzers.compare import Basis
from analyzers.errors import MalformedProfile
from analyzers.flame import Flame
from handlers import capture, drawing
from handlers.errors import OutageError, Refused
from handlers.notes import CaptureFailed, CapturePicture, Summary
from handlers.patience import SECONDS
from handlers.posts import Reply, Urgency
from handlers.records import KEPT, Capture, Remembered, Request, Wanted
from handlers.report import Raw
from tests.analyzers.recordings import Recording
from tests.fakes import ORDERS, FakePprof, FakeReports, Fakes

STORM = "go1.23.9-growth_storm"
GROWING = "go1.27.3-unbounded_growth"


@pytest.fixture
def storm(fakes: Fakes, recordings: dict[str, Recording]) -> Fakes:
    fakes.serves(recordings[STORM])
    return fakes


async def queued(fakes: Fakes, request_id: str = "r1") -> Capture:
    asked = Request(request_id, "svc-orders", ("orders-0",), fakes.clock.time, "U024BE7LH")
    await capture.request(fakes.tools, asked)
    return fakes.queue.captures[f"{request_id}.orders-0"]


async def run(fakes: Fakes, job: Capture) -> None:
    await capture.run(fakes.tools, job, last_try=False)


def summary_of(fakes: Fakes) -> Summary:
    return next(note for note in fakes.outbox.said() if isinstance(note, Summary))


def picture_of(fakes: Fakes) -> CapturePicture:
    return next(note for note in fakes.outbox.said() if isinstance(note, CapturePicture))


def inflated(text: bytes) -> bytes:
    return zstandard.ZstdDecompressor().decompressobj().decompress(text)


async def test_its_bytes_are_kept_as_they_came(storm: Fakes, recordings: dict[str, Recording]) -> None:
    job = await queued(storm)
    await run(storm, job)
    raw = storm.reports.bytes[job.id]
    assert inflated(raw.text) == recordings[STORM].raw_text(1)
    assert inflated(raw.first_text) == recordings[STORM].raw_text(0)
    assert gzip.decompress(raw.proto) == gzip.decompress(recordings[STORM].raw_proto(0))
    assert raw.symbols.startswith(b"num_symbols: 1\n0x")
    assert storm.reports.kept[job.id].capture == job
    assert storm.reports.kept[job.id].diagnosis == summary_of(storm).diagnosis


class Watched(FakeReports):
    """Counts those who have taken bytes to draw from and are not done."""

    drawing = most = 0

    async def raw(self, capture_id: str) -> Raw | None:
        self.drawing += 1
        self.most = max(self.most, self.drawing)
        return await super().raw(capture_id)

    async def draw(self, capture_id: str, flame: Flame) -> None:
        self.drawing -= 1
        await super().draw(capture_id, flame)


async def test_one_flame_graph_is_drawn_at_a_time(storm: Fakes) -> None:
    job = await queued(storm)
    await run(storm, job)
    watched = Watched(storm.reports.kept, storm.reports.bytes)
    tools = replace(storm.tools, reports=watched)
    await asyncio.gather(*(drawing.draw(tools, job) for _ in range(3)))
    assert watched.draws == [job.id] * 3
    assert watched.most == 1


async def test_who_dies_at_the_easel_leaves_it_to_the_next(storm: Fakes) -> None:
    job = await queued(storm)
    await run(storm, job)
    storm.reports.flames.clear()
    dying: Any = Mortal(storm.reports, [4], after=False)  # get, flame, raw, draw
    with pytest.raises(Killed):
        await drawing.draw(replace(storm.tools, reports=dying), job)
    await drawing.draw(storm.tools, job)
    assert storm.reports.flames.keys() == {job.id}


async def test_its_answer_leads_to_its_page(storm: Fakes) -> None:
    job = await queued(storm)
    await run(storm, job)
    assert summary_of(storm).report == f"https://mapstorm.example.com/reports/{job.id}"


async def test_without_a_public_address_nothing_is_copied(storm: Fakes) -> None:
    storm.reports.address = ""
    job = await queued(storm)
    await run(storm, job)
    assert summary_of(storm).report is None
    assert storm.reports.bytes[job.id] == Raw()
    assert storm.reports.draws == []
    assert picture_of(storm)


async def test_the_picture_shows_what_led_up_to_it(storm: Fakes) -> None:
    lines = [Remembered(1000.0 + n, name, "", "", 1.0) for n in range(60) for name in ("orders-0", "orders-1")]
    storm.snapshots.lines = tuple(reversed(lines))
    job = await queued(storm)
    await run(storm, job)
    picture = picture_of(storm)
    assert picture.diagnosis == summary_of(storm).diagnosis
    assert len(picture.trend) == 40
    assert {line.instance for line in picture.trend} == {"orders-0"}
    assert list(picture.trend) == sorted(picture.trend)
    assert picture.trend[-1].capture_id == job.id
    assert picture.trend[-1].tables == picture.diagnosis.live_tables > 0
    reply = storm.outbox.replies[f"{job.id}.picture"]
    assert reply == Reply("r1", f"{job.id}.picture", picture, Urgency.PROGRESS)


async def test_the_flame_graph_has_both_visits_and_the_runtimes_frames(storm: Fakes) -> None:
    job = await queued(storm)
    await run(storm, job)
    flame = storm.reports.flames[job.id]
    assert flame.first
    assert flame.base is None
    assert "runtime.hashGrow" in flame.names
    assert flame.now.alloc_space[0] > flame.first.alloc_space[0]


async def test_it_has_the_capture_before_if_it_is_of_the_same_process(
    fakes: Fakes, recordings: dict[str, Recording]
) -> None:
    fakes.serves(recordings[GROWING], "orders-0")
    first = await queued(fakes)
    await run(fakes, first)
    fakes.clock.time += 600
    fakes.heaps.pprof["orders-0"].texts = fakes.heaps.pprof["orders-0"].texts[2:]
    job = await queued(fakes, "r2")
    await run(fakes, job)
    flame = fakes.reports.flames[job.id]
    assert flame.base
    assert flame.base.alloc_space[0] < flame.now.alloc_space[0]


@pytest.mark.parametrize("change", ["restarted", "older", "forgotten"])
async def test_else_it_has_none(fakes: Fakes, recordings: dict[str, Recording], change: str) -> None:
    fakes.serves(recordings[GROWING], "orders-0")
    first = await queued(fakes)
    await run(fakes, first)
    fakes.clock.time += 600
    job = await queued(fakes, "r2")
    await run(fakes, job)
    fakes.reports.flames.clear()
    report, base = fakes.reports.kept[job.id], fakes.reports.kept[first.id]
    compared = report.diagnosis.comparison
    if change == "restarted":
        diagnosis = report.diagnosis._replace(comparison=compared._replace(basis=Basis.RESTARTED))
        fakes.reports.kept[job.id] = report._replace(diagnosis=diagnosis)
    elif change == "older":
        fakes.snapshots.lines = (Remembered(base.diagnosis.captured_at + 60, "orders-0", "", "", 1.0, capture_id="r0"),)
    else:
        assert await fakes.reports.forget(first.id)
    await drawing.draw(fakes.tools, job)
    assert fakes.reports.flames[job.id].base is None


async def test_a_protobuf_is_drawn_where_there_is_no_text(fakes: Fakes, recordings: dict[str, Recording]) -> None:
    fakes.registry.services["svc-orders"] = replace(ORDERS, capture=Wanted.PROTOBUF)
    fakes.serves(recordings[STORM])
    job = await queued(fakes)
    await run(fakes, job)
    flame = fakes.reports.flames[job.id]
    assert flame.first
    assert not any(flame.hidden)


@pytest.mark.parametrize("text", [b"no zstd", zstandard.compress(b"<html>"), zstandard.compress(b"heap profile: ")[:9]])
async def test_bytes_that_cannot_be_read_cost_the_graph_alone(storm: Fakes, text: bytes) -> None:
    job = await queued(storm)
    await run(storm, job)
    storm.reports.flames.clear()
    storm.reports.bytes[job.id] = Raw(text=text)
    await drawing.draw(storm.tools, job)
    assert storm.reports.flames == {}
    storm.reports.bytes[job.id] = storm.reports.bytes[job.id]._replace(proto=storm.heaps.pprof["orders-0"].protos[0])  # type: ignore[arg-type]
    await drawing.draw(storm.tools, job)
    assert storm.reports.flames[job.id].first is None


async def test_a_capture_too_large_to_keep_has_a_page_without_a_graph(storm: Fakes) -> None:
    storm.registry.services["svc-orders"] = replace(ORDERS, keep=KEPT._replace(bytes=10))
    job = await queued(storm)
    await run(storm, job)
    assert summary_of(storm).report
    assert storm.reports.bytes[job.id] == Raw()
    assert storm.reports.flames == {}


# What goes wrong


@pytest.mark.parametrize("error", [OutageError("redis"), MalformedProfile("a name is no text")])
async def test_what_cannot_be_kept_does_not_cost_the_answer(storm: Fakes, error: OutageError) -> None:
    job = await queued(storm)
    storm.reports.fails = error
    for _ in range(2):
        with pytest.raises(type(error)):
            await run(storm, job)
    assert summary_of(storm).report is None
    assert [type(note) for note in storm.outbox.said()] == [Summary, CapturePicture]
    assert sum(storm.clock.pauses) <= sum(SECONDS) + ORDERS.window_s
    assert len(storm.heaps.visited) == 1
    storm.reports.fails = None
    await run(storm, job)
    assert [type(note) for note in storm.outbox.said()] == [Summary, CapturePicture]


async def test_a_blink_of_redis_costs_no_page(storm: Fakes) -> None:
    job = await queued(storm)
    storm.reports.fails = OutageError("redis")
    pause = storm.clock.pause

    async def and_then_it_is_back(seconds: float) -> None:
        await pause(seconds)
        if seconds == SECONDS[0]:
            storm.reports.fails = None

    await capture.run(replace(storm.tools, pause=and_then_it_is_back), job, last_try=False)
    assert summary_of(storm).report
    assert storm.reports.flames.keys() == {job.id}


async def test_what_failed_has_no_picture_and_no_page(storm: Fakes) -> None:
    job = await queued(storm)
    storm.heaps.pprof["orders-0"] = FakePprof([Refused("403")])
    for _ in range(2):
        await run(storm, job)
    assert [type(note) for note in storm.outbox.said()] == [CaptureFailed]
    assert storm.reports.kept == {}


async def test_what_was_given_up_has_no_picture_though_something_was_found(storm: Fakes) -> None:
    job = await queued(storm)
    storm.outbox.blips = 100
    with pytest.raises(OutageError):
        await run(storm, job)
    storm.outbox.blips = 0
    await capture.gave_up(storm.tools, job, OutageError("redis"))
    await run(storm, job)
    assert [type(note) for note in storm.outbox.said()] == [CaptureFailed]


async def test_what_is_forgotten_stays_so_when_its_job_is_repeated(storm: Fakes) -> None:
    job = await queued(storm)
    await run(storm, job)
    assert await storm.reports.forget(job.id)
    await run(storm, job)
    assert storm.reports.kept == {}
    assert storm.reports.flames == {}


class Killed(BaseException):
    """The worker is gone."""


class Mortal:
    """A port whose `left`th call, counted over all ports that share the count, is the last thing a worker does: before
    its effect or after it."""

    def __init__(self, port: object, left: list[int], *, after: bool) -> None:
        self._port = port
        self._left = left
        self._after = after

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        if name in ("take", "link"):
            return found

        async def call(*arguments: Any, **named: Any) -> Any:
            self._left[0] -= 1
            if self._left[0] == 0 and not self._after:
                raise Killed
            answer = await found(*arguments, **named)
            if self._left[0] == 0:
                raise Killed
            return answer

        return call


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_killed_at_any_line_it_ends_as_if_it_were_not(recordings: dict[str, Recording], after: bool) -> None:
    deaths = 0
    while True:
        fakes = Fakes()
        fakes.serves(recordings[STORM])
        job = await queued(fakes)
        left = [deaths + 1]
        ports = ("snapshots", "leaves", "reports", "progress", "outbox")
        dying: dict[str, Any] = {name: Mortal(getattr(fakes.tools, name), left, after=after) for name in ports}
        try:
            await capture.run(replace(fakes.tools, **dying), job, last_try=False)
        except Killed:
            deaths += 1
        else:
            break
        await run(fakes, job)
        assert [type(note) for note in fakes.outbox.said()] == [Summary, CapturePicture], deaths
        assert summary_of(fakes).report, deaths
        assert picture_of(fakes).trend[-1].capture_id == job.id
        assert fakes.reports.flames.keys() == {job.id}, deaths
        assert len(fakes.reports.draws) <= 1 + (after and deaths > 0)
        assert len(fakes.heaps.visited) <= 2
    assert deaths > 12
