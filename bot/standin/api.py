"""The Web API over HTTP: who calls, may they, how fast, and Slack's way of answering. Uploads too.

Knows tokens, tiers and status codes; what a method does is in `methods/`.
"""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bot.standin import responses
from bot.standin.args import Args, read_args
from bot.standin.credentials import Credentials
from bot.standin.errors import Refusal
from bot.standin.faults import Faults
from bot.standin.methods import files
from bot.standin.methods.call import Call
from bot.standin.methods.table import METHODS
from bot.standin.rate import Rates
from bot.standin.records import Json
from bot.standin.sockets import Sockets
from bot.standin.triggers import Tickets
from bot.standin.workspace import Workspace

SCOPES = (
    "chat:write,commands,channels:history,channels:read,files:write,groups:read,im:write,reactions:write,"
    "usergroups:read,users:read,users:read.email"
)


@dataclass
class Api:
    ws: Workspace
    tickets: Tickets
    credentials: Credentials
    rates: Rates
    sockets: Sockets
    faults: Faults

    async def method(self, request: Request) -> Response:
        name: str = request.path_params["method"]
        try:
            args = await read_args(request)
            early = await self.faults.before(name, args.given)
            if early is not None:
                return early
            answer = {"ok": True, **self._answer(name, request, args)}
            late = await self.faults.after(name, args.given, answer)
            return late or JSONResponse(answer, headers={"x-oauth-scopes": SCOPES})
        except Refusal as refusal:
            return JSONResponse(refusal.answer(), refusal.status, refusal.headers)

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

    def _answer(self, name: str, request: Request, args: Args) -> Json:
        token = _token(request, args)
        if token not in (self.credentials.token, self.credentials.app_token):
            raise Refusal("invalid_auth" if token else "not_authed")
        if (token == self.credentials.app_token) is not (name == "apps.connections.open"):
            raise Refusal("not_allowed_token_type")
        if name == "apps.connections.open":
            return {"url": self.sockets.invite(self.ws.address)}
        method = METHODS.get(name)
        if method is None:
            raise Refusal("unknown_method")
        self._hold_back(name, args)
        return method(Call(self.ws, self.tickets, args))

    def _hold_back(self, name: str, args: Args) -> None:
        channel = args.text("channel")
        known = next((c.id for c in self.ws.channels.values() if channel in (c.id, c.name, f"#{c.name}")), "")
        wait = self.rates.take(name, known)
        if wait:
            raise Refusal("ratelimited", status=429, headers={"retry-after": str(wait)})


def _token(request: Request, args: Args) -> str:
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    return value.strip() if scheme.lower() == "bearer" else args.text("token")


async def _uploaded_bytes(request: Request) -> bytes:
    """Slack takes the bytes bare or as the one file of a form."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await request.body()
    async with request.form() as form:
        for value in form.values():
            if not isinstance(value, str):
                return await value.read()
    return b""
