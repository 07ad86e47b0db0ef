"""The manifest of the Slack app: what an administrator pastes into api.slack.com. Knows no settings, no client."""

import argparse
from collections.abc import Sequence
from urllib.parse import urlsplit

import yaml

# Each with its reason. #names in the registry need no channels:read: chat.postMessage takes a name and answers with the
# id that edits need.
SCOPES = (
    "commands",  # /mapstorm itself
    "chat:write",  # roots, threads and answers to one person, in channels the bot was invited to
    "app_mentions:read",  # @mapstorm ack in a thread, where Slack takes no slash command
    "channels:history",  # before a message is sent again after an unclear answer: is it there already?
    "groups:history",  # the same in private channels
    "users:read",  # whether somebody is a member, a guest, or from another workspace
    "users:read.email",  # which member has the e-mail address that a calendar has for whoever is on call
    "files:write",  # a handoff's thread, what Slack's limits cut of an answer, pictures where Slack takes no charts
    "usergroups:read",  # whether somebody is in a group that the registry allows to act
)
# app_home_opened needs no scope, nor does publishing the home.
EVENTS = ("app_mention", "app_home_opened")

PATH = "/slack/events"


def manifest(url: str | None, socket_mode: bool) -> str:
    """YAML. `url` is where Slack reaches mapstorm, None with Socket Mode."""
    if not socket_mode and url is None:
        raise ValueError("without Socket Mode the manifest needs the address Slack is to call")
    address = None if socket_mode or url is None else url.rstrip("/") + PATH
    where = {} if address is None else {"url": address}
    interactivity = {} if address is None else {"request_url": address}
    command = {
        "command": "/mapstorm",
        **where,
        "description": "Find the line whose Go map grows",
        "usage_hint": "capture <service> [instance|all] | incidents [service] | ack [incident] | "
        "snooze [30m|2h|1d] [incident] | resolve [incident] | "
        "oncall [rotation] | handoff [rotation], handoff note <text>, handoff export [rotation] | "
        "services | history <service> | forget <capture> | explain [word] | doctor | help",
        # Escaping would turn what looks like a user or channel into <@U…>; names of services need none of it.
        "should_escape": False,
    }
    app = {
        "display_information": {
            "name": "mapstorm",
            "description": "Captures heap profiles of Go services and says which map grows, and what to do.",
        },
        "features": {
            # Direct messages are answers to a command; nobody reads what is typed there.
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": True,
            },
            "bot_user": {"display_name": "mapstorm", "always_online": True},
            "slash_commands": [command],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {**interactivity, "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, **interactivity},
            "org_deploy_enabled": False,
            "socket_mode_enabled": socket_mode,
            "token_rotation_enabled": False,
        },
    }
    note = (
        "# Scopes: commands and app_mentions:read to be asked, chat:write to answer (invite the bot to its channels),\n"
        "# channels:history and groups:history to find its own messages again, users:read and usergroups:read to know\n"
        "# who may act on an incident, users:read.email to know whom a calendar means, files:write\n"
        "# to upload the thread of a handoff into it.\n"
    )
    return note + yaml.safe_dump(app, sort_keys=False, allow_unicode=True, width=110)


def _https(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme != "https" or not parts.hostname or parts.query or parts.fragment:
        raise argparse.ArgumentTypeError("must be an address Slack can call, such as https://mapstorm.example.com")
    return text


def main(arguments: Sequence[str]) -> int:
    """`mapstorm manifest`."""
    parser = argparse.ArgumentParser(prog="mapstorm manifest", description="Print the manifest of the Slack app.")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--url", type=_https, help="where Slack reaches mapstorm, e.g. https://mapstorm.example.com")
    where.add_argument("--socket-mode", action="store_true", help="mapstorm opens the connection; needs an app token")
    given = parser.parse_args(arguments)
    print(manifest(given.url, given.socket_mode), end="")
    return 0
