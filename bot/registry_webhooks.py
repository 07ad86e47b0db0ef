"""The services file's `webhooks` and `alertmanager`: secrets read from the variables they name, and from no other.

Knows what a secret must be; not what a request must show (`webhooks/secrets.py`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.registry_problems import Problem
from bot.registry_schema import AlertmanagerEntry, GrafanaEntry, WebhookEntry, WebhooksEntry
from bot.webhooks.secrets import Authorization, Signing, Webhook, Webhooks

# Fewer can be guessed by who may try as often as he likes.
LEAST_CHARACTERS = 16

ABSENT = "names a variable that this process has not, or has empty"
_ONE_WORD = re.compile(r"[!-~]+")
_HEADER = re.compile(r"[ -~]+")
# Only what is surely a name is said: somebody may have put the secret itself there.
_SURELY_A_NAME = re.compile(r"(?=[A-Z0-9]*_)[A-Z][A-Z0-9_]{0,63}")


@dataclass(frozen=True, slots=True)
class Alertmanager:
    """Where silences are made: a base URL, and the Authorization header, if it wants one."""

    url: str
    auth_header: str | None = field(default=None, repr=False)


class Variables:
    """An environment that keeps what was wrong with it, by the field that asked."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.problems: list[Problem] = []

    def header(self, where: tuple[str, ...], name: str) -> str:
        """The value of an Authorization header."""
        return self._value(where, name, _HEADER, "leads to a value that no Authorization header can have")

    def secret(self, where: tuple[str, ...], name: str) -> str:
        """A secret that somebody else must show."""
        value = self._value(where, name, _ONE_WORD, "leads to a value that is not one word of visible ASCII")
        if 0 < len(value) < LEAST_CHARACTERS:
            self.problems.append((where, f"leads to a secret of under {LEAST_CHARACTERS} characters{_said(name)}"))
        return value

    def _value(self, where: tuple[str, ...], name: str, shape: re.Pattern[str], wrong: str) -> str:
        value = self._environ.get(name, "").strip()
        if not value:
            self.problems.append((where, ABSENT + _said(name)))
        elif not shape.fullmatch(value):
            self.problems.append((where, wrong + _said(name)))
            return ""
        return value


def problems(entry: WebhooksEntry) -> list[Problem]:
    """What is wrong with the webhooks whatever the environment: above all one without any secret."""
    found: list[Problem] = []
    for origin, one in _configured(entry):
        where = ("webhooks", origin)
        basic = {"basic_user": one.basic_user, "basic_password_env": one.basic_password_env}
        missing = [name for name, value in basic.items() if value is None]
        signed = isinstance(one, GrafanaEntry) and one.hmac_env is not None
        if len(missing) == 1:
            found.append((where, f"{missing[0]} is missing: basic_user and basic_password_env go together"))
        elif not missing and one.bearer_env is not None:
            found.append(((*where, "basic_user"), "cannot stand beside bearer_env: both are the Authorization header"))
        elif missing and one.bearer_env is None and not signed:
            more = ", or hmac_env" if isinstance(one, GrafanaEntry) else ""
            found.append((where, f"names no secret: must be bearer_env, or basic_user with basic_password_env{more}"))
    return found


def webhooks(entry: WebhooksEntry, environ: Mapping[str, str]) -> tuple[Webhooks, list[Problem]]:
    """The endpoints with their secrets, and what is wrong with these. Only of entries without `problems`."""
    variables = Variables(environ)
    found = {origin: _webhook(origin, one, variables) for origin, one in _configured(entry)}
    return Webhooks(**found), variables.problems


def alertmanager(entry: AlertmanagerEntry, environ: Mapping[str, str]) -> tuple[Alertmanager, list[Problem]]:
    """Where silences are made, and what is wrong with its variable."""
    variables = Variables(environ)
    name = entry.auth_header_env
    header = variables.header(("alertmanager", "auth_header_env"), name) if name else None
    return Alertmanager(entry.url, header), variables.problems


def _configured(entry: WebhooksEntry) -> list[tuple[str, WebhookEntry]]:
    named = {"alertmanager": entry.alertmanager, "grafana": entry.grafana, "generic": entry.generic}
    return [(origin, one) for origin, one in named.items() if one is not None]


def _webhook(origin: str, entry: WebhookEntry, variables: Variables) -> Webhook:
    where = ("webhooks", origin)
    authorization = signing = None
    if entry.bearer_env:
        authorization = Authorization.bearer(variables.secret((*where, "bearer_env"), entry.bearer_env))
    elif entry.basic_user and entry.basic_password_env:
        password = variables.secret((*where, "basic_password_env"), entry.basic_password_env)
        authorization = Authorization.basic(entry.basic_user, password)
    if isinstance(entry, GrafanaEntry) and entry.hmac_env:
        key = variables.secret((*where, "hmac_env"), entry.hmac_env)
        timestamp = entry.timestamp_header
        signing = Signing(key.encode(), _bytes(entry.signature_header), _bytes(timestamp) if timestamp else None)
    return Webhook(authorization, signing)


def _bytes(header: str) -> bytes:
    """As ASGI names headers."""
    return header.lower().encode()


def _said(name: str) -> str:
    return f": {name}" if _SURELY_A_NAME.fullmatch(name) else ""
