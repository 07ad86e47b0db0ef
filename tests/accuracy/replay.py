"""Recordings served again on loopback as /BUILD/SERVICE/debug/pprof/{heap,symbol}, for tools that ask a process.

Knows the second visit of each recording. Names of frames that the text prints itself are taken from there: the
recorded symbols are those of hidden frames only.
"""

import gzip
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

_PRINTED = re.compile(r"^#\t(0x[0-9a-f]+)\t(\S+)\+0x", re.MULTILINE)


@contextmanager
def served(folders: Iterable[Path]) -> Iterator[str]:
    """The address of the replay of these recordings, such as http://127.0.0.1:40123."""
    server = _Server(folders)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@cache
def _names(folder: Path) -> dict[int, str]:
    lines = (line.split(" ", 1) for line in (folder / "symbols.txt").read_text().splitlines()[1:])
    hidden = {int(address, 16): name for address, name in lines}
    return hidden | {int(address, 16): name for address, name in _PRINTED.findall(_text(folder).decode())}


def _text(folder: Path) -> bytes:
    return gzip.decompress((folder / "heap-2.txt.gz").read_bytes())


def _symbols(folder: Path, query: str) -> bytes:
    names = _names(folder)
    asked = (word for word in query.split("+") if int(word, 16) in names)
    return "\n".join(["num_symbols: 1", *(f"{word} {names[int(word, 16)]}" for word in asked), ""]).encode()


class _Server(ThreadingHTTPServer):
    def __init__(self, folders: Iterable[Path]) -> None:
        super().__init__(("127.0.0.1", 0), _Replay)
        self.folders = {f"{folder.parent.name}/{folder.name}": folder for folder in folders}


class _Replay(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        folder = self.server.folders.get("/".join(path.split("/")[1:3]))
        if folder is None:
            self.send_error(404)
        elif path.endswith("/symbol"):
            self._answer(_symbols(folder, query))
        else:
            self._answer(_text(folder) if "debug=1" in query else (folder / "heap-2.pb.gz").read_bytes())

    def do_POST(self) -> None:
        query = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        folder = self.server.folders.get("/".join(self.path.split("/")[1:3]))
        if folder is None:
            self.send_error(404)
        else:
            self._answer(_symbols(folder, query))

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Nothing: the table goes to the same terminal."""
