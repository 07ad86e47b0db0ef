"""The environment to frozen Settings, read once by each process and passed on. Never a global.

Knows each variable, what it must look like and where one gets it; opens no file and no connection.

Why every process reads only its own variables: an operator's shell must not stop at a Slack token it never uses,
and a worker needs no signing secret, so it should not be given one.
"""

import re
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, NamedTuple
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, StringConstraints, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

SLACK_API_URL = "https://slack.com/api/"


class SettingsError(Exception):
    """Every problem of the environment at once, one line each, without any value of a secret."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Variable(NamedTuple):
    """What a value must be, and how to get one."""

    must: str
    how: str


VARIABLES = {
    "SLACK_BOT_TOKEN": Variable(
        "must start with xoxb-",
        "Slack app -> OAuth & Permissions -> Bot User OAuth Token, starts with xoxb-",
    ),
    "SLACK_SIGNING_SECRET": Variable(
        "must be the signing secret itself, not a token",
        "Slack app -> Basic Information -> App Credentials -> Signing Secret"
        " (not needed in Socket Mode, with SLACK_APP_TOKEN)",
    ),
    "SLACK_APP_TOKEN": Variable(
        "must start with xapp-",
        "Slack app -> Basic Information -> App-Level Tokens, scope connections:write, starts with xapp-",
    ),
    "SLACK_API_URL": Variable(
        "must be an https:// URL (http:// only on loopback)", f"leave it out for Slack's own, {SLACK_API_URL}"
    ),
    "REDIS_URL": Variable(
        "must start with redis://, rediss:// or unix:// and name a server",
        "the address of your Redis, e.g. redis://127.0.0.1:6379/0",
    ),
    "MAPSTORM_CONFIG": Variable("must be a path", "the path of the services file, e.g. /etc/mapstorm.yaml"),
    "MAPSTORM_URL": Variable(
        "must be an https:// URL (http:// only on loopback) without credentials, query and fragment",
        "the address at which people's browsers reach the web process, e.g. https://mapstorm.example.com;"
        " without it there are no report pages",
    ),
    "MAPSTORM_LINK_SECRET": Variable(
        "must be 32 or more printable characters without spaces",
        "signs the links to report pages; make one with: openssl rand -hex 32",
    ),
    "HOST": Variable("must be an IP address", "0.0.0.0 listens everywhere, 127.0.0.1 on this machine only"),
    "PORT": Variable("must be a number from 0 to 65535", "the port the web process listens on, default 3000"),
    "MAPSTORM_HOME": Variable("must be a path", "where the shell keeps snapshots without Redis"),
    "MAPSTORM_CONCURRENCY": Variable("must be a number from 1 to 1000", "captures at once in one worker, default 16"),
    "LOG_LEVEL": Variable("must be one of debug, info, warning, error", "default info"),
}


def _https(value: str) -> str:
    """Or http on this machine, where nobody can listen."""
    parts = urlsplit(value)
    loopback = parts.hostname == "localhost" or _is_loopback(parts.hostname or "")
    if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and loopback)):
        raise ValueError("no https URL")
    return value.rstrip("/")


def _is_loopback(host: str) -> bool:
    """Of an address; 127.example.com is a name like any other."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _slack_api(value: str) -> str:
    """slack_sdk joins method names to it as they are, hence the slash at its end."""
    return _https(value) + "/"


def _public(value: str) -> str:
    """Paths are joined to it, and it stands in messages, where only what begins as bot/words.py knows it is a link."""
    value = value[:8].lower() + value[8:]
    if not re.fullmatch(r"https?://[a-zA-Z0-9\[][!-~]*", value) or re.search(r'[?#@\\"<>|]', value):
        raise ValueError("no plain URL")
    if urlsplit(value).port == 0:  # ValueError for what is no port at all
        raise ValueError("no port")
    return _https(value)


def _redis(value: str) -> str:
    parts = urlsplit(value)
    named = parts.path if parts.scheme == "unix" else parts.hostname
    if parts.scheme not in ("redis", "rediss", "unix") or not named:
        raise ValueError("no Redis URL")
    return value


def _secret(value: str) -> str:
    if value.startswith(("xox", "xapp-")) or not re.fullmatch(r"[!-~]+", value):
        raise ValueError("no signing secret")
    return value


def _address(value: str) -> str:
    return value if value == "localhost" else str(ip_address(value))


Level = Annotated[str, StringConstraints(to_lower=True, pattern="(?i)^(debug|info|warning|error)$")]


class Settings(BaseSettings):
    """What a process was told. Text is empty where nothing was said and nothing needed."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True, validate_default=False)

    slack_bot_token: str = Field("", alias="SLACK_BOT_TOKEN", repr=False, pattern=r"^xoxb-[!-~]+$")
    slack_signing_secret: Annotated[str, AfterValidator(_secret)] = Field("", alias="SLACK_SIGNING_SECRET", repr=False)
    slack_app_token: str = Field("", alias="SLACK_APP_TOKEN", repr=False, pattern=r"^xapp-[!-~]+$")
    slack_api_url: Annotated[str, AfterValidator(_slack_api)] = Field(SLACK_API_URL, alias="SLACK_API_URL")
    # repr=False: the URL may hold Redis's password.
    redis_url: Annotated[str, AfterValidator(_redis)] = Field("", alias="REDIS_URL", repr=False)
    config: Path | None = Field(None, alias="MAPSTORM_CONFIG")
    url: Annotated[str, AfterValidator(_public)] = Field("", alias="MAPSTORM_URL")
    link_secret: str = Field("", alias="MAPSTORM_LINK_SECRET", repr=False, pattern=r"^[!-~]{32,}$")
    host: Annotated[str, AfterValidator(_address)] = Field(
        "0.0.0.0",  # noqa: S104 - in a container, which is where it runs, loopback would be unreachable
        alias="HOST",
    )
    port: int = Field(3000, alias="PORT", ge=0, le=65535)
    home: Path = Field(Path("~/.local/share/mapstorm"), alias="MAPSTORM_HOME")
    concurrency: int = Field(16, alias="MAPSTORM_CONCURRENCY", ge=1, le=1000)
    log_level: Level = Field("info", alias="LOG_LEVEL")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what is passed in: the process's own environment is read by whoever starts it."""
        return (init_settings,)


_SHELL = {"REDIS_URL", "MAPSTORM_CONFIG", "MAPSTORM_HOME", "LOG_LEVEL"}
# One is of no use without the other.
_PAGES = {"MAPSTORM_URL", "MAPSTORM_LINK_SECRET"}
_DOCTOR = _SHELL | _PAGES | {"SLACK_BOT_TOKEN", "SLACK_API_URL"}
_BOTH = {"SLACK_BOT_TOKEN", "REDIS_URL", "MAPSTORM_CONFIG"}
_WORKER = _SHELL | _PAGES | {"SLACK_BOT_TOKEN", "SLACK_API_URL", "MAPSTORM_CONCURRENCY"}
_WEB = (
    _SHELL
    | _PAGES
    | {
        "SLACK_BOT_TOKEN",
        "SLACK_SIGNING_SECRET",
        "SLACK_APP_TOKEN",
        "SLACK_API_URL",
        "HOST",
        "PORT",
    }
)


def for_web(environ: Mapping[str, str]) -> Settings:
    """Settings of the process Slack talks to. Raises SettingsError."""
    socket_mode = environ.get("SLACK_APP_TOKEN", "").strip()
    return _settings(environ, _WEB, _BOTH if socket_mode else _BOTH | {"SLACK_SIGNING_SECRET"})


def for_worker(environ: Mapping[str, str]) -> Settings:
    """Settings of a process that captures. Raises SettingsError."""
    return _settings(environ, _WORKER, _BOTH)


def for_shell(environ: Mapping[str, str]) -> Settings:
    """Settings of one command in an operator's shell; none is needed. Raises SettingsError."""
    return _settings(environ, _SHELL, set())


def for_doctor(environ: Mapping[str, str]) -> Settings:
    """Settings of `mapstorm doctor`, which tells what is missing. Raises SettingsError for what is there and wrong."""
    return _settings(environ, _DOCTOR, set())


def _settings(environ: Mapping[str, str], read: set[str], needed: set[str]) -> Settings:
    """An empty variable counts as missing: compose files and shells set them that way."""
    given = {name: value for name in read if (value := environ.get(name, "").strip())}
    needed = needed | (_PAGES & read if _PAGES & given.keys() else set())
    problems = [(name, f"{name} is missing: {VARIABLES[name].how}") for name in needed - given.keys()]
    # A service manager may set no HOME; then the system's own list of users says where it is.
    home = environ.get("HOME", "").rstrip("/") or str(Path("~").expanduser())
    given.setdefault("MAPSTORM_HOME", "~/.local/share/mapstorm")
    for name in {"MAPSTORM_HOME", "MAPSTORM_CONFIG"} & given.keys():
        given[name] = re.sub(r"^~(?=/|$)", lambda _: home, given[name])
    try:
        settings = Settings.model_validate(given)
    except ValidationError as error:
        wrong = {str(problem["loc"][0]) for problem in error.errors(include_input=False)}
        problems += [(name, f"{name} {VARIABLES[name].must}: {VARIABLES[name].how}") for name in wrong]
    if problems:
        order = list(VARIABLES)
        # `from None`: pydantic's own error would carry what was typed into logs.
        raise SettingsError(
            tuple(text for _, text in sorted(problems, key=lambda pair: order.index(pair[0])))
        ) from None
    return settings
