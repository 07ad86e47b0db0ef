"""A Redis that keeps what it has: its own directory and port, AOF written every second, stopped and started at will."""

import asyncio
import signal
import subprocess
import time
from pathlib import Path

import redis

from bot import children
from bot.redis_server import find_server, free_port

PATIENCE_S = 30.0


class DurableRedis:
    """The same data and the same address, however often it is stopped. Start it from the main thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._server = find_server()
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    async def start(self) -> None:
        """Returns once it answers. Raises TimeoutError."""
        options = {
            "bind": "127.0.0.1",
            "port": str(self.port),
            "dir": str(self._folder),
            "protected-mode": "yes",
            "save": "",
            "appendonly": "yes",
            "appendfsync": "everysec",
        }
        command = [self._server, *(word for name, value in options.items() for word in (f"--{name}", value))]
        self.process = children.start(command, self._folder / "redis.log")
        await asyncio.to_thread(self._answers, self.process)

    async def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self.process is not None:
            self.process.send_signal(how)
            await asyncio.to_thread(self.process.wait)

    def close(self) -> None:
        if self.process is not None:
            children.stop(self.process)

    def _answers(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + PATIENCE_S
        with redis.Redis.from_url(self.url) as client:
            while time.monotonic() < deadline:
                try:
                    if client.info("server")["process_id"] == process.pid:
                        return
                except redis.ConnectionError:
                    time.sleep(0.02)
        raise TimeoutError("Redis does not come back")
