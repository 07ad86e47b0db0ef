"""What happens to a workspace without the app's doing: archived channels, lost members, deleted messages, new people,
fewer scopes, a revoked token; and trouble on order. For tests and for whoever drives the stand-in over HTTP.

Knows the acts as JSON; what follows from them is the business of the methods.
"""

from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.standin.args import Args
from bot.standin.errors import Refusal
from bot.standin.fault import Detour, Fault, read_detour, read_fault
from bot.standin.gate import Gate
from bot.standin.records import User
from bot.standin.trouble import Trouble
from bot.standin.workspace import Workspace


@dataclass
class Admin:
    ws: Workspace
    gate: Gate
    trouble: Trouble

    async def archive(self, args: Args) -> None:
        """`channel`; it is taken out of the archive again with `archived` false."""
        channel = self.ws.channel(args.required("channel"))
        channel.is_archived = args.flag("archived") if "archived" in args.given else True
        self.ws.changes.mark()

    async def remove(self, args: Args) -> None:
        """`user`, the app if none is named, from `channel`."""
        self.ws.channel(args.required("channel")).members.discard(self._who(args))
        self.ws.changes.mark()

    async def invite(self, args: Args) -> None:
        self.ws.channel(args.required("channel")).members.add(self._who(args))
        self.ws.changes.mark()

    async def delete(self, args: Args) -> None:
        """The message `ts` of `channel`, whoever wrote it."""
        message = self.ws.find(self.ws.channel(args.required("channel")).id, args.required("ts"))
        if message is None:
            raise Refusal("message_not_found")
        self.ws.delete(message)

    async def person(self, args: Args) -> None:
        """`person` as in a content file, into `channels`: a guest, somebody from elsewhere, somebody deactivated."""
        given = args.structure("person")
        channels = [self.ws.channel(str(name)).id for name in args.items("channels")]
        try:
            self.ws.admit(User(**given), *channels)
        except TypeError as error:
            raise Refusal("invalid_arguments", f"not a person: {error}") from None

    async def scopes(self, args: Args) -> None:
        """`scopes`: all that the bot's token is granted from now on."""
        self.ws.app = replace(self.ws.app, scopes=tuple(str(scope) for scope in args.items("scopes")))
        self.ws.changes.mark()

    async def revoke(self, args: Args) -> None:
        """`error`: token_revoked or account_inactive; empty makes the token good again."""
        error = args.text("error")
        if error not in ("", "token_revoked", "account_inactive"):
            raise Refusal("invalid_arguments", "error must be token_revoked, account_inactive or empty")
        self.gate.revoked = error

    async def order(self, args: Args) -> None:
        """Trouble: `faults` and `detours` as in `fault.py`, added to what is armed; `clear` first, `seed` for luck."""
        wanted: list[Fault | Detour] = [*map(read_fault, args.items("faults"))]
        wanted += map(read_detour, args.items("detours"))
        if args.flag("clear"):
            self.trouble.clear(args.whole("seed", 0, 2**32))
        self.trouble.add(*wanted)

    async def told(self, request: Request) -> Response:
        return JSONResponse({"ok": True, "trouble": self.trouble.told()})

    def _who(self, args: Args) -> str:
        return self.ws.user(args.text("user", self.ws.app.user_id)).id
