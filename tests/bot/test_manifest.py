"""The app's manifest."""

import pytest
import yaml

from bot.manifest import main, manifest


def test_http_names_the_address_wherever_slack_calls() -> None:
    app = yaml.safe_load(manifest("https://mapstorm.example.com/", socket_mode=False))
    address = "https://mapstorm.example.com/slack/events"
    command = app["features"]["slash_commands"][0]
    assert command["command"] == "/mapstorm"
    assert command["url"] == address
    assert command["should_escape"] is False
    assert app["settings"]["interactivity"] == {"is_enabled": True, "request_url": address}
    assert app["settings"]["socket_mode_enabled"] is False
    assert "event_subscriptions" not in app["settings"]


def test_the_scopes_are_the_least() -> None:
    app = yaml.safe_load(manifest("https://mapstorm.example.com", socket_mode=False))
    assert app["oauth_config"]["scopes"] == {"bot": ["commands", "chat:write"]}


def test_socket_mode_needs_no_address() -> None:
    app = yaml.safe_load(manifest(None, socket_mode=True))
    assert "url" not in app["features"]["slash_commands"][0]
    assert app["settings"]["socket_mode_enabled"] is True


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
