"""The services file's `rotations`: each with one source, services that there are, and the address its variable holds.

Knows what must stand together; not what a calendar says (`oncall/`).
"""

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from bot.oncall.calendars import https
from bot.registry_problems import Problem
from bot.registry_schema import RegistryEntry, RotationEntry
from bot.registry_webhooks import Variables
from handlers.records import ON_CALL
from handlers.rotation import Calendar, Member, Rotation, Source, UserGroup, Written

_SOURCES = ("ical", "members", "user_group")


def rotations(
    parsed: RegistryEntry, folder: Path, environ: Mapping[str, str] | None, problems: list[Problem]
) -> tuple[Rotation, ...]:
    """Every rotation that is right; `problems` gets what is wrong with the others. Without an environment addresses
    stay empty: this process reads no calendar."""
    found: dict[str, Rotation] = {}
    known = {service.name for service in parsed.services}
    for index, entry in enumerate(parsed.rotations):
        where = ("rotations", index)
        wrong = [*_alone(entry), *_strange(entry, known)]
        if entry.name in found:
            wrong.append((("name",), f"is there twice: {entry.name}"))
        if not wrong:
            found[entry.name] = _rotation(entry, folder, environ, wrong)
        problems += [((*where, *inner), text) for inner, text in wrong]
    problems += _uncalled(parsed)
    return tuple(found.values())


def _alone(entry: RotationEntry) -> list[Problem]:
    """One source, with all that belongs to it."""
    said = [name for name in _SOURCES if getattr(entry, name) is not None]
    if len(said) != 1:
        return [((said[1],) if said else (), "needs exactly one of ical, members and user_group")]
    found: list[Problem] = []
    for name in ("start", "period_hours"):
        if said == ["members"] and getattr(entry, name) is None:
            found.append(((), f"{name} is missing: members take turns from start, each for period_hours"))
        elif said != ["members"] and getattr(entry, name) is not None:
            found.append(((name,), "is for rotations with members"))
    if entry.ical and (entry.ical.env is None) == (entry.ical.file is None):
        found.append((("ical",), "needs env, the name of a variable, or file, and not both"))
    return found


def _uncalled(parsed: RegistryEntry) -> list[Problem]:
    """Services whose alerts shall mention who is on call, and nobody ever is for them."""
    covered = {name for entry in parsed.rotations for name in entry.services}
    return [
        (("services", index, "mention"), f"{ON_CALL} needs a rotation that has {service.name} among its services")
        for index, service in enumerate(parsed.services)
        if ON_CALL in service.mention and service.name not in covered
    ]


def _strange(entry: RotationEntry, known: set[str]) -> list[Problem]:
    return [
        (("services", index), f"is no service of this file: {name[:63]}")
        for index, name in enumerate(entry.services)
        if name not in known
    ]


def _rotation(
    entry: RotationEntry, folder: Path, environ: Mapping[str, str] | None, problems: list[Problem]
) -> Rotation:
    return Rotation(
        name=entry.name,
        channel=entry.channel,
        services=tuple(entry.services),
        time_zone=entry.time_zone,
        source=_source(entry, folder, environ, problems),
        lead_s=entry.lead_minutes * 60.0,
        reminder_s=entry.reminder_minutes * 60.0,
        people=entry.people,
    )


def _source(entry: RotationEntry, folder: Path, environ: Mapping[str, str] | None, problems: list[Problem]) -> Source:
    if entry.members and entry.start and entry.period_hours:
        members = tuple(Member(one.name, one.email, one.slack or "") for one in entry.members)
        return Written(members, entry.start, entry.period_hours)
    if entry.user_group:
        return UserGroup(entry.user_group)
    if entry.ical and entry.ical.file:
        return Calendar(file=str(folder / entry.ical.file))
    if entry.ical and entry.ical.env and environ is not None:
        return Calendar(_address(entry.ical.env, environ, problems))
    return Calendar()


def _address(name: str, environ: Mapping[str, str], problems: list[Problem]) -> str:
    """The address in the variable, as https; nothing of it is ever told."""
    variables = Variables(environ)
    address = https(variables.secret(("ical", "env"), name))
    problems += variables.problems
    if address and not (_is_https(address) and re.fullmatch(r"[!-~]{1,2000}", address)):
        problems.append((("ical", "env"), "leads to a value that is no https:// or webcal:// address"))
    return address


def _is_https(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return parts.scheme == "https" and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
