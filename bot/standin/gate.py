"""Before a method runs: whose token it is, what it may do, whether it comes too fast. Not what the method does."""

from dataclasses import dataclass

from starlette.requests import Request

from bot.standin.args import Args
from bot.standin.credentials import Credentials
from bot.standin.errors import Refusal
from bot.standin.methods import scopes
from bot.standin.methods.call import Call
from bot.standin.rate import Rates
from bot.standin.workspace import Workspace

CONNECT = "apps.connections.open"


@dataclass
class Gate:
    """`revoked` is what Slack says of the bot's token once it is none: token_revoked or account_inactive."""

    ws: Workspace
    credentials: Credentials
    rates: Rates
    revoked: str = ""

    def identify(self, method: str, request: Request, args: Args) -> None:
        token = _token(request, args)
        if token not in (self.credentials.token, self.credentials.app_token):
            raise Refusal("invalid_auth" if token else "not_authed")
        if self.revoked and token == self.credentials.token:
            raise Refusal(self.revoked)
        if (token == self.credentials.app_token) is not (method == CONNECT):
            raise Refusal("not_allowed_token_type")

    def admit(self, method: str, call: Call) -> None:
        scopes.require(method, call)
        channel = call.args.text("channel")
        known = next((c.id for c in self.ws.channels.values() if channel in (c.id, c.name, f"#{c.name}")), "")
        wait = self.rates.take(method, known)
        if wait:
            raise Refusal("ratelimited", status=429, headers={"retry-after": str(wait)})

    def headers(self, method: str) -> dict[str, str]:
        """What the token was granted, and what the method takes: Slack says so with every answer."""
        told = {"x-oauth-scopes": ",".join(self.ws.app.scopes)}
        accepted = scopes.accepted(method)
        return told | {"x-accepted-oauth-scopes": accepted} if accepted else told


def _token(request: Request, args: Args) -> str:
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    return value.strip() if scheme.lower() == "bearer" else args.text("token")
