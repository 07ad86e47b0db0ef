"""What the services file may say, as pydantic models.

Knows each field and its bounds; not where the file is, and reads neither environment nor other files. What is said
about a file that says something else: `registry_problems.py`.
"""

import re
from dataclasses import fields
from datetime import date, datetime, time
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    create_model,
    model_validator,
)

from analyzers.thresholds import Thresholds
from bot.addresses import metadata_literal
from handlers.records import ON_CALL, Matcher
from handlers.sizes import UNITS
from handlers.sources import matchers


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


def _url(value: str) -> str:
    parts = urlsplit(value)  # ValueError for a broken [::1
    plain = re.fullmatch(r"[!-~]+", value) and not re.search(r'[?#@\\"<>]', value)
    if not plain or parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0:
        raise ValueError("url")
    if metadata_literal(parts.hostname):
        raise ValueError("untrusted")
    return value


Url = Annotated[str, AfterValidator(_url)]
CHANNEL = r"^([CDG][A-Z0-9]{1,20}|#[^\s#@<>&]{1,80})$"
ENV = r"^[A-Za-z_][A-Za-z0-9_]*$"
HEADER = r"^[A-Za-z][A-Za-z0-9-]{0,99}$"
User = Annotated[str, Field(pattern=r"^[UW][A-Z0-9]{1,20}$")]
UserGroup = Annotated[str, Field(pattern=r"^S[A-Z0-9]{1,20}$")]
Mentioned = Annotated[str, Field(pattern=rf"^(?:[UWS][A-Z0-9]{{1,20}}|{ON_CALL})$")]

MOST_CPU_S = 60


def whole_seconds(value: Any) -> Any:
    """`5s` as 5; anything else as it is."""
    parts = re.fullmatch(r"(\d{1,4}) ?s?", value) if isinstance(value, str) else None
    return int(parts[1]) if parts else value


def _size(value: Any) -> Any:
    """`2GiB` as GOMEMLIMIT writes it, `2GB` by the thousand, digits or a number as bytes; anything else as it is."""
    parts = re.fullmatch(r"(\d{1,16}) ?([A-Za-z]*)", value) if isinstance(value, str) else None
    if parts is None or (parts[2] or "B") not in UNITS:
        return value
    return int(parts[1]) * UNITS[parts[2] or "B"]


class InstanceEntry(_Strict):
    """A URL alone, or with a name of its own."""

    url: Url
    name: str = Field("", pattern=r"^[A-Za-z0-9\[][A-Za-z0-9._:\[\]-]{0,98}$")

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: Any) -> Any:
        return {"url": value} if isinstance(value, str) else value

    def called(self) -> str:
        """Its name, or host:port."""
        parts = urlsplit(self.url)
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        return self.name or f"{host}:{parts.port or (443 if parts.scheme == 'https' else 80)}"


def _threshold(name: str) -> Any:
    return (float, Field(0.0, ge=0, le=1) if name.endswith("_share") else Field(0.0, ge=0))


ThresholdsEntry: type[BaseModel] = create_model(
    "ThresholdsEntry", __base__=_Strict, **{field.name: _threshold(field.name) for field in fields(Thresholds)}
)


class AllowEntry(_Strict):
    """Who may act; an empty list would leave open whether it means everybody or nobody."""

    users: list[User] = Field(default_factory=list, min_length=1, max_length=1000)
    user_groups: list[UserGroup] = Field(default_factory=list, min_length=1, max_length=100)

    @model_validator(mode="after")
    def _somebody(self) -> "AllowEntry":
        if not self.model_fields_set:
            raise ValueError("nobody")
        return self


class KeepEntry(_Strict):
    """How much of a service's captures stays, so that a page and a flame graph can be made of them."""

    captures: int = Field(0, ge=0, le=1000)
    days: float = Field(0.0, gt=0, le=90)
    size: Annotated[int, BeforeValidator(_size)] = Field(0, ge=1024**2, le=1024**4)


def _matcher(value: Any) -> Matcher:
    """Raises ValueError with what Alertmanager's syntax does not allow."""
    if not isinstance(value, str):
        raise ValueError("no text")
    return matchers.parse(value)


class ServiceEntry(_Strict):
    """One service. Defaults are those of handlers.records.Service: only what was said is taken from here."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,62}$")
    instances: list[InstanceEntry] = Field(min_length=1, max_length=1000)
    channel: str = Field(pattern=CHANNEL)
    owner: str = Field("", max_length=100)
    auth_header_env: str | None = Field(None, pattern=ENV)
    auth_header_file: str | None = Field(None, min_length=1)
    ca_file: str | None = Field(None, min_length=1)
    gc: bool = True
    capture: Literal["auto", "text", "protobuf"] = "text"
    window_s: float = Field(0.0, ge=0, le=600)
    cpu: Annotated[int, BeforeValidator(whole_seconds)] = Field(0, ge=0, le=MOST_CPU_S)
    timeout_s: float = Field(1.0, ge=1, le=600)
    max_bytes: int = Field(1024, ge=1024, le=4_294_967_296)
    memory_limit: Annotated[int, BeforeValidator(_size)] | None = Field(None, ge=1024**2, le=1024**5)
    thresholds: ThresholdsEntry = Field(default_factory=ThresholdsEntry)
    match: list[Annotated[Matcher, PlainValidator(_matcher)]] = Field(default_factory=list, min_length=1, max_length=50)
    allow: AllowEntry | None = None
    mention: list[Mentioned] = Field(default_factory=list, max_length=20)
    cooldown_s: float = Field(0.0, ge=0, le=86_400)
    reopen_within_s: float = Field(0.0, ge=0, le=604_800)
    keep: KeepEntry = Field(default_factory=KeepEntry)
    recorded: bool = False


class WebhookEntry(_Strict):
    """What a sender shows in the Authorization header: a bearer token, or a user and a password."""

    bearer_env: str | None = Field(None, pattern=ENV)
    basic_user: str | None = Field(None, pattern=r"^[!-9;-~]{1,100}$")  # RFC 7617: no colon
    basic_password_env: str | None = Field(None, pattern=ENV)


class GrafanaEntry(WebhookEntry):
    """Grafana can sign as well, and with both, both must hold."""

    hmac_env: str | None = Field(None, pattern=ENV)
    signature_header: str = Field("X-Grafana-Alerting-Signature", pattern=HEADER)
    timestamp_header: str | None = Field(None, pattern=HEADER)


class WebhooksEntry(_Strict):
    """The endpoints there are; none of them is open to everybody."""

    alertmanager: WebhookEntry | None = None
    grafana: GrafanaEntry | None = None
    generic: WebhookEntry | None = None


class AlertmanagerEntry(_Strict):
    """Where silences are made."""

    url: Url
    auth_header_env: str | None = Field(None, pattern=ENV)


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, OSError) as error:  # KeyError: no such zone; OSError: a folder of them, or too long a name
        raise ValueError("zone") from error
    return value


def _local(value: Any) -> datetime:
    """YAML makes a date of `2026-01-05` and a date with a time of one with seconds; the rest it leaves as text."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    elif isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time())
    if not isinstance(value, datetime) or value.tzinfo is not None or value.year < 2000:
        raise ValueError("no local time")
    return value


class IcalEntry(_Strict):
    """Where a calendar is: its address is a secret, so the file has only the name of a variable."""

    env: str | None = Field(None, pattern=ENV)
    file: str | None = Field(None, min_length=1, max_length=1000)


class MemberEntry(_Strict):
    """One who takes turns."""

    name: str = Field(min_length=1, max_length=100)
    email: str = Field("", pattern=r"^[^\s@]{1,64}@[^\s@]{1,255}$")
    slack: User | None = None


class RotationEntry(_Strict):
    """Who is on call for some services: from a calendar, by turns written here, or a user group of Slack."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,62}$")
    channel: str = Field(pattern=CHANNEL)
    services: list[str] = Field(min_length=1, max_length=1000)
    time_zone: Annotated[str, AfterValidator(_zone)]
    ical: IcalEntry | None = None
    members: list[MemberEntry] | None = Field(None, min_length=1, max_length=100)
    start: Annotated[datetime, PlainValidator(_local)] | None = None
    period_hours: int | None = Field(None, ge=1, le=8784)
    user_group: UserGroup | None = None
    people: dict[str, User] = Field(default_factory=dict, max_length=1000)
    lead_minutes: int = Field(60, ge=1, le=10_080)
    reminder_minutes: int = Field(30, ge=1, le=10_080)


class RegistryEntry(_Strict):
    """The whole file."""

    services: list[ServiceEntry]
    rotations: list[RotationEntry] = Field(default_factory=list, max_length=200)
    webhooks: WebhooksEntry = Field(default_factory=WebhooksEntry)
    alertmanager: AlertmanagerEntry | None = None
    fallback_channel: str | None = Field(None, pattern=CHANNEL)
