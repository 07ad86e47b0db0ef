"""Report pages as a browser gets them: the real routes over fakes on 127.0.0.1, of recordings and their flame graphs.

Knows how a story becomes what the store would hold; not what a page looks like.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

import zstandard
from starlette.applications import Starlette

from analyzers.flame import Flame
from analyzers.merging import flame
from analyzers.reading import symbols
from analyzers.reading.wholetext import read_whole
from analyzers.stacks import Stacks
from bot.reports.flame_codec import encode
from bot.reports.page import html
from bot.reports.routes import routes
from bot.standin.serve import Server
from handlers.paging import gathered
from handlers.records import Capture, Remembered, Request
from handlers.report import Report, Sizes
from handlers.trend import line_of
from tests.fakes import Fakes
from tests.scenes.stage import Story, lived

CLASSIC, SWISS = "go1.23.9/growth_storm", "go1.27.3/unbounded_growth"


class Site(NamedTuple):
    """Reports under an address of this machine, by the ids of their captures, which are their tokens here."""

    url: str
    fakes: Fakes

    def put(self, name: str, told: Story, drawn: Flame | None) -> str:
        """Keeps a story as what the request `name` captured; the address of its page."""
        capture = capture_of(name, told)
        self.fakes.registry.services[told.service.name] = told.service
        self.fakes.reports.kept[capture.id] = Report(capture, told.diagnosis)
        self.fakes.reports.bytes[capture.id] = told.raw
        self.fakes.snapshots.lines = history_of(name, told)
        if drawn:
            self.fakes.reports.flames[capture.id] = drawn
        return f"{self.url}/reports/{capture.id}"


@asynccontextmanager
async def site() -> AsyncIterator[Site]:
    """The routes of reports, every id of a capture a good token."""
    fakes = Fakes()

    async def flame_json(capture_id: str) -> bytes | None:
        drawn = await fakes.reports.flame(capture_id)
        return encode(drawn) if drawn else None

    doors = routes(fakes.tools, lambda token: token, flame_json)
    server = Server(Starlette(routes=doors), 0, lambda: None)
    try:
        yield Site(await server.start(), fakes)
    finally:
        await server.stop()


def capture_of(name: str, told: Story) -> Capture:
    """Asked for two minutes before it was read, with its peers."""
    instances = (told.instance, *(instance for instance, _ in told.peers))
    request = Request(name, told.service.name, instances, told.diagnosis.captured_at - 120, "U0ANA")
    return Capture(f"{name}.0", request, told.instance)


def history_of(name: str, told: Story) -> tuple[Remembered, ...]:
    """As the port Snapshots gives it: newest first, its peers' captures of the same request with it."""
    request = capture_of(name, told).request
    peers = [
        line_of(Capture(f"{name}.{number}", request, instance), found)
        for number, (instance, found) in enumerate(told.peers, 1)
    ]
    return (*peers, *reversed(told.trend))


def alone(told: Story, drawn: Flame | None) -> str:
    """The same page as a file of its own."""
    report = Report(capture_of("r1", told), told.diagnosis)
    return html(gathered(told.service, report, history_of("r1", told), Sizes()), drawn)


def drawn(told: Story) -> Flame:
    """The flame graph of a story's texts."""
    first, base = told.raw.first_text, told.base.text if told.base else b""
    names = told.raw.symbols
    return flame(
        _stacks(told.raw.text, names), _stacks(first, names) if first else None, _stacks(base, names) if base else None
    )


def family(name: str) -> tuple[Story, Flame]:
    """A recording of one family with all three readings."""
    told = lived(name)
    return told, drawn(told)


def _stacks(packed: bytes, answers: bytes) -> Stacks:
    with zstandard.ZstdDecompressor().stream_reader(packed) as text:
        return read_whole([text.read()], symbols.names(answers))
