"""Which scope each method needs, and what Slack says of a token that lacks it. Not which token it was.

Sources: each method's page on docs.slack.dev. Methods about a conversation need the scope of its kind.
"""

from bot.standin.errors import Refusal
from bot.standin.methods.call import Call

CHANNELS = {"public_channel": "channels", "private_channel": "groups", "mpim": "mpim", "im": "im"}
ONE = {
    "chat.postMessage": "chat:write",
    "chat.update": "chat:write",
    "chat.delete": "chat:write",
    "chat.postEphemeral": "chat:write",
    "conversations.join": "channels:join",
    "conversations.open": "im:write",
    "reactions.add": "reactions:write",
    "files.getUploadURLExternal": "files:write",
    "files.completeUploadExternal": "files:write",
    "users.info": "users:read",
    "users.list": "users:read",
    "users.lookupByEmail": "users:read.email",
    "usergroups.list": "usergroups:read",
    "usergroups.users.list": "usergroups:read",
}
BY_KIND = {
    "conversations.info": "read",
    "conversations.list": "read",
    "conversations.members": "read",
    "conversations.history": "history",
    "conversations.replies": "history",
}


def accepted(method: str) -> str:
    """The scopes of which the method takes any, as x-accepted-oauth-scopes names them; empty if it needs none."""
    if method in BY_KIND:
        return ",".join(f"{family}:{BY_KIND[method]}" for family in CHANNELS.values())
    return ONE.get(method, "")


def require(method: str, call: Call) -> None:
    """Raises Refusal missing_scope with `needed` and `provided`."""
    granted = call.ws.app.scopes
    of_any = [scope for scope in accepted(method).split(",") if scope]
    if not of_any:
        return
    lacking = _of_kinds(method, call) - set(granted) if set(of_any) & set(granted) else set(of_any)
    if lacking:
        needed = ",".join(scope for scope in of_any if scope in lacking)
        raise Refusal("missing_scope", more={"needed": needed, "provided": ",".join(granted)})


def _of_kinds(method: str, call: Call) -> set[str]:
    """What this very call needs, of those the method takes."""
    if method not in BY_KIND:
        return {ONE[method]}
    channel = call.ws.channels.get(call.args.text("channel"))
    if method == "conversations.list":
        kinds = (call.args.text("types") or "public_channel").split(",")
    else:
        kinds = [channel.kind] if channel else []
    return {f"{CHANNELS[kind]}:{BY_KIND[method]}" for kind in kinds if kind in CHANNELS}
