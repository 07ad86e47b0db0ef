"""Runs an ASGI app on a loopback port inside the running event loop: for a test, or as a process."""

import asyncio
import socket
from collections.abc import Callable

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

HOST = "127.0.0.1"


class Server:
    """`closing` is called before connections are waited for, to let long polls go."""

    def __init__(self, app: ASGIApp, port: int, closing: Callable[[], None]) -> None:
        self._port = port
        self._closing = closing
        # 17 and later of websockets warn about their old interface, so the sans-io one is named.
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            lifespan="off",
            http=_Connection,
            ws="websockets-sansio",
            timeout_graceful_shutdown=2,
        )
        self._server = _Uvicorn(config, closing)
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> str:
        listener = socket.create_server((HOST, self._port))
        # asyncio does this only for sockets that name their protocol, which create_server's do not; headers and body
        # are two packets, and the second waited 40 ms for the first to be acknowledged.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        port = listener.getsockname()[1]
        self._task = asyncio.create_task(self._server.serve([listener]))
        up = asyncio.create_task(self._server.up.wait())
        # A server that fails before it is up, say for want of a package, would be waited for without end.
        await asyncio.wait({self._task, up}, return_when=asyncio.FIRST_COMPLETED)
        if not up.done():
            up.cancel()
            await self._task
            raise RuntimeError("the server ended before it was up")
        return f"http://{HOST}:{port}"

    async def stop(self) -> None:
        self._server.should_exit = True
        await self.ended()

    async def ended(self) -> None:
        if self._task is not None:
            await self._task


class _Connection(H11Protocol):
    """Tells the app how to close the connection under a request: nothing in ASGI can."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state = {**self.app_state, "hang_up": transport.abort}


class _Uvicorn(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, closing: Callable[[], None]) -> None:
        super().__init__(config)
        self.up = asyncio.Event()
        self._closing = closing

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._closing()
        await super().shutdown(sockets)
