"""Socket Mode: apps.connections.open, the WebSocket, envelopes out and their acknowledgements back.

Knows envelopes; what is inside them and how long an acknowledgement may take is `courier.py`'s business.
"""

import asyncio
import itertools
import json
import secrets
import uuid

from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.standin.changes import Changes
from bot.standin.records import Json

CONNECTIONS = 10


class Sockets:
    def __init__(self, app_id: str, changes: Changes) -> None:
        self.app_id = app_id
        self._changes = changes
        self.open: list[WebSocket] = []
        self._tickets: set[str] = set()
        self._waiting: dict[str, asyncio.Future[Json | None]] = {}
        self._turn = itertools.count()

    def invite(self, base_url: str) -> str:
        """A WebSocket address that works once, as apps.connections.open gives it."""
        ticket = secrets.token_urlsafe(16)
        self._tickets.add(ticket)
        return f"{base_url.replace('http', 'ws', 1)}/link/?ticket={ticket}&app_id={self.app_id}"

    async def connect(self, socket: WebSocket) -> None:
        ticket = socket.query_params.get("ticket", "")
        if ticket not in self._tickets or len(self.open) >= CONNECTIONS:
            await socket.close(1008)
            return
        self._tickets.discard(ticket)
        await socket.accept()
        self.open.append(socket)
        self._changes.mark()
        try:
            await socket.send_json(
                {
                    "type": "hello",
                    "num_connections": len(self.open),
                    "connection_info": {"app_id": self.app_id},
                    "debug_info": {"host": "standin", "approximate_connection_time": 3600},
                }
            )
            await self._listen(socket)
        finally:
            self.open.remove(socket)
            self._changes.mark()

    async def send(self, kind: str, payload: Json, retry: int, reason: str) -> Json | None:
        """One envelope to one of the connections, in turn; the payload of its acknowledgement."""
        socket = self.open[next(self._turn) % len(self.open)]
        envelope: Json = {
            "type": kind,
            "envelope_id": str(uuid.uuid4()),
            "accepts_response_payload": kind != "events_api",
            "payload": payload,
        }
        if kind == "events_api":
            envelope |= {"retry_attempt": retry, "retry_reason": reason}
        answer: asyncio.Future[Json | None] = asyncio.get_running_loop().create_future()
        self._waiting[envelope["envelope_id"]] = answer
        try:
            await socket.send_json(envelope)
            return await answer
        finally:
            self._waiting.pop(envelope["envelope_id"], None)

    async def refresh(self) -> None:
        """What Slack does every few hours: ask every connection to be replaced, then close it."""
        for socket in list(self.open):
            await socket.send_json({"type": "disconnect", "reason": "refresh_requested"})

    async def _listen(self, socket: WebSocket) -> None:
        while True:
            try:
                said = json.loads(await socket.receive_text())
            except WebSocketDisconnect:
                return
            except ValueError:
                continue
            waiting = self._waiting.get(said.get("envelope_id", ""))
            if waiting is not None and not waiting.done():
                waiting.set_result(said.get("payload"))
