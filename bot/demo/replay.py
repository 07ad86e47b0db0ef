"""Recorded answers of real Go services, served again as /SERVICE/INSTANCE/debug/pprof/{heap,symbol}.

Knows the files of a recording and which of them comes next; not what is in them. As a process:
`python -m bot.demo.replay`, whose first line on stdout is its address.

Why it moves with each text: a capture reads the text twice and the protobuf in between, and the next capture has
to find a later moment of the same process. After the last recording the process stands still.
"""

import asyncio
import gzip
from dataclasses import dataclass
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.demo.services import INSTANCES
from bot.standin.serve import Server

RECORDINGS = Path(__file__).parent / "recordings"


@dataclass
class Recording:
    """One recorded process, and how far its replay has come."""

    folder: Path
    visits: int = 0

    def __post_init__(self) -> None:
        if not (self.folder / "heap.txt.gz").is_file():
            raise FileNotFoundError(f"no recording in {self.folder}")
        self._names = dict(_names((self.folder / "symbols.txt").read_text()))

    def text(self) -> bytes:
        """The next moment's `heap?debug=1`; the last one for ever after."""
        if self._file(self.visits + 1, "txt").is_file():
            self.visits += 1
        return gzip.decompress(self._file(self.visits, "txt").read_bytes())

    def proto(self) -> bytes:
        """The protobuf of the moment the last text showed."""
        return self._file(max(self.visits, 1), "pb").read_bytes()

    def symbols(self, query: str) -> str:
        """As net/http/pprof answers: a head, then a line for each address it can name."""
        asked = [word for word in query.split("+") if word]
        lines = ["num_symbols: 1"]
        lines += [f"{word} {self._names[int(word, 16)]}" for word in asked if _is_known(word, self._names)]
        return "\n".join(lines) + "\n"

    def _file(self, visit: int, kind: str) -> Path:
        stem = "heap" if visit == 1 else f"heap-{visit}"
        return self.folder / f"{stem}.{kind}.gz"


class Replay:
    """The endpoints of all instances; nothing outside the list can be asked for."""

    def __init__(self, instances: dict[tuple[str, str], Recording]) -> None:
        self._instances = instances

    async def heap(self, request: Request) -> Response:
        recording = self._of(request)
        if recording is None:
            return _unknown()
        if request.query_params.get("debug", "0") != "0":
            return PlainTextResponse(recording.text())
        return Response(recording.proto(), media_type="application/octet-stream")

    async def symbol(self, request: Request) -> Response:
        recording = self._of(request)
        if recording is None:
            return _unknown()
        body = (await request.body()).decode("ascii", "replace") if request.method == "POST" else request.url.query
        return PlainTextResponse(recording.symbols(body))

    def _of(self, request: Request) -> Recording | None:
        return self._instances.get((request.path_params["service"], request.path_params["instance"]))


def create_app(instances: dict[tuple[str, str], Recording]) -> Starlette:
    replay = Replay(instances)
    base = "/{service}/{instance}/debug/pprof"
    return Starlette(
        routes=[
            Route(f"{base}/heap", replay.heap),
            Route(f"{base}/symbol", replay.symbol, methods=["GET", "POST"]),
        ]
    )


async def serve(port: int = 0) -> None:
    recordings = {names: Recording(RECORDINGS / folder) for names, folder in INSTANCES.items()}
    server = Server(create_app(recordings), port, lambda: None)
    print(await server.start(), flush=True)
    await server.ended()


def _names(symbols: str) -> list[tuple[int, str]]:
    """Lines such as `0x40546e internal/runtime/maps.newTable`; the head has no address."""
    pairs = (line.partition(" ") for line in symbols.splitlines() if line.startswith("0x"))
    return [(int(address, 16), name) for address, _, name in pairs]


def _is_known(word: str, names: dict[int, str]) -> bool:
    try:
        return int(word, 16) in names
    except ValueError:
        return False


def _unknown() -> Response:
    return PlainTextResponse("no such recording\n", 404)


if __name__ == "__main__":
    asyncio.run(serve())
