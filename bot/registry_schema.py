"""What the services file may say, as pydantic models, and what is said about one that says something else.

Knows each field and its bounds; not where the file is, and reads neither environment nor other files.
"""

import re
from dataclasses import fields
from difflib import get_close_matches
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    create_model,
    model_validator,
)

from analyzers.thresholds import Thresholds
from bot.addresses import metadata_literal
from bot.registry_file import Document, Where

# Fields that files of later versions have: whoever wrote one should hear that, not that it is unknown.
LATER = {"webhooks", "rotations", "fallback_channel", "match", "allow"}
MUST = {
    "services": "a list of services",
    "name": "1 to 63 of a-z 0-9 . _ - (an instance also A-Z and :), beginning with a letter or digit",
    "instances": "a list of 1 to 1000 URLs, or of {name, url}",
    "url": "an http:// or https:// URL of /debug/pprof without credentials, query and fragment",
    "channel": "a channel's id (C0123ABCD) or #name",
    "owner": "text of up to 100 characters, in quotes if it begins with @",
    "auth_header_env": "the name of an environment variable",
    "auth_header_file": "the path of a file",
    "ca_file": "the path of a PEM file",
    "gc": "true or false",
    "capture": "auto, text or protobuf",
    "recorded": "true or false",
    "window_s": "a number from 0 to 600",
    "cpu": "whole seconds such as 5s, from 0s to 60s",
    "timeout_s": "a number from 1 to 600",
    "max_bytes": "a whole number from 1024 to 4294967296",
    "memory_limit": "a size such as 2GiB, 512MiB, 2GB or a whole number of bytes, from 1MiB to 1024TiB",
    "thresholds": "a mapping of names to numbers",
}
# Only these may be quoted back: in any other field somebody may have put a token.
QUOTED = {
    "gc",
    "capture",
    "recorded",
    "window_s",
    "cpu",
    "timeout_s",
    "max_bytes",
    "memory_limit",
    "name",
    "channel",
    "owner",
}


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


SIZES = {"B": 1, **{f"{prefix}iB": 1024**n for n, prefix in enumerate("KMGT", 1)}}
SIZES |= {f"{prefix}B": 1000**n for n, prefix in enumerate("kMGT", 1)}


MOST_CPU_S = 60


def whole_seconds(value: Any) -> Any:
    """`5s` as 5; anything else as it is."""
    parts = re.fullmatch(r"(\d{1,4}) ?s?", value) if isinstance(value, str) else None
    return int(parts[1]) if parts else value


def _size(value: Any) -> Any:
    """`2GiB` as GOMEMLIMIT writes it, `2GB` by the thousand, digits or a number as bytes; anything else as it is."""
    parts = re.fullmatch(r"(\d{1,16}) ?([A-Za-z]*)", value) if isinstance(value, str) else None
    if parts is None or (parts[2] or "B") not in SIZES:
        return value
    return int(parts[1]) * SIZES[parts[2] or "B"]


class InstanceEntry(_Strict):
    """A URL alone, or with a name of its own."""

    url: Annotated[str, AfterValidator(_url)]
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


THRESHOLDS = tuple(field.name for field in fields(Thresholds))
ThresholdsEntry: type[BaseModel] = create_model(
    "ThresholdsEntry", __base__=_Strict, **{name: _threshold(name) for name in THRESHOLDS}
)


class ServiceEntry(_Strict):
    """One service. Defaults are those of handlers.records.Service: only what was said is taken from here."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,62}$")
    instances: list[InstanceEntry] = Field(min_length=1, max_length=1000)
    channel: str = Field(pattern=r"^([CDG][A-Z0-9]{1,20}|#[^\s#@<>&]{1,80})$")
    owner: str = Field("", max_length=100)
    auth_header_env: str | None = Field(None, pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")
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
    recorded: bool = False


class RegistryEntry(_Strict):
    """The whole file."""

    services: list[ServiceEntry]


Problem = tuple[Where, str]


def entries(document: Document) -> tuple[RegistryEntry | None, list[Problem]]:
    """The file's models, or every field that is wrong and why."""
    try:
        return RegistryEntry.model_validate(document.data), []
    except ValidationError as error:
        return None, [_problem(document, dict(one)) for one in error.errors(include_url=False)]


def _problem(document: Document, error: dict[str, Any]) -> Problem:
    where: Where = error["loc"]
    if error["type"] == "missing":
        return where, f"is missing: must be {_must(where)}"
    if error["type"] == "extra_forbidden":
        return where, _unknown(where)
    if "untrusted" in str(error.get("msg")):
        return document.found(where)[0], "is an address mapstorm never asks (link-local, metadata, multicast)"
    return document.found(where)[0], f"must be {_must(where)}{_got(where, error['input'])}"


def _got(where: Where, value: object) -> str:
    """As the file has it; long values are cut, and mappings and lists speak for themselves."""
    if _field(where) not in QUOTED or not isinstance(value, str | int | float):
        return ""
    return f", got {str(value).lower() if isinstance(value, bool) else repr(value):.60}"


def _unknown(where: Where) -> str:
    name, known = str(where[-1]), _known(where[:-1])
    if name in LATER:
        return "is not supported by this version"
    near = get_close_matches(name, known, n=1)
    return "is unknown: " + (f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}")


def _known(parent: Where) -> tuple[str, ...]:
    if not parent:
        return tuple(RegistryEntry.model_fields)
    if parent[-1] == "thresholds":
        return THRESHOLDS
    return tuple((InstanceEntry if "instances" in parent else ServiceEntry).model_fields)


def _field(where: Where) -> str:
    return next((step for step in reversed(where) if isinstance(step, str)), "")


def _must(where: Where) -> str:
    if len(where) > 1 and where[-2] == "thresholds":
        return "a number from 0 to 1" if str(where[-1]).endswith("_share") else "a number from 0"
    if isinstance(where[-1] if where else "", int):
        return "a URL, or {name, url}" if "instances" in where else "a mapping with name, instances and channel"
    return MUST.get(_field(where), "a mapping with services")
