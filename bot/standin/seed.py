"""Who and what is in the workspace at the start: the default content, and reading other content from JSON.

Knows the shape of the content file and nothing that happens afterwards.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path

from bot.standin.records import Channel, Json, User, Usergroup

SCOPES = (
    "app_mentions:read",
    "channels:history",
    "channels:join",
    "channels:read",
    "chat:write",
    "commands",
    "files:write",
    "groups:history",
    "groups:read",
    "im:history",
    "im:read",
    "im:write",
    "reactions:write",
    "usergroups:read",
    "users:read",
    "users:read.email",
)


@dataclass(frozen=True)
class BotApp:
    user_id: str = "U0MAPSTORM"
    bot_id: str = "B0MAPSTORM"
    app_id: str = "A0MAPSTORM"
    name: str = "mapstorm"
    title: str = "Mapstorm"
    commands: tuple[str, ...] = ("/mapstorm",)
    # Event types the app is subscribed to; Slack sends no others.
    events: tuple[str, ...] = ("app_mention", "app_home_opened")
    # Whether the app's configuration has a Home tab.
    home_tab: bool = True
    # What the bot's token was granted.
    scopes: tuple[str, ...] = SCOPES


@dataclass(frozen=True)
class Seed:
    team_id: str = "T0STANDIN"
    team: str = "Standin"
    domain: str = "standin"
    app: BotApp = field(default_factory=BotApp)
    channels: tuple[Channel, ...] = ()
    users: tuple[User, ...] = ()
    usergroups: tuple[Usergroup, ...] = ()


def default_seed() -> Seed:
    app = BotApp()
    users = (
        User("U0ANA", "ana", "Ana Lima", "ana@example.com", "On call"),
        User("U0BO", "bo", "Bo Lindqvist", "bo@example.com", "Payments"),
        User(app.user_id, app.name, app.title, is_bot=True),
    )
    everyone = {user.id for user in users}
    channels = (
        Channel("C0PAYMENTS", "payments", "svc-payments and friends", set(everyone)),
        Channel("C0ORDERS", "orders", "svc-orders: releases and alerts", set(everyone)),
        Channel("C0GENERAL", "general", "Company-wide talk", set(everyone)),
    )
    groups = (Usergroup("S0ONCALL", "oncall", "On-call engineers", ["U0ANA"]),)
    return Seed(app=app, channels=channels, users=users, usergroups=groups)


def read_seed(path: Path) -> Seed:
    """Content from a JSON file: any part left out is taken from the default."""
    given: Json = json.loads(path.read_text(encoding="utf-8"))
    usual = default_seed()
    parts: Json = given.get("app", {})
    lists: Json = {key: tuple(value) for key, value in parts.items() if isinstance(value, list)}
    app = BotApp(**{**parts, **lists})
    users = tuple(User(**user) for user in given["users"]) if "users" in given else usual.users
    if all(user.id != app.user_id for user in users):
        users = (*users, User(app.user_id, app.name, app.title, is_bot=True))
    everyone = {user.id for user in users}
    channels = usual.channels
    if "channels" in given:
        channels = tuple(
            Channel(**{**channel, "members": set(channel.get("members", everyone))}) for channel in given["channels"]
        )
    groups = tuple(Usergroup(**group) for group in given["usergroups"]) if "usergroups" in given else ()
    return Seed(
        team_id=given.get("team_id", usual.team_id),
        team=given.get("team", usual.team),
        domain=given.get("domain", usual.domain),
        app=app,
        channels=channels,
        users=users,
        usergroups=groups or usual.usergroups,
    )
