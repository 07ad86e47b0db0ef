"""The stand-in as an ASGI app, and as a process: `python -m bot.standin.app --port 0 --bot-url ...`.

Wires the rooms together; the only list of routes.
"""

import argparse
import asyncio
from dataclasses import dataclass, field
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount, Route, WebSocketRoute

from bot.standin import page
from bot.standin.admin import Admin
from bot.standin.api import Api
from bot.standin.control import Control, act
from bot.standin.courier import Courier
from bot.standin.credentials import Credentials
from bot.standin.faults import Faults
from bot.standin.gate import Gate
from bot.standin.guard import Guard
from bot.standin.people import People
from bot.standin.rate import UNLIMITED, Pace, Rates
from bot.standin.seed import read_seed
from bot.standin.serve import Server
from bot.standin.sockets import Sockets
from bot.standin.transport import Transport
from bot.standin.triggers import Tickets
from bot.standin.trouble import Trouble
from bot.standin.workspace import Workspace


@dataclass
class Standin:
    """A stand-in ready to be served. `app` is the ASGI app; `people` do what people do in Slack.

    `trouble` goes wrong as it is told to; a test's own `faults` take its place for calls of the Web API.
    """

    ws: Workspace = field(default_factory=Workspace)
    credentials: Credentials = field(default_factory=Credentials)
    bot_url: str | None = None
    pace: Pace = field(default_factory=Pace)
    faults: Faults | None = None

    def __post_init__(self) -> None:
        self.tickets = Tickets(self.ws.clock)
        self.sockets = Sockets(self.ws.app.app_id, self.ws.changes)
        self.transport = Transport(self.ws.clock, self.credentials, self.sockets, self.bot_url)
        self.gate = Gate(self.ws, self.credentials, Rates(self.ws.clock, self.pace))
        self.trouble = Trouble(self.ws.clock)
        self.courier = Courier(self.ws, self.transport, self.faults or self.trouble, self.trouble)
        self.people = People(self.ws, self.tickets, self.courier)
        self.app = create_app(self)
        self._server: Server | None = None

    @property
    def url(self) -> str:
        return self.ws.address

    @property
    def api_url(self) -> str:
        """What SLACK_API_URL is set to."""
        return f"{self.url}/api/"

    async def start(self, port: int = 0) -> "Standin":
        self._server = Server(self.app, port, self.ws.changes.close)
        self.ws.address = await self._server.start()
        return self

    async def stop(self) -> None:
        if self._server is not None:
            await self._server.stop()
        await self.courier.close()

    async def __aenter__(self) -> "Standin":
        return await self.start()

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def run(self, port: int) -> None:
        """Serve until a signal comes; the first line on stdout is the address."""
        await self.start(port)
        print(self.url, flush=True)
        assert self._server is not None  # noqa: S101 - start() made it
        await self._server.ended()
        await self.courier.close()


def create_app(standin: Standin) -> Starlette:
    api = Api(
        standin.ws,
        standin.tickets,
        standin.gate,
        standin.sockets,
        standin.faults or standin.trouble,
    )
    control = Control(standin.people, standin.sockets)
    admin = Admin(standin.ws, standin.gate, standin.trouble)
    acts = {
        "command": control.type,
        "message": control.type,
        "click": control.click,
        "home": control.home,
        "submit": control.submit,
        "close": control.close,
        "event": control.event,
        "refresh": control.refresh,
        "archive": admin.archive,
        "remove": admin.remove,
        "invite": admin.invite,
        "delete": admin.delete,
        "person": admin.person,
        "scopes": admin.scopes,
        "revoke": admin.revoke,
        "trouble": admin.order,
    }
    return Starlette(
        routes=[
            Route("/api/{method}", api.method, methods=["GET", "POST"]),
            Route("/upload/v1/{file_id}", api.upload, methods=["POST"]),
            Route("/commands/{team}/{key}", api.respond, methods=["POST"]),
            Route("/actions/{team}/{key}", api.respond, methods=["POST"]),
            WebSocketRoute("/link/", standin.sockets.connect),
            Route("/standin/state", control.state),
            Route("/standin/trouble", admin.told),
            Route("/standin/files/{file_id}", control.file),
            *(Route(f"/standin/{name}", act(standin.people, doing), methods=["POST"]) for name, doing in acts.items()),
            Mount("/page", page.files()),
            Route("/", page.index),
            Route("/archives/{rest:path}", page.index),
        ],
        middleware=[Middleware(Guard)],
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bot.standin.app", description=__doc__)
    usual = Credentials()
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--bot-url", help="where the app takes Slack's requests; none with Socket Mode")
    parser.add_argument("--signing-secret", default=usual.signing_secret)
    parser.add_argument("--token", default=usual.token)
    parser.add_argument("--app-token", default=usual.app_token)
    parser.add_argument("--content", type=Path, help="JSON file with channels, users, usergroups, app")
    parser.add_argument("--no-rate-limits", action="store_true")
    given = parser.parse_args()
    standin = Standin(
        Workspace(read_seed(given.content) if given.content else None),
        Credentials(given.token, given.app_token, given.signing_secret),
        given.bot_url,
        UNLIMITED if given.no_rate_limits else Pace(),
    )
    asyncio.run(standin.run(given.port))


if __name__ == "__main__":
    main()
