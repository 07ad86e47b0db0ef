"""/standin/...: the way in for the page and for tests. Reads the transcript, does what a person would do.

Knows JSON in and out; the acts themselves are in `people.py`.
"""

import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.standin import shown
from bot.standin.args import Args, read_args
from bot.standin.errors import Refusal
from bot.standin.people import People
from bot.standin.records import Delivery, Json, Message
from bot.standin.sockets import Sockets
from bot.standin.transcript import transcript

LONGEST_WAIT = 25.0
# Shown in the page; anything else is only offered for download, so that no upload can run as a page.
SHOWABLE = ("image/png", "image/jpeg", "image/gif", "image/webp")


@dataclass
class Control:
    people: People
    sockets: Sockets

    async def state(self, request: Request) -> Response:
        """With `since`, waits up to `wait` seconds for something newer: live updates without a stream."""
        query = request.query_params
        ws = self.people.ws
        try:
            since = int(query.get("since", "-1"))
            wait = min(float(query.get("wait", LONGEST_WAIT)), LONGEST_WAIT)
        except ValueError:
            return JSONResponse({"ok": False, "error": "invalid_arguments"}, 400)
        if since >= 0:
            await ws.changes.beyond(since, wait)
        return JSONResponse(transcript(ws, query.get("user", "")))

    async def file(self, request: Request) -> Response:
        found = self.people.ws.files.get(request.path_params["file_id"])
        if found is None or found.data is None:
            return Response(status_code=404)
        headers = {"x-content-type-options": "nosniff"}
        if found.mimetype in SHOWABLE:
            return Response(found.data, media_type=found.mimetype, headers=headers)
        name = json.dumps(found.name.encode("ascii", "replace").decode())
        headers["content-disposition"] = f"attachment; filename={name}"
        return Response(found.data, media_type="application/octet-stream", headers=headers)

    async def type(self, args: Args) -> Delivery | Message | None:
        channel, user, text = (args.required(name) for name in ("channel", "user", "text"))
        return await self.people.type(channel, user, text, args.text("thread_ts"))

    async def click(self, args: Args) -> Delivery:
        user, action_id = args.required("user"), args.required("action_id")
        value = args.given.get("value")
        if args.text("view_id"):
            values = args.structure("values") or {}
            view_id, block_id = args.text("view_id"), args.text("block_id")
            return await self.people.click_in_view(user, view_id, action_id, values, value, block_id)
        channel, ts = args.required("channel"), args.required("ts")
        return await self.people.click(channel, user, ts, action_id, args.text("block_id"), value)

    async def home(self, args: Args) -> Delivery | None:
        return await self.people.come_home(args.required("user"), args.text("tab") or "home")

    async def submit(self, args: Args) -> Delivery | None:
        values = args.structure("values") or {}
        return await self.people.submit(args.required("user"), args.required("view_id"), values)

    async def close(self, args: Args) -> Delivery | None:
        return await self.people.close(args.required("user"), args.required("view_id"))

    async def event(self, args: Args) -> Delivery:
        event = args.structure("event")
        if not isinstance(event, dict):
            raise Refusal("invalid_arguments", "missing required field: event")
        return await self.people.event(event)

    async def refresh(self, args: Args) -> None:
        await self.sockets.refresh()


def act(
    people: People, doing: Callable[[Args], Awaitable[Delivery | Message | None]]
) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint that does it and tells what became of it."""

    async def endpoint(request: Request) -> Response:
        try:
            done = await doing(await read_args(request))
        except Refusal as refusal:
            return JSONResponse(refusal.answer(), 400)
        answer: Json = {"ok": True, "version": people.ws.changes.version}
        if isinstance(done, Delivery):
            answer["delivery"] = asdict(done)
        elif isinstance(done, Message):
            answer["message"] = shown.message(people.ws, done)
        return JSONResponse(answer)

    return endpoint
