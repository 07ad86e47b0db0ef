"""The app's manifest."""

import re

import pytest
import yaml

from bot.manifest import EVENTS, SCOPES, main, manifest
from bot.standin.methods.scopes import accepted
from handlers.command import COMMANDS


def test_http_names_the_address_wherever_slack_calls() -> None:
    app = yaml.safe_load(manifest("https://mapstorm.example.com/", socket_mode=False))
    address = "https://mapstorm.example.com/slack/events"
    command = app["features"]["slash_commands"][0]
    assert command["command"] == "/mapstorm"
    assert command["url"] == address
    assert command["should_escape"] is False
    assert app["settings"]["interactivity"] == {"is_enabled": True, "request_url": address}
    assert app["settings"]["socket_mode_enabled"] is False
    assert app["settings"]["event_subscriptions"] == {"request_url": address, "bot_events": list(EVENTS)}


def test_the_scopes_are_the_least() -> None:
    app = yaml.safe_load(manifest("https://mapstorm.example.com", socket_mode=False))
    assert app["oauth_config"]["scopes"] == {"bot": list(SCOPES)}
    assert set(SCOPES) == {"commands", "chat:write", "app_mentions:read", "users:read", "usergroups:read"} | {
        "channels:history",
        "groups:history",
        "users:read.email",
        "files:write",
    }


def test_what_the_manifest_asks_for_is_enough_for_what_is_called() -> None:
    """By the stand-in's table of what each method needs."""
    called = ("chat.postMessage", "chat.update", "chat.postEphemeral", "users.info", "usergroups.users.list")
    uploaded = ("files.getUploadURLExternal", "files.completeUploadExternal")
    for method in (*called, *uploaded, "views.open", "views.update", "views.publish", "auth.test", "chat.getPermalink"):
        needs = accepted(method)
        assert not needs or set(needs.split(",")) & set(SCOPES), method


def test_the_home_is_on_and_is_told_when_it_is_opened() -> None:
    app = yaml.safe_load(manifest("https://mapstorm.example.com", socket_mode=False))
    assert app["features"]["app_home"]["home_tab_enabled"] is True
    assert "app_home_opened" in EVENTS


def test_every_command_is_in_the_hint() -> None:
    hint = yaml.safe_load(manifest(None, socket_mode=True))["features"]["slash_commands"][0]["usage_hint"]
    assert set(COMMANDS) <= set(re.findall(r"\w+", hint))


def test_socket_mode_needs_no_address() -> None:
    app = yaml.safe_load(manifest(None, socket_mode=True))
    assert "url" not in app["features"]["slash_commands"][0]
    assert app["settings"]["socket_mode_enabled"] is True
    assert app["settings"]["event_subscriptions"] == {"bot_events": list(EVENTS)}


def test_slacks_limits_hold() -> None:
    app = yaml.safe_load(manifest(None, socket_mode=True))
    assert len(app["display_information"]["description"]) <= 140
    assert len(app["features"]["slash_commands"][0]["description"]) <= 2000
    assert len(app["features"]["slash_commands"][0]["usage_hint"]) <= 1000


def test_http_without_an_address_is_refused() -> None:
    with pytest.raises(ValueError, match="address"):
        manifest(None, socket_mode=False)
    with pytest.raises(SystemExit):
        main([])


def test_the_command_prints_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--url", "https://mapstorm.example.com"]) == 0
    assert yaml.safe_load(capsys.readouterr().out)["display_information"]["name"] == "mapstorm"
