"""The services file to Services: tokens read, certificates looked at, names unique. Every problem at once.

Knows where a service's secrets are kept; not when the file is read again.
"""

import re
import ssl
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from analyzers.thresholds import DEFAULT
from bot import registry_file, registry_rotations, registry_webhooks
from bot.registry_file import Document, Where, YamlError
from bot.registry_problems import Problem, entries
from bot.registry_schema import KeepEntry, RegistryEntry, ServiceEntry
from bot.registry_webhooks import ABSENT, Alertmanager
from bot.webhooks.secrets import Webhooks
from handlers.records import KEPT, Allow, Instance, Keep, Service, Wanted
from handlers.rotation import Rotation

SECRET_BYTES = 8192

Environ = Mapping[str, str] | None


# Where nothing was said the record's own default stands.
TAKEN_AS_SAID = (
    *("owner", "gc", "window_s", "timeout_s", "max_bytes", "memory_limit", "recorded"),
    *("cooldown_s", "reopen_within_s"),
)


class RegistryError(Exception):
    """Every problem of the file, one line each: file, line, field, what is wrong. No token is in it."""

    def __init__(self, problems: tuple[str, ...], files: tuple[Path, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems
        self.files = files  # those whose change may mend it


class Loaded(NamedTuple):
    """What one reading found, and the files whose change makes it old."""

    services: dict[str, Service]
    files: tuple[Path, ...]
    fallback_channel: str | None
    webhooks: Webhooks
    alertmanager: Alertmanager | None
    rotations: tuple[Rotation, ...]


def load(
    path: Path, environ: Environ, webhooks: Environ = None, alertmanager: Environ = None, calendars: Environ = None
) -> Loaded:
    """Reads the file and what it points to; without any environment, the file alone. Raises RegistryError with every
    problem.

    Each environment holds the secrets of services, webhooks, Alertmanager or calendars. A process that asks no
    service, or takes no webhook, has none to give: it needs no such secrets, so it should not be given them.
    """
    try:
        document = registry_file.read(path)
    except YamlError as error:
        place = f"{path}:{error.line}:{error.column}" if error.line else str(path)
        raise RegistryError((f"{place}: {error.text}",), (path,)) from error
    parsed, problems = entries(document)
    files = [path]
    services: dict[str, Service] = {}
    for index, entry in enumerate(parsed.services if parsed else ()):
        where = ("services", index)
        if entry.name in services:
            problems.append(((*where, "name"), f"is there twice: {entry.name}"))
        told, found = _service(entry, path.parent, environ, files)
        services[entry.name] = told
        problems += [((*where, *inner), text) for inner, text in found]
    called, silenced = Webhooks(), None
    rotations: tuple[Rotation, ...] = ()
    if parsed:
        called, silenced = _outside(parsed, webhooks, alertmanager, problems)
        rotations = registry_rotations.rotations(parsed, path.parent, calendars, problems)
    if problems or parsed is None:
        raise RegistryError(_lines(path, document, problems), tuple(files))
    return Loaded(services, tuple(files), parsed.fallback_channel, called, silenced, rotations)


def _outside(
    parsed: RegistryEntry, webhooks: Environ, alertmanager: Environ, problems: list[Problem]
) -> tuple[Webhooks, Alertmanager | None]:
    """Who may call mapstorm, and the Alertmanager that mapstorm calls, as far as this process may know."""
    called, silenced = Webhooks(), None
    wrong = registry_webhooks.problems(parsed.webhooks)
    if webhooks is not None and not wrong:
        called, wrong = registry_webhooks.webhooks(parsed.webhooks, webhooks)
    problems += wrong
    if parsed.alertmanager and alertmanager is not None:
        silenced, wrong = registry_webhooks.alertmanager(parsed.alertmanager, alertmanager)
        problems += wrong
    return called, silenced


def _service(
    entry: ServiceEntry, folder: Path, environ: Mapping[str, str] | None, files: list[Path]
) -> tuple[Service, list[Problem]]:
    """One service, with its token read and its certificate looked at; `files` gets the files it depends on."""
    problems: list[Problem] = []
    instances = _instances(entry, problems)
    header = None
    if entry.auth_header_env is not None and entry.auth_header_file is not None:
        problems.append((("auth_header_file",), "cannot stand beside auth_header_env"))
    elif environ is not None:
        header = _header(entry, folder, environ, files, problems)
    if entry.ca_file is not None and environ is not None:
        files.append(folder / entry.ca_file)
        if not holds_certificates(files[-1]):
            problems.append((("ca_file",), "cannot be read as a PEM file of certificates"))
    said = {name: getattr(entry, name) for name in TAKEN_AS_SAID if name in entry.model_fields_set}
    service = Service(
        name=entry.name,
        instances=instances,
        channel=entry.channel,
        auth_header=header,
        ca_file=str(folder / entry.ca_file) if entry.ca_file else None,
        capture=Wanted(entry.capture),
        cpu_s=entry.cpu,
        thresholds=replace(DEFAULT, **entry.thresholds.model_dump(exclude_unset=True)),
        match=tuple(entry.match),
        allow=Allow(tuple(entry.allow.users), tuple(entry.allow.user_groups)) if entry.allow else None,
        mention=tuple(entry.mention),
        keep=_keep(entry.keep),
        **said,
    )
    return service, problems


def _keep(entry: KeepEntry) -> Keep:
    said = entry.model_dump(exclude_unset=True)
    return KEPT._replace(**{"bytes" if name == "size" else name: value for name, value in said.items()})


def _instances(entry: ServiceEntry, problems: list[Problem]) -> tuple[Instance, ...]:
    names: set[str] = set()
    for index, one in enumerate(entry.instances):
        where: Where = ("instances", index)
        called = one.called().lower()
        if called == "all":
            problems.append((where, "cannot be called all: `capture <service> all` means every instance"))
        elif called in names:
            problems.append((where, f"is the second one called {called}: give each a name, {{name, url}}"))
        names.add(called)
    return tuple(Instance(one.called(), one.url) for one in entry.instances)


def _header(
    entry: ServiceEntry, folder: Path, environ: Mapping[str, str], files: list[Path], problems: list[Problem]
) -> str | None:
    """The Authorization header, from wherever the entry says."""
    if entry.auth_header_env is not None:
        header = environ.get(entry.auth_header_env, "").strip()
        field, missing = "auth_header_env", ABSENT
    elif entry.auth_header_file is not None:
        files.append(folder / entry.auth_header_file)
        header = _secret(files[-1])
        field, missing = "auth_header_file", "cannot be read, or is empty"
    else:
        return None
    if not header:
        problems.append(((field,), missing))
    elif not fits_header(header):
        problems.append(((field,), "leads to a value that no Authorization header can have"))
    return header


def fits_header(value: str) -> bool:
    """Whether HTTP can carry `value`: any other httpx would quote in its error."""
    return re.fullmatch(r"[ -~]+", value) is not None


def holds_certificates(path: Path) -> bool:
    """Whether `path` can be read as a PEM file of certificates."""
    try:
        ssl.create_default_context(cafile=path)
    except (OSError, ValueError):  # ValueError: a name that no file can have
        return False
    return True


def _secret(path: Path) -> str:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return file.read(SECRET_BYTES).strip()
    except (OSError, ValueError):
        return ""


def _lines(path: Path, document: Document, problems: list[Problem]) -> tuple[str, ...]:
    told = sorted((document.line(where), _dotted(where), text) for where, text in problems)
    return tuple(f"{path}:{line}: {field} {text}".replace(":  ", ": ") for line, field, text in told)


def _dotted(where: Where) -> str:
    """services[0].window_s"""
    steps = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in where)
    return f"{steps.lstrip('.')}:" if steps else ""
