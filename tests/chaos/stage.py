"""Everything that runs in a chaos run: Redis, the stand-in for Slack, services with a recorded answer, mapstorm's web
and worker processes. Knows how to kill and to start each; not when.
"""

import gzip
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import orjson

from bot import children
from bot.redis_server import free_port
from bot.standin.app import Standin
from bot.standin.rate import UNLIMITED
from bot.standin.records import Channel, User
from bot.standin.seed import BotApp, Seed
from bot.standin.workspace import Workspace
from tests.bot.pprof_server import PprofServer, pprof_server, whole
from tests.chaos.durable import DurableRedis
from tests.chaos.plan import PODS, Plan, channel_of

ROOT = Path(__file__).parents[2]
RECORDING = ROOT / "tests" / "profiles" / "go1.27.3" / "growth_storm"
COMMANDS = {"web": ("-m", "bot.cli", "web"), "worker": ("-m", "tests.chaos.worker")}
TOKEN = "MAPSTORM_ALERTMANAGER_TOKEN"  # noqa: S105 - its name


class Stage:
    """`ended` names the processes that ended without having been killed, with the code they ended with."""

    def __init__(self, plan: Plan, folder: Path, slack: Standin, redis: DurableRedis, pprof: str) -> None:
        self.folder = folder
        self.slack = slack
        self.redis = redis
        self.token = secrets.token_hex(16)
        self.web = f"http://127.0.0.1:{(port := free_port())}"
        self.config = folder / "mapstorm.yaml"
        self.config.write_bytes(orjson.dumps(registry(plan, pprof)))  # JSON is YAML
        self._environ = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "SLACK_BOT_TOKEN": slack.credentials.token,
            "SLACK_SIGNING_SECRET": slack.credentials.signing_secret,
            "SLACK_API_URL": slack.api_url,
            "REDIS_URL": redis.url,
            "MAPSTORM_CONFIG": str(self.config),
            TOKEN: self.token,
            "HOST": "127.0.0.1",
            "PORT": str(port),
        }
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self.workers = tuple(f"worker-{number}" for number in range(plan.workers))
        self.names = ("web", *self.workers)
        self.ended: list[str] = []

    def start(self, name: str) -> None:
        command = [sys.executable, "-P", *COMMANDS[name.partition("-")[0]]]
        self._children[name] = children.start(command, self.folder / f"{name}.log", self._environ)

    def kill(self, name: str) -> None:
        """SIGKILL: it gets no chance to put anything in order."""
        child = self._children[name]
        child.kill()
        child.wait()

    def freeze(self, name: str) -> None:
        """It stands still, and does not know it."""
        self._children[name].send_signal(signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        self._children[name].send_signal(signal.SIGCONT)

    def look(self) -> None:
        """Starts anew what has ended by itself, which nothing should."""
        for name, child in self._children.items():
            if child.poll() not in (None, -signal.SIGKILL):
                self.ended.append(f"{name} with {child.returncode}")
                self.start(name)

    def stop(self) -> None:
        """Asks all of mapstorm's processes to end, and notes those that do not end well."""
        children.stop(*self._children.values(), patience_s=20)
        for name, child in self._children.items():
            if child.returncode != 0:
                self.ended.append(f"{name} with {child.returncode} when asked to")
        self._children.clear()

    def close(self) -> None:
        children.stop(*self._children.values())

    def logged(self) -> dict[str, list[dict[str, object]]]:
        """What each process wrote, line by line; what is no JSON as {"event": line}."""
        return {
            path.stem: [_line(line) for line in path.read_bytes().splitlines()]
            for path in sorted(self.folder.glob("w*.log"))
        }


@asynccontextmanager
async def staged(plan: Plan, folder: Path) -> AsyncIterator[Stage]:
    """All of it running while the block does, nothing of it afterwards."""
    redis = DurableRedis(folder)
    try:
        async with Standin(Workspace(seed(plan)), pace=UNLIMITED) as slack, pprof_server() as pprof:
            record(plan, pprof)
            await redis.start()
            stage = Stage(plan, folder, slack, redis, f"http://127.0.0.1:{pprof.port}")
            try:
                for name in stage.names:
                    stage.start(name)
                yield stage
            finally:
                stage.close()
    finally:
        redis.close()


def registry(plan: Plan, pprof: str) -> dict[str, object]:
    """The services file: each service with all pods and a channel of its own. `pprof` is where they all answer."""
    services = [
        {
            "name": service,
            "instances": [{"name": pod, "url": f"{pprof}/{service}/{pod}/debug/pprof"} for pod in PODS],
            "channel": channel_of(service),
            "match": [f'service="{service}"'],
            "window_s": 0,
            "timeout_s": 30,
            "cooldown_s": 10,
        }
        for service in plan.services
    ]
    return {"services": services, "webhooks": {"alertmanager": {"bearer_env": TOKEN}}}


def seed(plan: Plan) -> Seed:
    """A workspace with those channels."""
    app = BotApp()
    members = {app.user_id, "U0ANA"}
    users = (User("U0ANA", "ana", "Ana Lima"), User(app.user_id, app.name, app.title, is_bot=True))
    channels = (Channel(channel_of(service), service, members=set(members)) for service in plan.services)
    return Seed(app=app, users=users, channels=tuple(channels))


def record(plan: Plan, pprof: PprofServer) -> None:
    """All pods give the same recorded answer."""
    heap = whole(gzip.decompress((RECORDING / "heap.txt.gz").read_bytes()), content_type="text/plain")
    symbols = whole((RECORDING / "symbols.txt").read_bytes(), content_type="text/plain")
    for service in plan.services:
        for pod in PODS:
            pprof.answers[f"/{service}/{pod}/debug/pprof/heap"] = heap
            pprof.answers[f"/{service}/{pod}/debug/pprof/symbol"] = symbols


def _line(line: bytes) -> dict[str, object]:
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError:
        found = line.decode(errors="replace")
    return found if isinstance(found, dict) else {"event": str(found)}
