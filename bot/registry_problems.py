"""What is said about a services file that says something it may not: which field, what it must be, what it is.

Knows the words; what a field may be is `registry_schema.py`'s.
"""

import re
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError

from bot.registry_file import Document, Where
from bot.registry_schema import (
    AlertmanagerEntry,
    AllowEntry,
    GrafanaEntry,
    IcalEntry,
    InstanceEntry,
    KeepEntry,
    MemberEntry,
    RegistryEntry,
    RotationEntry,
    ServiceEntry,
    ThresholdsEntry,
    WebhookEntry,
    WebhooksEntry,
)

# Fields that files of later versions have: whoever wrote one should hear that, not that it is unknown.
LATER: set[str] = set()
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
    "match": "a list of 1 to 50 label matchers such as 'service=\"orders\"'",
    "allow": "a mapping with users or user_groups, or both",
    "users": "a list of 1 to 1000 ids of users (U0123ABCD)",
    "user_groups": "a list of 1 to 100 ids of user groups (S0123ABCD)",
    "mention": "a list of up to 20 ids of users (U0123ABCD) and user groups (S0123ABCD), or oncall",
    "cooldown_s": "a number from 0 to 86400",
    "reopen_within_s": "a number from 0 to 604800",
    "keep": "a mapping with captures, days or size",
    "captures": "a whole number from 0 to 1000",
    "days": "a number above 0, up to 90",
    "size": "a size such as 64MiB, 1GiB or a whole number of bytes, from 1MiB to 1TiB",
    "webhooks": "a mapping with alertmanager, grafana or generic",
    "grafana": "a mapping that names a secret: hmac_env, bearer_env, or basic_user with basic_password_env",
    "generic": "a mapping that names a secret: bearer_env, or basic_user with basic_password_env",
    "bearer_env": "the name of an environment variable",
    "basic_user": "up to 100 visible characters without a colon",
    "basic_password_env": "the name of an environment variable",
    "hmac_env": "the name of an environment variable",
    "signature_header": "the name of a header",
    "timestamp_header": "the name of a header, or null",
    "fallback_channel": "a channel's id (C0123ABCD) or #name",
    "rotations": "a list of rotations",
    "time_zone": "a time zone such as Europe/Berlin",
    "ical": "{env: NAME}, a variable with an https:// or webcal:// address, or {file: path}",
    "env": "the name of an environment variable",
    "file": "the path of a file",
    "members": "a list of 1 to 100 {name, email, slack}",
    "email": "an e-mail address",
    "slack": "the id of a user (U0123ABCD)",
    "start": "a local date and time such as 2026-01-05 09:00, without a zone",
    "period_hours": "whole hours from 1 to 8784, such as 168 for a week",
    "user_group": "the id of a user group (S0123ABCD)",
    "people": "a mapping of e-mail addresses, or names as the calendar has them, to ids of users (U0123ABCD)",
    "lead_minutes": "whole minutes from 1 to 10080",
    "reminder_minutes": "whole minutes from 1 to 10080",
    # Where the name alone would leave open which is meant.
    "alertmanager": "a mapping with url, e.g. {url: http://alertmanager:9093}",
    "alertmanager.url": "an http:// or https:// URL without credentials, query and fragment",
    "rotations.name": "1 to 63 of a-z 0-9 . _ -, beginning with a letter or digit",
    "rotations.services": "a list of 1 to 1000 names of services of this file",
    "rotations.members.name": "a name of 1 to 100 characters",
    "webhooks.alertmanager": "a mapping that names a secret: bearer_env, or basic_user with basic_password_env",
}
# One item of a list.
EACH = {
    "services": "a mapping with name, instances and channel",
    "instances": "a URL, or {name, url}",
    "users": "the id of a user (U0123ABCD)",
    "user_groups": "the id of a user group (S0123ABCD)",
    "match": "a label matcher",
    "mention": "the id of a user (U0123ABCD) or a user group (S0123ABCD), or oncall",
    "rotations": "a mapping with name, channel, services, time_zone, and ical, members or user_group",
    "members": "{name, email, slack}",
}
MODELS: dict[str, type[BaseModel]] = {
    "": RegistryEntry,
    "services": ServiceEntry,
    "services.instances": InstanceEntry,
    "services.thresholds": ThresholdsEntry,
    "services.allow": AllowEntry,
    "services.keep": KeepEntry,
    "webhooks": WebhooksEntry,
    "webhooks.alertmanager": WebhookEntry,
    "webhooks.grafana": GrafanaEntry,
    "webhooks.generic": WebhookEntry,
    "alertmanager": AlertmanagerEntry,
    "rotations": RotationEntry,
    "rotations.ical": IcalEntry,
    "rotations.members": MemberEntry,
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
    "match",
    "users",
    "user_groups",
    "mention",
    "cooldown_s",
    "reopen_within_s",
    *("captures", "days", "size"),
    "fallback_channel",
    "time_zone",
    *("start", "period_hours", "user_group", "lead_minutes", "reminder_minutes"),
}
# And of a URL what is only the beginning of one: no room for a token in it.
HOST_AND_PORT = re.compile(r"[A-Za-z0-9.-]+:[0-9]{1,5}(?:/debug/pprof/?)?")

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
    if error["type"] == "value_error" and _path(where) == "services.match":
        return document.found(where)[0], f"is no label matcher: {error['ctx']['error']}{_got(where, error['input'])}"
    if "untrusted" in str(error.get("msg")):
        return document.found(where)[0], "is an address mapstorm never asks (link-local, metadata, multicast)"
    return document.found(where)[0], f"must be {_must(where)}{_got(where, error['input'])}"


def _got(where: Where, value: object) -> str:
    """As the file has it; long values are cut, and mappings and lists speak for themselves."""
    address = _field(where) == "url" and isinstance(value, str) and HOST_AND_PORT.fullmatch(value)
    if not (address or _field(where) in QUOTED) or not isinstance(value, str | int | float):
        return ""
    return f", got {str(value).lower() if isinstance(value, bool) else repr(value):.60}"


def _unknown(where: Where) -> str:
    name, known = str(where[-1]), tuple(MODELS[_path(where[:-1])].model_fields)
    if name in LATER:
        return "is not supported by this version"
    near = get_close_matches(name, known, n=1)
    return "is unknown: " + (f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}")


def _field(where: Where) -> str:
    return next((step for step in reversed(where) if isinstance(step, str)), "")


def _must(where: Where) -> str:
    if len(where) > 1 and where[-2] == "thresholds":
        return "a number from 0 to 1" if str(where[-1]).endswith("_share") else "a number from 0"
    if len(where) > 1 and where[-2] == "people":
        return "the id of a user (U0123ABCD)"
    if isinstance(where[-1] if where else "", int):
        return EACH.get(_field(where), "a field's name")
    return MUST.get(_path(where)) or MUST.get(_field(where), "a mapping with services")


def _path(where: Where) -> str:
    """services.allow.users, without the numbers of items."""
    return ".".join(step for step in where if isinstance(step, str))
