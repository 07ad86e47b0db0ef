"""The Web API over HTTP: the order of the steps and Slack's way of answering. Uploads too.

Knows status codes and headers; who may call is in `gate.py`, what a method does in `methods/`.
"""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bot.standin import responses
from bot.standin.args import read_args
from bot.standin.errors import Refusal
from bot.standin.faults import Faults
from bot.standin.gate import CONNECT, Gate
from bot.standin.methods import files
from bot.standin.methods.call import Call
from bot.standin.methods.table import METHODS
from bot.standin.records import Json
from bot.standin.sockets import Sockets
from bot.standin.triggers import Tickets
from bot.standin.workspace import Workspace

# To a token it does not know Slack tells nothing of scopes.
UNKNOWN = ("not_authed", "invalid_auth", "token_revoked", "account_inactive")


@dataclass
class Api:
    ws: Workspace
    tickets: Tickets
    gate: Gate
    sockets: Sockets
    faults: Faults

    async def method(self, request: Request) -> Response:
        name: str = request.path_params["method"]
        try:
            args = await read_args(request)
            self.gate.identify(name, request, args)
            early = await self.faults.before(name, args.given)
            if early is not None:
                return early
            answer = {"ok": True, **self._answer(name, Call(self.ws, self.tickets, args))}
            late = await self.faults.after(name, args.given, answer)
            return late or JSONResponse(answer, headers=self.gate.headers(name))
        except Refusal as refusal:
            headers = {} if refusal.code in UNKNOWN else self.gate.headers(name)
            return JSONResponse(refusal.answer(), refusal.status, headers | refusal.headers)

    async def upload(self, request: Request) -> Response:
        body = await _uploaded_bytes(request)
        try:
            size = files.receive(self.ws, request.path_params["file_id"], body)
        except Refusal as refusal:
            return PlainTextResponse(refusal.code, refusal.status)
        return PlainTextResponse(f"OK - {size}")

    async def respond(self, request: Request) -> Response:
        try:
            args = await read_args(request)
            said = args.structure("payload") if "payload" in args.given else args.given
            responses.respond(self.ws, self.tickets, request.path_params["key"], said)
        except Refusal as refusal:
            status = refusal.status if refusal.status != 200 else 400
            return JSONResponse(refusal.answer(), status)
        return PlainTextResponse("ok")

    def _answer(self, name: str, call: Call) -> Json:
        if name == CONNECT:
            return {"url": self.sockets.invite(self.ws.address)}
        method = METHODS.get(name)
        if method is None:
            raise Refusal("unknown_method")
        self.gate.admit(name, call)
        return method(call)


async def _uploaded_bytes(request: Request) -> bytes:
    """Slack takes the bytes bare or as the one file of a form."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await request.body()
    async with request.form() as form:
        for value in form.values():
            if not isinstance(value, str):
                return await value.read()
    return b""
