"""auth.test, users.* and usergroups.*: who is who."""

from bot.standin import shown
from bot.standin.errors import Refusal
from bot.standin.methods.call import Call, Method
from bot.standin.records import Json, User


def auth_test(call: Call) -> Json:
    seed, app = call.ws.seed, call.ws.app
    return {
        "url": f"{call.ws.address}/",
        "team": seed.team,
        "team_id": seed.team_id,
        "user": app.name,
        "user_id": app.user_id,
        "bot_id": app.bot_id,
        "app_id": app.app_id,
        "is_enterprise_install": False,
    }


def info(call: Call) -> Json:
    user = call.ws.users.get(call.args.required("user"))
    if user is None:
        raise Refusal("user_not_found")
    return {"user": _seen(call, user)}


def lookup_by_email(call: Call) -> Json:
    email = call.args.required("email").lower()
    for user in call.ws.users.values():
        if user.email.lower() == email and not user.deleted:
            return {"user": shown.user(call.ws, user)}
    raise Refusal("users_not_found")


def list_all(call: Call) -> Json:
    members = [_seen(call, user) for user in call.ws.users.values()]
    return {
        "members": members,
        "cache_ts": int(call.ws.clock.now()),
        "response_metadata": {"next_cursor": ""},
    }


def list_groups(call: Call) -> Json:
    with_users = call.args.flag("include_users")
    return {"usergroups": [shown.usergroup(call.ws, group, with_users) for group in call.ws.usergroups.values()]}


def list_group_users(call: Call) -> Json:
    group = call.ws.usergroups.get(call.args.required("usergroup"))
    if group is None:
        raise Refusal("no_such_subteam")
    return {"users": [user for user in group.users if user not in call.ws.users or not call.ws.users[user].deleted]}


def _seen(call: Call, user: User) -> Json:
    """Without users:read.email a person comes without their address."""
    told = shown.user(call.ws, user)
    if "users:read.email" not in call.ws.app.scopes:
        told["profile"].pop("email", None)
    return told


METHODS: dict[str, Method] = {
    "auth.test": auth_test,
    "users.info": info,
    "users.lookupByEmail": lookup_by_email,
    "users.list": list_all,
    "usergroups.list": list_groups,
    "usergroups.users.list": list_group_users,
}
