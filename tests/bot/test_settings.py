"""Which environment starts which process, and what is said about one that does not."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.reports.links import Links
from bot.settings import VARIABLES, Settings, SettingsError, for_doctor, for_shell, for_web, for_worker
from bot.words import Medium, text_of
from tests.bot.notes import summary

WORKER = {
    "SLACK_BOT_TOKEN": "xoxb-1-s3cret",
    "REDIS_URL": "redis://:s3cret@127.0.0.1:6379/0",
    "MAPSTORM_CONFIG": "/etc/mapstorm.yaml",
    "HOME": "/home/ana",
}
WEB = {**WORKER, "SLACK_SIGNING_SECRET": "8f742231b10e8888abcd99yyyzzz85a5"}
PAGES = {"MAPSTORM_URL": "https://mapstorm.example.com", "MAPSTORM_LINK_SECRET": "s3cret-" * 5}
Read = Callable[[Mapping[str, str]], Settings]


def problems(read: Read, environ: Mapping[str, str]) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as raised:
        read(environ)
    assert str(raised.value) == "\n".join(raised.value.problems)
    assert raised.value.__suppress_context__
    return raised.value.problems


def test_defaults() -> None:
    settings = for_web(WEB)
    assert settings.slack_bot_token == "xoxb-1-s3cret"  # noqa: S105 - a test's
    assert settings.slack_api_url == "https://slack.com/api/"
    assert settings.config == Path("/etc/mapstorm.yaml")
    assert settings.home == Path("/home/ana/.local/share/mapstorm")
    assert (settings.host, settings.port) == ("0.0.0.0", 3000)  # noqa: S104 - bound nowhere
    assert (settings.concurrency, settings.log_level, settings.slack_app_token) == (16, "info", "")


def test_everything_said() -> None:
    settings = for_web(
        {
            **WEB,
            "SLACK_APP_TOKEN": "xapp-1",
            "SLACK_API_URL": "http://127.0.0.1:8123/api",
            "PORT": " 0 ",
            "HOST": "127.0.0.1",
            "MAPSTORM_HOME": "~/storm",
            "LOG_LEVEL": "DEBUG",
        }
    )
    assert settings.slack_app_token == "xapp-1"  # noqa: S105 - a test's
    assert settings.slack_api_url == "http://127.0.0.1:8123/api/"
    assert (settings.host, settings.port) == ("127.0.0.1", 0)
    assert settings.home == Path("/home/ana/storm")
    assert settings.log_level == "debug"


def test_socket_mode_needs_no_signing_secret() -> None:
    assert for_web({**WORKER, "SLACK_APP_TOKEN": "xapp-1"}).slack_signing_secret == ""


def test_each_process_reads_its_own_variables() -> None:
    wrong = {"PORT": "x", "SLACK_SIGNING_SECRET": "xoxb-", "HOST": "?", "SLACK_APP_TOKEN": "x"}
    assert for_worker({**WORKER, **wrong, "MAPSTORM_CONCURRENCY": "4"}).concurrency == 4
    assert for_shell({**wrong, "SLACK_BOT_TOKEN": "x", "HOME": "/root"}).redis_url == ""


def test_the_process_environment_is_not_read() -> None:
    assert "PATH" in os.environ
    assert problems(for_worker, {}) == tuple(
        f"{name} is missing: {VARIABLES[name].how}" for name in ("SLACK_BOT_TOKEN", "REDIS_URL", "MAPSTORM_CONFIG")
    )


def test_all_problems_are_told_at_once() -> None:
    told = problems(for_web, {"SLACK_BOT_TOKEN": "xoxp-1", "PORT": "abc", "REDIS_URL": "  "})
    assert [line.partition(" ")[0] for line in told] == [
        "SLACK_BOT_TOKEN",
        "SLACK_SIGNING_SECRET",
        "REDIS_URL",
        "MAPSTORM_CONFIG",
        "PORT",
    ]
    assert told[0].startswith("SLACK_BOT_TOKEN must start with xoxb-: Slack app -> OAuth & Permissions")
    assert told[1].startswith("SLACK_SIGNING_SECRET is missing: Slack app -> Basic Information")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SLACK_BOT_TOKEN", "s3cret"),
        ("SLACK_BOT_TOKEN", "xoxb-s3cret with space"),
        ("SLACK_BOT_TOKEN", "xoxb-"),
        ("SLACK_SIGNING_SECRET", "xoxb-s3cret"),
        ("SLACK_SIGNING_SECRET", "s3cret\nline"),
        ("SLACK_APP_TOKEN", "xoxb-s3cret"),
        ("SLACK_API_URL", "slack.com/api"),
        ("SLACK_API_URL", "http://slack.com/api/"),
        ("SLACK_API_URL", "ftp://slack.com/api/"),
        ("SLACK_API_URL", "http://127.slack.com/api/"),
        ("REDIS_URL", "127.0.0.1:6379"),
        ("REDIS_URL", "http://user:s3cret@127.0.0.1"),
        ("REDIS_URL", "redis://"),
        ("HOST", "example.com"),
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("PORT", "3000.5"),
        ("LOG_LEVEL", "loud"),
    ],
)
def test_a_wrong_value_names_its_variable_and_no_secret(name: str, value: str) -> None:
    (problem,) = problems(for_web, {**WEB, name: value})
    assert problem == f"{name} {VARIABLES[name].must}: {VARIABLES[name].how}"
    assert "s3cret" not in problem


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MAPSTORM_URL", "mapstorm.example.com"),
        ("MAPSTORM_URL", "http://mapstorm.example.com"),
        ("MAPSTORM_URL", "http://127.evil.example.com@example.com"),
        ("MAPSTORM_URL", "http://127.0.0.1.example.com"),
        ("MAPSTORM_URL", "https://-mapstorm.example.com"),
        ("MAPSTORM_URL", "https://ana:s3cret@mapstorm.example.com"),
        ("MAPSTORM_URL", "https://mapstorm.example.com/?a=s3cret"),
        ("MAPSTORM_URL", "https://mapstorm.example.com/#top"),
        ("MAPSTORM_URL", "https://mapstorm.example.com/>|"),
        ("MAPSTORM_URL", "https://mapstorm.example.com:0"),
        ("MAPSTORM_URL", "https://mapstorm.example.com:99999"),
        ("MAPSTORM_URL", "https://[::1"),
        ("MAPSTORM_URL", "https:///reports"),
        ("MAPSTORM_URL", "javascript:alert(1)"),
        ("MAPSTORM_LINK_SECRET", "s3cret"),
        ("MAPSTORM_LINK_SECRET", "s3cret with spaces and more than 32 characters"),
        ("MAPSTORM_LINK_SECRET", "s3crét" * 10),
        ("MAPSTORM_LINK_SECRET", "s3cret" * 10 + "\nsecond line"),
    ],
)
@pytest.mark.parametrize("read", [for_web, for_worker, for_doctor])
def test_a_wrong_address_of_pages_or_its_secret_is_named(read: Read, name: str, value: str) -> None:
    (problem,) = problems(read, {**WEB, **PAGES, name: value})
    assert problem == f"{name} {VARIABLES[name].must}: {VARIABLES[name].how}"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("https://mapstorm.example.com/", "https://mapstorm.example.com"),
        ("https://example.com:8443/mapstorm/", "https://example.com:8443/mapstorm"),
        ("http://127.0.0.1:3000", "http://127.0.0.1:3000"),
        ("http://localhost:3000/", "http://localhost:3000"),
        ("http://[::1]:3000", "http://[::1]:3000"),
    ],
)
def test_the_address_of_pages_has_no_slash_at_its_end(said: str, kept: str) -> None:
    for read in (for_web, for_worker, for_doctor):
        assert read({**WEB, **PAGES, "MAPSTORM_URL": said}).url == kept


@pytest.mark.parametrize(
    "said", ["HTTPS://Mapstorm.example.com", "https://[2001:db8::1]:8443/mapstorm", "HTTP://[::1]"]
)
def test_the_address_of_pages_is_a_link_in_messages(said: str) -> None:
    pages = for_worker({**WORKER, **PAGES, "MAPSTORM_URL": said})
    address = Links(pages.url, pages.link_secret).address("r1.orders-0", 2e9)
    told = text_of(summary()._replace(report=address), Medium.SLACK)
    assert f"<{address}|" in told


@pytest.mark.parametrize("read", [for_web, for_worker, for_doctor])
@pytest.mark.parametrize("missing", PAGES)
def test_the_address_of_pages_and_the_secret_need_each_other(read: Read, missing: str) -> None:
    (problem,) = problems(read, {name: value for name, value in {**WEB, **PAGES}.items() if name != missing})
    assert problem == f"{missing} is missing: {VARIABLES[missing].how}"
    assert "openssl rand -hex 32" in VARIABLES["MAPSTORM_LINK_SECRET"].how


def test_without_both_there_are_no_pages_and_the_shell_reads_neither() -> None:
    assert (for_web(WEB).url, for_web(WEB).link_secret) == ("", "")
    assert for_shell(PAGES).url == ""


@pytest.mark.parametrize("value", ["0", "1001", "many"])
def test_a_worker_has_bounds(value: str) -> None:
    (problem,) = problems(for_worker, {**WORKER, "MAPSTORM_CONCURRENCY": value})
    assert problem.startswith("MAPSTORM_CONCURRENCY must be a number from 1 to 1000")


@pytest.mark.parametrize("url", ["rediss://redis.internal:6380/1", "unix:///run/redis.sock", "redis://[::1]"])
def test_redis_urls(url: str) -> None:
    assert for_worker({**WORKER, "REDIS_URL": url}).redis_url == url


def test_secrets_are_not_shown_and_settings_do_not_change() -> None:
    settings = for_web({**WEB, **PAGES})
    for secret in ("s3cret", "8f742231"):
        assert secret not in f"{settings!r} {settings}"
    with pytest.raises(ValidationError):
        settings.port = 1  # type: ignore[misc]
