"""Whom an event means: its summary, its attendees. Pure; knows what vendors write there, and no Slack.

PagerDuty       "On Call - Ana Lima - Payments", ATTENDEE with the address, one person an event
Grafana OnCall  the user's name, one event for each; in calendars that it reads, "[L1] ana@example.com"
Opsgenie        the address or the name, with words of the rotation around it
people          "Ana, Bo", "On-call: Ana & Bo", "Ana Lima (Primary)", with guests or without

Never guessed: a name is a Slack user's only if the registry has it word for word, or if it comes with an address. The
ORGANIZER is whoever made the event, often the calendar itself, and means nobody.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping

from handlers.rotation import Member

MOST_MEMBERS = 20
LONGEST = 120

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
_LEVEL = re.compile(r"^\s*\[L(\d{1,2})\]\s*", re.IGNORECASE)
_ON_CALL = r"on[ -]?call(?: (?:shift|duty|engineer))?"
_BEFORE = re.compile(rf"^\s*{_ON_CALL}\s*(?:[:–—|-]\s*|\bis\b\s*|$)", re.IGNORECASE)
_AFTER = re.compile(rf"\s*(?:[:–—|]\s*|\s-\s*|\bis\s)?\b{_ON_CALL}\s*$", re.IGNORECASE)
_BRACKETS = re.compile(r"\s*(?:\([^()]*\)|\[[^\[\]]*\])")
_BETWEEN = re.compile(r"\s*(?:[,;/&+|]|\band\b|\bund\b)\s*", re.IGNORECASE)


def level(summary: str) -> int:
    """`[L2] Ana` is of level 2; 0 where none is said."""
    said = _LEVEL.match(summary)
    return int(said[1]) if said else 0


def members(summary: str, attendees: Iterable[tuple[str, str]]) -> tuple[Member, ...]:
    """Those an event means. `attendees` are (address, name), as ATTENDEE and its CN have them; either may be empty.

    Guests are those on call, for they come with addresses; unless the summary names some of them, then those are. A
    single guest without a name has the only one that the summary has.
    """
    named = _named(summary)
    guests = [_guest(address, name) for address, name in attendees if _address(address) or _tidy(name)]
    if len(guests) == len(named) == 1 and guests[0].name == guests[0].email and not named[0].email:
        return (Member(named[0].name, guests[0].email),)
    wanted = {key(one.name) for one in named} | {key(one.email) for one in named if one.email}
    meant = [guest for guest in guests if {key(guest.name), key(guest.email)} & wanted]
    return _once(meant or guests or named)


def in_table(people: Mapping[str, str], member: Member) -> str:
    """Slack's id of a member by the registry's table of addresses and names; "" where it has none."""
    known = {key(who): user for who, user in people.items()}
    return (known.get(key(member.email), "") if member.email else "") or known.get(key(member.name), "")


def key(who: str) -> str:
    """What two spellings of the same address or name have in common: upper and lower case, spaces, accents' forms."""
    return " ".join(unicodedata.normalize("NFC", who).casefold().split())


def _named(summary: str) -> list[Member]:
    """Addresses if there are some, else names, without the words around them."""
    text = _LEVEL.sub("", summary[: LONGEST * MOST_MEMBERS])
    addresses = _ADDRESS.findall(text)
    if addresses:
        return [Member(address, address) for address in addresses]
    before = _BEFORE.match(text)
    text = _BRACKETS.sub("", text[before.end() :]) if before else _AFTER.sub("", _BRACKETS.sub("", text))
    if before:
        text = text.split(" - ", 1)[0]  # the schedule's name follows
    names = (_tidy(name.strip().lstrip("@")) for name in _BETWEEN.split(text))
    return [Member(name) for name in names if name]


def _guest(address: str, name: str) -> Member:
    return Member(_tidy(name) or _address(address), _address(address))


def _address(said: str) -> str:
    """`mailto:` or a bare address; "" for what is none."""
    found = _ADDRESS.fullmatch(re.sub(r"(?i)^mailto:", "", said.strip()))
    return found[0] if found else ""


def _tidy(name: str) -> str:
    return " ".join(name.split()).strip("-–—:|\"' ")[:LONGEST]


def _once(found: Iterable[Member]) -> tuple[Member, ...]:
    kept: dict[str, Member] = {}
    for member in found:
        kept.setdefault(key(member.email or member.name), member)
    return tuple(kept.values())[:MOST_MEMBERS]
