"""All of the demo's processes, in the order they need one another. Knows addresses and environments; shows nothing."""

import secrets
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

import httpx

from bot import children
from bot.demo.alert import TOKEN_ENV, Alarm
from bot.demo.process import RESTARTS, DemoError, Process
from bot.demo.services import services_file
from bot.redis_server import EmbeddedRedis, NoRedis, free_port

LOOPBACK = "127.0.0.1"
START_S = 30.0
PAUSE_S = 0.05


class Stopped(Exception):
    """Somebody asked for the end."""


class House:
    """Everything running while the block does, nothing of it afterwards. `page` is where a person looks, `alarm` where
    an alert goes.

    Why signals only set `stopping`: an exception out of a handler is lost when it falls into a callback of the
    interpreter, such as those around a fork, and what was being started at that moment would be forgotten.
    """

    def __init__(self, page_port: int) -> None:
        self._page_port = page_port
        self._stack = ExitStack()
        self._processes: list[Process] = []
        self.http = httpx.Client(trust_env=False, timeout=10)
        self.page = ""
        self.alarm = Alarm("", "")
        self.stopping = False

    def __enter__(self) -> "House":
        try:
            self._start()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        children.stop(*(process.child for process in self._processes if process.child is not None))
        self._stack.close()
        self.http.close()

    def check(self) -> None:
        """Raises DemoError if something is down that cannot be started again, Stopped if the end was asked for."""
        if self.stopping:
            raise Stopped
        for process in self._processes:
            process.check()
        if self._redis.process is None or self._redis.process.poll() is not None:
            raise DemoError(f"Redis ended; its last lines:\n{self._redis.log.read_text(errors='replace')[-500:]}")

    def tails(self) -> str:
        """The last lines of every process, for a failure that has no single culprit."""
        return "\n".join(process.tail() for process in self._processes)

    def wait_for(self, what: str, condition: Callable[[], str], seconds: float = START_S) -> str:
        """What `condition` says once it says something. Raises DemoError after that many seconds."""
        deadline = time.monotonic() + seconds
        while not (said := condition()):
            self.check()
            if time.monotonic() > deadline:
                raise DemoError(f"{what} is not there after {seconds:.0f} s.\n{self.tails()}")
            time.sleep(PAUSE_S)
        return said

    def _start(self) -> None:
        self._folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="mapstorm-demo-")))
        web_port, secret, token = free_port(), secrets.token_hex(16), f"xoxb-demo-{secrets.token_hex(8)}"
        web = f"http://{LOOPBACK}:{web_port}"
        replay = self._run("replay", "bot.demo.replay")
        standin = self._run(
            "standin",
            "bot.standin.app",
            f"--port={self._page_port}",
            f"--bot-url={web}/slack/events",
            f"--signing-secret={secret}",
            f"--token={token}",
        )
        try:
            self._redis = self._stack.enter_context(EmbeddedRedis())
        except NoRedis as error:
            raise DemoError(str(error)) from error
        self.page = self.wait_for("The stand-in for Slack", standin.first_line)
        self.alarm = Alarm(f"{web}/webhooks/generic", secrets.token_hex(16))
        config = self._folder / "services.yaml"
        config.write_text(services_file(self.wait_for("The replay of recordings", replay.first_line)))
        told = {"SLACK_BOT_TOKEN": token, "SLACK_SIGNING_SECRET": secret, "MAPSTORM_CONFIG": str(config)}
        environment = told | self._environment(web_port)
        bots = [self._run(name, "bot.cli", name, environment=environment) for name in ("worker", "web")]
        self.wait_for("mapstorm's web process", lambda: self._ready(web))
        for process in bots:
            process.restarts = RESTARTS  # one that cannot even start would not be helped by another try

    def _environment(self, web_port: int) -> dict[str, str]:
        return {
            "SLACK_API_URL": f"{self.page}/api/",
            "REDIS_URL": self._redis.url,
            "MAPSTORM_HOME": str(self._folder),
            TOKEN_ENV: self.alarm.token,
            "HOST": LOOPBACK,
            "PORT": str(web_port),
            "MAPSTORM_URL": f"http://{LOOPBACK}:{web_port}",
            "MAPSTORM_LINK_SECRET": secrets.token_hex(32),
        }

    def _run(self, name: str, *arguments: str, environment: dict[str, str] | None = None) -> Process:
        process = Process(name, self._folder / f"{name}.log", arguments, environment or {})
        self._processes.append(process)
        process.start()
        return process

    def _ready(self, web: str) -> str:
        try:
            return "ready" if self.http.get(f"{web}/readyz").is_success else ""
        except httpx.TransportError:
            return ""
